/* SPDX-License-Identifier: MIT */
/*
 * archive.h - files in one file: an SQLite Archive, as sqlite.org/sqlar.html describes it.
 *
 * A table sqlar(name, mode, mtime, sz, data), data deflated where that is shorter; `sqlite3 -A`
 * lists and unpacks it. Only plain files are put in or taken out: what has another kind, or a path
 * that is not plain names with slashes between, makes the archive -EBADMSG. For commands.
 */
#ifndef SERENO_ARCHIVE_H
#define SERENO_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ARCHIVE_NAME_MAX 255
#define ARCHIVE_FILE_MAX (256u << 20) /* bytes of one file */

struct archive;

/* One file. All is borrowed, for the call. */
struct archive_entry {
	const char *name; /* "var/lib/sereno/codes/1001" */
	mode_t mode;	  /* permissions alone */
	int64_t mtime;	  /* UTC seconds */
	const void *bytes;
	size_t length;
};

/* Begin one that shall be @path, beside it under another name. On success *@ret is released with
 * archive_close(), which takes it away again unless archive_finish() was there. Returns 0, -EPERM
 * (others than root and the caller could put a file of theirs in its place, by a directory above
 * it) or another negative errno. */
int archive_create(const char *path, struct archive **ret);

/* Returns 0, -EINVAL (a name that cannot be one), -EEXIST, -EFBIG, -ENOSPC or another negative
 * errno. */
int archive_add(struct archive *archive, const struct archive_entry *entry);

/* All is added: it is on the disk under its name, 0600, all of it or what was there before. */
int archive_finish(struct archive *archive);

/*
 * Open one for reading. Returns 0, -ENOENT, -EPERM (no plain file, or others than root and the
 * caller could have written or replaced it), -EBADMSG (no archive, or damaged) or another negative
 * errno.
 */
int archive_open(const char *path, struct archive **ret);
void archive_close(struct archive *archive);
void archive_close_p(struct archive **archive); /* for scoped() */

/* Call @each for every file, by name, until it returns other than 0, which is then returned, else 0
 * or a negative errno, -EBADMSG for what is no plain file. */
typedef int archive_each_entry(void *context, const struct archive_entry *entry);
int archive_each(struct archive *archive, archive_each_entry *each, void *context);

/* The same for the one called @name: -ENOENT. */
int archive_one(struct archive *archive, const char *name, archive_each_entry *each, void *context);

#endif
