/* SPDX-License-Identifier: MIT */
/* restore_tree.c - the state of a host as a tree of files: what is newest in it, and its removal.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/scoped.h>

#include "restore.h"

#define DEPTH_MAX 8

static void closedir_p(DIR **directory)
{
	if (*directory)
		(void)closedir(*directory); /* nothing was written through it */
}

/* Call @each for every entry below @parent/@name, children first. */
struct walk {
	int (*each)(void *context, int directory, const char *name, const struct stat *st);
	void *context;
};

static int walk_directory(const struct walk *walk, int parent, const char *name, unsigned depth);

static int walk_entry(const struct walk *walk, int directory, const char *name, unsigned depth)
{
	struct stat st;
	int r = 0;

	if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : neg_errno();
	if (S_ISDIR(st.st_mode))
		r = walk_directory(walk, directory, name, depth + 1);
	return r < 0 ? r : walk->each(walk->context, directory, name, &st);
}

/* At most DEPTH_MAX deep. */
static int walk_directory(const struct walk *walk, int parent, const char *name, unsigned depth)
{
	scoped(closedir_p) DIR *stream = NULL;
	const struct dirent *entry;
	int fd = depth > DEPTH_MAX
			 ? -1
			 : openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	int r = 0;

	if (fd < 0)
		return depth > DEPTH_MAX ? -ELOOP : neg_errno();
	stream = fdopendir(fd);
	if (!stream) {
		r = neg_errno();
		close_p(&fd);
		return r;
	}
	for (errno = 0; r == 0 && (entry = readdir(stream)); errno = 0)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = walk_entry(walk, fd, entry->d_name, depth);
	return r == 0 && errno != 0 ? neg_errno() : r;
}

static int remove_one(void *context, int directory, const char *name, const struct stat *st)
{
	(void)context;
	if (unlinkat(directory, name, S_ISDIR(st->st_mode) ? AT_REMOVEDIR : 0) < 0)
		return neg_errno();
	return 0;
}

int stage_remove(int directory, const char *name)
{
	const struct walk walk = { .each = remove_one };
	int r = walk_directory(&walk, directory, name, 0);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	return unlinkat(directory, name, AT_REMOVEDIR) < 0 ? neg_errno() : 0;
}

/* Locks say nothing, and what is published is made again whenever somebody looks. */
static int note_newest(void *context, int directory, const char *name, const struct stat *st)
{
	int64_t *newest = context;

	(void)directory;
	if (S_ISREG(st->st_mode) && strcmp(name, "lock") != 0 &&
	    strcmp(name, "grants.1.cdb") != 0 && strcmp(name, "leavers.1.cdb") != 0 &&
	    st->st_mtim.tv_sec > *newest)
		*newest = st->st_mtim.tv_sec;
	return 0;
}

int stage_newest(const char *root, int64_t *ret)
{
	scoped_free char *path = NULL;
	int64_t newest = 0;
	const struct walk walk = { note_newest, &newest };
	int r;

	if (asprintf(&path, "%s/" BACKUP_STATE, root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	r = walk_directory(&walk, AT_FDCWD, path, 0);
	if (r < 0 && r != -ENOENT)
		return r;
	*ret = newest;
	return 0;
}
