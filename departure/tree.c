/* SPDX-License-Identifier: MIT */
/* tree.c - opening files that their owners may have turned into traps. */
#include "tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>

#include <sereno/scoped.h>

static int open_resolved(int directory, const char *path, int flags, uint64_t resolve)
{
	const struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK),
		.resolve = resolve | RESOLVE_NO_MAGICLINKS,
	};
	long fd;

	/* The kernel asks to try again when something moved while it looked. */
	for (int i = 0; i < 16; i++) {
		fd = syscall(SYS_openat2, directory, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return fd < 0 ? neg_errno() : (int)fd;
}

static int open_below(const char *root, const char *path, int flags, uint64_t resolve)
{
	scoped_fd int top = open(*root ? root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (top < 0)
		return neg_errno();
	while (*path == '/')
		path++;
	return open_resolved(top, *path ? path : ".", flags, resolve | RESOLVE_IN_ROOT);
}

int tree_open(const char *root, const char *path, int flags)
{
	return open_below(root, path, flags, 0);
}

int tree_open_plain(const char *root, const char *path, int flags)
{
	return open_below(root, path, flags, RESOLVE_NO_SYMLINKS);
}

int tree_open_beneath(int directory, const char *path, int flags)
{
	return open_resolved(directory, path, flags, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}

int tree_open_parent(int directory, const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	char parent[PATH_MAX];
	int fd;

	if (!slash || slash == path) {
		fd = tree_open_beneath(directory, ".", O_RDONLY | O_DIRECTORY);
		*ret_name = slash ? slash + 1 : path;
		return fd;
	}
	if ((size_t)(slash - path) >= sizeof(parent))
		return -ENAMETOOLONG;
	memcpy(parent, path, (size_t)(slash - path));
	parent[slash - path] = '\0';
	fd = tree_open_beneath(directory, parent, O_RDONLY | O_DIRECTORY);
	*ret_name = slash + 1;
	return fd;
}

int tree_open_home(const struct leaver *leaver)
{
	scoped_fd int fd = -1;
	struct stat st;

	if (leaver->home[0] != '/')
		return -ENOENT;
	fd = tree_open(leaver->root, leaver->home, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return neg_errno();
	if (st.st_uid != leaver->uid)
		return -EPERM;
	return take(fd, -1);
}

static int read_all(int fd, char **ret, size_t *ret_length)
{
	scoped_free char *bytes = malloc(TREE_FILE_MAX + 1);
	size_t length = 0;
	ssize_t n;

	if (!bytes)
		return -ENOMEM;
	do {
		n = read(fd, bytes + length, TREE_FILE_MAX + 1 - length);
		if (n < 0 && errno != EINTR)
			return neg_errno();
		length += n > 0 ? (size_t)n : 0;
	} while (length <= TREE_FILE_MAX && n != 0);
	if (length > TREE_FILE_MAX)
		return -EFBIG;
	bytes[length] = '\0';
	*ret = take(bytes, NULL);
	*ret_length = length;
	return 0;
}

int tree_read(int directory, const char *name, char **ret, size_t *ret_length, struct stat *ret_st)
{
	scoped_fd int fd =
		openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return neg_errno();
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_size > TREE_FILE_MAX)
		return -EFBIG;
	if (ret_st)
		*ret_st = st;
	return read_all(fd, ret, ret_length);
}

static int visit(DIR *stream, int directory, size_t max,
		 int (*each)(void *context, int directory, const char *name), void *context)
{
	const struct dirent *entry;
	int r = 0;

	for (size_t n = 0; r == 0; n++) {
		errno = 0;
		entry = readdir(stream);
		if (!entry)
			return -errno;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		r = n < max ? each(context, directory, entry->d_name) : -E2BIG;
	}
	return r;
}

int tree_each(int directory, size_t max,
	      int (*each)(void *context, int directory, const char *name), void *context)
{
	const int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	int r;

	if (!stream) {
		r = neg_errno();
		if (fd >= 0)
			(void)close(fd);
		return r;
	}
	r = visit(stream, directory, max, each, context);
	(void)closedir(stream);
	return r;
}

int tree_write(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		const ssize_t n = write(fd, bytes, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return neg_errno();
		bytes += n;
		length -= (size_t)n;
	}
	return 0;
}
