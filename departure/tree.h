/* SPDX-License-Identifier: MIT */
/*
 * tree.h - opening files that their owners may have turned into traps.
 *
 * Descriptors are the caller's, close-on-exec; functions return them or a negative errno: -ELOOP
 * where a link would have to be followed.
 */
#ifndef DEPARTURE_TREE_H
#define DEPARTURE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <sereno/departure.h>

#define TREE_FILE_MAX (1024 * 1024) /* bytes of a file that is read */

/* Open @path (absolute) below @root; links are followed inside of @root only: for directories of
 * the system's. */
int tree_open(const char *root, const char *path, int flags);

/* The same without following any link: for places that users may write. */
int tree_open_plain(const char *root, const char *path, int flags);

/* Open @path, relative, beneath @directory; no link is followed. */
int tree_open_beneath(int directory, const char *path, int flags);

/* Open the directory that @path, relative, is in; *@ret_name is its last part, borrowed. */
int tree_open_parent(int directory, const char *path, const char **ret_name);

/* The home of the leaver, which must be his; -ENOENT where he has none. */
int tree_open_home(const struct leaver *leaver);

/*
 * Read @name (no slash) in @directory, a plain file of at most TREE_FILE_MAX bytes, with a NUL
 * behind. *@ret is the caller's; @ret_st may be NULL. Never waits for a FIFO. Returns 0, -EFBIG,
 * -EINVAL (no plain file) or a negative errno.
 */
int tree_read(int directory, const char *name, char **ret, size_t *ret_length, struct stat *ret_st);

/* Call @each with every name in @directory, "." and ".." left out, @max at most, until it returns
 * other than 0. Returns that, -E2BIG (there are more) or another negative errno, or 0. */
int tree_each(int directory, size_t max,
	      int (*each)(void *context, int directory, const char *name), void *context);

/* Write all of it. Returns 0 or a negative errno. */
int tree_write(int fd, const char *bytes, size_t length);

#endif
