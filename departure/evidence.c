/* SPDX-License-Identifier: MIT */
/* evidence.c - a directory for each departure, with what was taken away in it. */
#include "evidence.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <sereno/scoped.h>

#include "tree.h"

#define DIRECTORY "/var/lib/sereno/departures"
#define NAME_SIZE 64
#define FILES_MAX 10000

static int check_ours(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return neg_errno();
	return st.st_uid == geteuid() && (st.st_mode & 077) == 0 ? 0 : -EPERM;
}

static int open_private(int parent, const char *name)
{
	scoped_fd int fd = -1;
	int r;

	if (mkdirat(parent, name, 0700) == 0)
		(void)fsync(parent); /* what is in it is looked at by the caller's own fsync */
	else if (errno != EEXIST)
		return neg_errno();
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return neg_errno();
	r = check_ours(fd);
	return r < 0 ? r : take(fd, -1);
}

static int open_departures(const char *root)
{
	scoped_fd int state = tree_open_plain(root, "/var/lib/sereno", O_RDONLY | O_DIRECTORY);

	return state < 0 ? state : open_private(state, "departures");
}

int departure_lock(const char *root)
{
	scoped_fd int fd = open_departures(root);
	int r = fd;

	while (fd >= 0 && (r = flock(fd, LOCK_EX)) < 0 && errno == EINTR)
		;
	if (r < 0)
		return fd < 0 ? fd : neg_errno();
	return take(fd, -1);
}

/* The name of an account may hold anything. */
static int directory_name(const char *user, uint32_t id, char name[static 256 + 16])
{
	const int n = snprintf(name, 256 + 16, "%s-%u", user, id);

	if (n < 0 || n >= 256)
		return -ENAMETOOLONG;
	for (char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
			*c = '_';
	return 0;
}

int departure_evidence(const char *root, const char *user, uint32_t id, char **ret_path)
{
	scoped_fd int departures = -1;
	scoped_fd int fd = -1;
	char name[256 + 16];
	const int r = directory_name(user, id, name);

	if (r < 0)
		return r;
	departures = open_departures(root);
	if (departures < 0)
		return departures;
	fd = open_private(departures, name);
	if (fd < 0)
		return fd;
	if (asprintf(ret_path, "%s/%s", DIRECTORY, name) < 0)
		return -ENOMEM;
	return take(fd, -1);
}

/* A file with all of it, under a name of its own. */
static int write_aside(int directory, const char *aside, const char *bytes, size_t length)
{
	scoped_fd int fd = -1;
	int r;

	(void)unlinkat(directory, aside, 0); /* of a run that was cut short */
	fd = openat(directory, aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return neg_errno();
	r = tree_write(fd, bytes, length);
	if (r == 0 && fsync(fd) < 0)
		r = neg_errno();
	return r;
}

int departure_report(int evidence, const char *name, const char *text, size_t length)
{
	char aside[NAME_SIZE];
	int r;

	if (snprintf(aside, sizeof(aside), ".%s.new", name) >= (int)sizeof(aside))
		return -ENAMETOOLONG;
	r = write_aside(evidence, aside, text, length);
	if (r == 0 && renameat(evidence, aside, evidence, name) < 0)
		r = neg_errno();
	if (r == 0 && fsync(evidence) < 0)
		r = neg_errno();
	return r;
}

int evidence_keep(const struct leaver *leaver, const char *name, const char *bytes, size_t length)
{
	if (faccessat(leaver->evidence, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	return departure_report(leaver->evidence, name, bytes, length);
}

int evidence_add(const struct leaver *leaver, const char *name, const char *line)
{
	scoped_fd int fd = openat(leaver->evidence, name,
				  O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	scoped_free char *text = NULL;
	const int length = asprintf(&text, "%s\n", line);
	int r;

	if (fd < 0)
		return neg_errno();
	if (length < 0)
		return -ENOMEM;
	r = tree_write(fd, text, (size_t)length);
	if (r == 0 && fsync(fd) < 0)
		r = neg_errno();
	return r;
}

int evidence_read(const struct leaver *leaver, const char *name, char **ret, size_t *ret_length)
{
	if (leaver->evidence < 0)
		return -ENOENT;
	return tree_read(leaver->evidence, name, ret, ret_length, NULL);
}

/* Each file under the same name there, in the place of what that was. */
static int link_file(void *context, int directory, const char *name)
{
	const int to = *(const int *)context;
	struct stat st;

	if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return neg_errno();
	if (!S_ISREG(st.st_mode))
		return 0; /* none of ours */
	if (unlinkat(to, name, 0) < 0 && errno != ENOENT)
		return neg_errno();
	return linkat(directory, name, to, name, 0) < 0 ? neg_errno() : 0;
}

/* Returns a descriptor or a negative errno. */
static int open_kept(const char *root, const char *user, uint32_t id)
{
	scoped_fd int departures = tree_open_plain(root, DIRECTORY, O_RDONLY | O_DIRECTORY);
	scoped_fd int fd = -1;
	char name[256 + 16];
	int r = directory_name(user, id, name);

	if (r < 0 || departures < 0)
		return r < 0 ? r : departures;
	fd = openat(departures, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return neg_errno();
	r = check_ours(fd);
	return r < 0 ? r : take(fd, -1);
}

int departure_carry_evidence(const char *root, uint32_t id, const char *to_root, uint32_t to_id,
			     const char *user)
{
	scoped_free char *path = NULL;
	scoped_fd int from = open_kept(root, user, id);
	scoped_fd int to = -1;

	if (from < 0)
		return from == -ENOENT ? 0 : from;
	to = departure_evidence(to_root, user, to_id, &path);
	return to < 0 ? to : tree_each(from, FILES_MAX, link_file, &to);
}
