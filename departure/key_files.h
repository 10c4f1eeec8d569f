/* SPDX-License-Identifier: MIT */
/*
 * key_files.h - where sshd looks for keys, by its configuration, and accounts that have a home.
 */
#ifndef DEPARTURE_KEY_FILES_H
#define DEPARTURE_KEY_FILES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "findings.h"

#define KEY_PATTERNS_MAX 32

struct key_patterns {
	size_t n;
	char item[KEY_PATTERNS_MAX][PATH_MAX]; /* with %u, %h, %U; relative ones are in a home */
	bool command;		/* keys come from a program as well, or by certificates */
	char revoked[PATH_MAX]; /* the list of revoked keys; empty: none */
};

/* sshd's standard ones, and all that its configuration names, for whomever. Returns 0 or a negative
 * errno. */
int key_patterns_read(const char *root, struct key_patterns *ret);

struct home {
	const char *user, *path;
	uid_t uid;
};

/* A pattern for @home: *@ret_relative is whether the path is in the home. Returns 0, -EINVAL (a
 * token that is not known) or -ENAMETOOLONG. */
int key_pattern_expand(const char *pattern, const struct home *home, char path[static PATH_MAX],
		       bool *ret_relative);

/* Whether it leads to another file for each account. */
bool key_pattern_is_personal(const char *pattern);

/* Call @each for every account of ROOT/etc/passwd that has a home. Returns 0 or a negative errno.
 */
int homes_each(const char *root, void (*each)(void *context, const struct home *home),
	       void *context);

#endif
