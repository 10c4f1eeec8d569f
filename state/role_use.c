/* SPDX-License-Identifier: MIT */
/* role_use.c - when a role let somebody do something last. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sereno/role_use.h>
#include <sereno/scoped.h>

#define USES_DIR "/var/lib/sereno/role-uses"

/* The moment, and its complement: half a record is none. */
struct use {
	int64_t at, check;
};

static int path_of(const char *root, const char *role, char path[static PATH_MAX])
{
	const int n = snprintf(path, PATH_MAX, "%s" USES_DIR "/%s", root, role);

	if (!*role || *role == '.' || strchr(role, '/'))
		return -EINVAL;
	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

/* Once a role: the directory, too, is made by whoever needs it first. */
static int make(char *path, const char *role)
{
	char *slash = path + strlen(path) - strlen(role) - 1;
	int fd;

	*slash = '\0';
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return neg_errno();
	*slash = '/';
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
	return fd < 0 ? neg_errno() : fd;
}

static int note(const char *root, const char *role, int64_t now)
{
	const struct use use = { now, ~now };
	char path[PATH_MAX];
	scoped_fd int fd = -1;
	const int r = path_of(root, role, path);

	if (r < 0)
		return r;
	fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		fd = errno == ENOENT ? make(path, role) : neg_errno();
	if (fd < 0)
		return fd;
	return pwrite(fd, &use, sizeof(use), 0) == (ssize_t)sizeof(use) ? 0 : -EIO;
}

int role_use_note(const char *root, const char *role, int64_t now)
{
	const int saved = errno;
	const int r = note(root, role, now);

	errno = saved;
	return r;
}

int role_use_last(const char *root, const char *role, int64_t *ret)
{
	struct use use = { 0, 0 };
	char path[PATH_MAX];
	scoped_fd int fd = -1;
	const int r = path_of(root, role, path);

	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return neg_errno();
	if (pread(fd, &use, sizeof(use), 0) != (ssize_t)sizeof(use) || use.check != ~use.at)
		return -EBADMSG;
	*ret = use.at;
	return 0;
}
