/* SPDX-License-Identifier: MIT */
/* watching.c - a lock on a file of /run that nothing is ever written to. */
#include "watching.h"

#include <fcntl.h>
#include <stdio.h>

#include <sereno/scoped.h>

#define MARK  "/run/sereno/media-watch"
#define FLAGS (O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)

static int open_mark(const char *root, int flags)
{
	scoped_free char *path = NULL;
	int fd;

	if (asprintf(&path, "%s" MARK, root) < 0)
		return -ENOMEM;
	fd = open(path, flags | FLAGS, 0600);
	return fd < 0 ? neg_errno() : fd;
}

int watching_begin(const char *root, int *ret)
{
	const struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	scoped_fd int fd = open_mark(root, O_RDWR | O_CREAT);

	if (fd < 0)
		return fd;
	if (fcntl(fd, F_SETLK, &whole) < 0)
		return errno == EACCES || errno == EAGAIN ? -EBUSY : neg_errno();
	*ret = take(fd, -1);
	return 0;
}

bool watching_is_on(const char *root)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	scoped_fd int fd = open_mark(root, O_RDONLY);

	return fd >= 0 && fcntl(fd, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}
