/* SPDX-License-Identifier: MIT */
/* run_record.c - small records below /run/sereno, each a file that is replaced whole. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/scoped.h>
#include <sereno/trusted.h>

#include "run_record.h"

#define RUN_DIRECTORY "/run/sereno"

/* FNV-1a: against torn and flipped bytes. */
static uint64_t checksum(const void *record, size_t size)
{
	const uint8_t *byte = record;
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = sizeof(struct run_record_head); i < size; i++)
		hash = (hash ^ byte[i]) * 0x100000001b3;
	return hash;
}

static int directory_path(const char *root, const char *name, char **ret)
{
	return asprintf(ret, "%s" RUN_DIRECTORY "%s%s", root, name[0] ? "/" : "", name) < 0
		       ? -ENOMEM
		       : 0;
}

int run_directory_open(const char *root, const char *name)
{
	scoped_free char *path = NULL;
	scoped_fd int fd = -1;
	struct stat st;
	int r;

	r = directory_path(root, name, &path);
	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return neg_errno();
	if (!trusted_writers(&st))
		return -EPERM;
	return take(fd, -1);
}

static int make(const char *root, const char *name, mode_t mode)
{
	scoped_free char *path = NULL;
	int r;

	r = directory_path(root, name, &path);
	if (r < 0)
		return r;
	return mkdir(path, mode) == 0 || errno == EEXIST ? 0 : neg_errno();
}

int run_directory_make(const char *root, const char *name)
{
	int fd = run_directory_open(root, name);
	int r;

	if (fd != -ENOENT)
		return fd;
	r = make(root, "", 0755);
	if (r == 0)
		r = make(root, name, 0700);
	return r < 0 ? r : run_directory_open(root, name);
}

static bool head_is_right(const void *record, const char *magic, size_t size)
{
	const struct run_record_head *head = record;

	return memcmp(head->magic, magic, sizeof(head->magic)) == 0 &&
	       head->checksum == checksum(record, size);
}

int run_record_read(int directory, const char *name, const char *magic, void *record, size_t size)
{
	scoped_fd int fd =
		openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return neg_errno();
	if (!S_ISREG(st.st_mode) || !trusted_writers(&st))
		return -EPERM;
	if (st.st_size != (off_t)size)
		return -EBADMSG;
	n = read(fd, record, size);
	if (n < 0)
		return neg_errno();
	return (size_t)n == size && head_is_right(record, magic, size) ? 0 : -EBADMSG;
}

static int write_new(int directory, const char *name, const void *record, size_t size)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	scoped_fd int fd = openat(directory, name, flags, 0600);
	ssize_t n;

	if (fd < 0)
		return neg_errno();
	n = write(fd, record, size);
	if (n < 0)
		return neg_errno();
	if ((size_t)n != size)
		return -ENOSPC;
	return close(take(fd, -1)) < 0 ? neg_errno() : 0;
}

/* No fsync: /run is memory. */
int run_record_replace(int directory, const char *name, const char *magic, void *record,
		       size_t size)
{
	struct run_record_head *head = record;
	char temporary[24];
	int r;

	memcpy(head->magic, magic, sizeof(head->magic));
	head->checksum = checksum(record, size);
	(void)snprintf(temporary, sizeof(temporary), ".%d", (int)getpid()); /* 11 digits at most */
	/* of an earlier process with our number that died half-way */
	if (unlinkat(directory, temporary, 0) < 0 && errno != ENOENT)
		return neg_errno();
	r = write_new(directory, temporary, record, size);
	if (r == 0 && renameat(directory, temporary, directory, name) < 0)
		r = neg_errno();
	if (r < 0)
		(void)unlinkat(directory, temporary, 0); /* the first error is the one to report */
	return r;
}
