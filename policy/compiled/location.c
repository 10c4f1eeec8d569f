/* SPDX-License-Identifier: MIT */
/* location.c - paths below ROOT/var/lib/sereno, and whether only root could have changed what they
 * lead to. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>
#include <sereno/trusted.h>

#include "inforce.h"
#include "location.h"

static int join(const char *root, const char *below, struct location *ret)
{
	const size_t length = strlen(root), more = strlen(below);
	char *path = malloc(length + more + LOCATION_SUFFIX_MAX + 1);

	if (!path)
		return -ENOMEM;
	memcpy(path, root, length);
	memcpy(path + length, below, more + 1);
	*ret = (struct location){ .path = path, .length = length + more };
	return 0;
}

int location_init(const char *root, struct location *ret)
{
	return join(root, POLICY_STATE_DIR, ret);
}

int location_init_in(const char *dir, struct location *ret)
{
	return join(dir, "", ret);
}

void location_clear(struct location *location)
{
	free(location->path);
	*location = (struct location){ 0 };
}

const char *location_at(struct location *location, const char *suffix)
{
	const size_t length = strnlen(suffix, LOCATION_SUFFIX_MAX);

	memcpy(location->path + location->length, suffix, length);
	location->path[location->length + length] = '\0';
	return location->path;
}

int location_check(struct location *location, const char *suffix)
{
	struct stat st;

	if (stat(location_at(location, suffix), &st) < 0)
		return neg_errno();
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	return trusted_writers(&st) ? 0 : -EPERM;
}

int location_open(struct location *location, const char *suffix, struct stat *ret)
{
	scoped_fd int fd = open(location_at(location, suffix),
				O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return errno == ELOOP ? -EPERM : neg_errno();
	if (fstat(fd, ret) < 0)
		return neg_errno();
	if (!S_ISREG(ret->st_mode) || !trusted_writers(ret))
		return -EPERM;
	return take(fd, -1);
}
