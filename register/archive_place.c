/* SPDX-License-Identifier: MIT */
/* archive_place.c - a directory in which nobody else could put another file in the place of ours.
 */
#include "archive_place.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <sereno/scoped.h>
#include <sereno/trusted.h>

/* Where all may write, the sticky bit keeps them from what is not theirs. */
static bool is_trusted(const struct stat *st)
{
	return trusted_owner(st) && (!others_write(st) || (st->st_mode & S_ISVTX) != 0);
}

/* @directory has no links in it, and is looked at from below: one that was trusted stays so when
 * those above it are as well. */
static int check_directories(const char *directory)
{
	scoped_free char *at = strdup(directory);
	struct stat st;
	char *slash;

	if (!at)
		return -ENOMEM;
	for (;;) {
		if (lstat(*at ? at : "/", &st) < 0)
			return neg_errno();
		if (!S_ISDIR(st.st_mode) || !is_trusted(&st))
			return -EPERM;
		slash = strrchr(at, '/');
		if (!slash)
			return 0;
		*slash = '\0';
	}
}

static char *directory_of(const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');

	*ret_name = slash ? slash + 1 : path;
	return slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
}

int archive_place(const char *path, char **ret)
{
	const char *name = NULL;
	scoped_free char *directory = directory_of(path, &name);
	scoped_free char *real = directory ? realpath(directory, NULL) : NULL;
	char *place;
	int r;

	if (!directory)
		return -ENOMEM;
	if (!real)
		return neg_errno();
	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return -EISDIR;
	if (strcmp(real, "/") == 0)
		real[0] = '\0';
	r = check_directories(real);
	if (r < 0)
		return r;
	if (asprintf(&place, "%s/%s", real, name) < 0)
		return -ENOMEM;
	*ret = place;
	return 0;
}
