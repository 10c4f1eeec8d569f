/* SPDX-License-Identifier: MIT */
/*
 * location.h - paths below ROOT/var/lib/sereno, and whether only root could have changed what they
 * lead to.
 *
 * Directories are looked at by their paths and not opened: that is half of the time. Who could put
 * another one there between two looks could have done so before the first.
 */
#ifndef SERENO_POLICY_LOCATION_H
#define SERENO_POLICY_LOCATION_H

#include <stddef.h>
#include <sys/stat.h>

/* Release with location_clear(). */
struct location {
	char *path;
	size_t length; /* of what all paths begin with */
};

/* Below @root, "" for the host. Returns 0 or -ENOMEM. */
int location_init(const char *root, struct location *ret);
/* In the directory @dir itself. */
int location_init_in(const char *dir, struct location *ret);
void location_clear(struct location *location); /* for scoped() */

#define LOCATION_SUFFIX_MAX 64

/* The path that ends in @suffix ("" or "/NAME", at most LOCATION_SUFFIX_MAX bytes), until the next
 * one is asked for. */
const char *location_at(struct location *location, const char *suffix);

/* Whether there is a directory that only root or we ourselves can write. Returns 0, -EPERM or what
 * stat(2) reported. */
int location_check(struct location *location, const char *suffix);

/* Open the plain file there that only root or we ourselves can write, no link. Returns the
 * descriptor with *@ret, -EPERM or what open(2) reported. */
int location_open(struct location *location, const char *suffix, struct stat *ret);

#endif
