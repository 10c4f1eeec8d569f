/* SPDX-License-Identifier: MIT */
/* login.c - the directory of open logins: a file each, written by its leader. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/login.h>
#include <sereno/scoped.h>
#include <sereno/trusted.h>

#include "login_record.h"
#include "process.h"

#define STATE_DIRECTORY	 "/run/sereno"
#define LOGINS_DIRECTORY STATE_DIRECTORY "/logins"
#define LOGINS_MAX	 4096  /* of one user; more is refused rather than half read */
#define LOGINS_ALL_MAX	 65536 /* likewise, of all */

/* What login_try() asks for: in a full /run single pages come and go between two questions. */
#define ROOM 65536

#define NAME_SIZE 24 /* of a record's file */

/*
 * A login is named for its audit session. Where the kernel gave none (no audit, a container) it
 * is named for its leader: it cannot be found by session then, but is still in the list of its
 * user's logins.
 */
static void record_name(uint32_t session, pid_t leader, char name[static NAME_SIZE])
{
	if (session != LOGIN_NONE)
		(void)snprintf(name, NAME_SIZE, "%u", session); /* 10 digits at most */
	else
		(void)snprintf(name, NAME_SIZE, "p%d", (int)leader);
}

static int directory_path(const char *root, const char *directory, char **ret)
{
	return asprintf(ret, "%s%s", root, directory) < 0 ? -ENOMEM : 0;
}

static int directory_open(const char *root)
{
	scoped_free char *path = NULL;
	scoped_fd int fd = -1;
	struct stat st;
	int r;

	r = directory_path(root, LOGINS_DIRECTORY, &path);
	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return neg_errno();
	if (!trusted_writers(&st))
		return -EPERM;
	return take(fd, -1);
}

static int directory_make(const char *root, const char *directory, mode_t mode)
{
	scoped_free char *path = NULL;
	int r;

	r = directory_path(root, directory, &path);
	if (r < 0)
		return r;
	return mkdir(path, mode) == 0 || errno == EEXIST ? 0 : neg_errno();
}

static int directory_open_or_make(const char *root)
{
	int fd = directory_open(root);
	int r;

	if (fd != -ENOENT)
		return fd;
	r = directory_make(root, STATE_DIRECTORY, 0755);
	if (r == 0)
		r = directory_make(root, LOGINS_DIRECTORY, 0700);
	return r < 0 ? r : directory_open(root);
}

static int create(int directory, const char *name)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	const int fd = openat(directory, name, flags, 0600);

	return fd < 0 ? neg_errno() : fd;
}

static int write_new(int directory, const char *name, const struct login_record *record)
{
	scoped_fd int fd = create(directory, name);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = write(fd, record, sizeof(*record));
	if (n < 0)
		return neg_errno();
	if ((size_t)n != sizeof(*record))
		return -ENOSPC;
	return close(take(fd, -1)) < 0 ? neg_errno() : 0;
}

static void temporary_name(char name[static NAME_SIZE])
{
	(void)snprintf(name, NAME_SIZE, ".%d", (int)getpid());
}

/* No fsync: /run is memory, and a login that ends with the machine needs no record. */
static int replace_record(int directory, const char *name, const struct login_record *record)
{
	char temporary[NAME_SIZE];
	int r;

	temporary_name(temporary);
	/* of an earlier process with our number that died half-way */
	if (unlinkat(directory, temporary, 0) < 0 && errno != ENOENT)
		return neg_errno();
	r = write_new(directory, temporary, record);
	if (r == 0 && renameat(directory, temporary, directory, name) < 0)
		r = neg_errno();
	if (r < 0)
		(void)unlinkat(directory, temporary, 0); /* the first error is the one to report */
	return r;
}

static int read_record(int directory, const char *name, struct login *ret)
{
	scoped_fd int fd =
		openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct login_record record;
	char right_name[NAME_SIZE];
	struct login login;
	struct stat st;
	ssize_t n;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return neg_errno();
	if (!S_ISREG(st.st_mode) || !trusted_writers(&st))
		return -EPERM;
	if (st.st_size != sizeof(record))
		return -EBADMSG;
	n = read(fd, &record, sizeof(record));
	if (n < 0)
		return neg_errno();
	r = login_record_decode(&record, (size_t)n, &login);
	if (r < 0)
		return r;
	record_name(login.session, login.leader, right_name);
	if (strcmp(name, right_name) != 0)
		return -EBADMSG;
	*ret = login;
	return 0;
}

/* The login in file @name. -ENOENT when its leader is gone; the record then goes as well. */
static int read_open_login(int directory, const char *name, struct login *ret)
{
	struct login login;
	uint64_t start = 0;
	int r;

	r = read_record(directory, name, &login);
	if (r < 0)
		return r;
	r = process_start(login.leader, &start);
	if (r == -ENOENT || r == -ESRCH || (r == 0 && start != login.leader_start)) {
		(void)unlinkat(directory, name, 0); /* a reader that may not remove it ignores it */
		return -ENOENT;
	}
	if (r < 0)
		return r;
	*ret = login;
	return 0;
}

/* Whether the session of record @name has another login than that of @leader, or may have. */
static bool is_shared(int directory, const char *name, pid_t leader)
{
	struct login held;
	const int r = read_open_login(directory, name, &held);

	return r == 0 ? held.leader != leader : r != -ENOENT;
}

int login_write(const char *root, const struct login *login)
{
	scoped_fd int directory = directory_open_or_make(root);
	struct login own = *login;
	struct login_record record;
	char name[NAME_SIZE];
	int r;

	if (directory < 0)
		return directory;
	own.leader = getpid();
	r = process_start(own.leader, &own.leader_start);
	if (r < 0)
		return r;
	record_name(own.session, own.leader, name);
	if (is_shared(directory, name, own.leader))
		own.origin = (struct origin){ .kind = ORIGIN_UNKNOWN };
	login_record_encode(&own, &record);
	return replace_record(directory, name, &record);
}

int login_try(const char *root)
{
	scoped_fd int directory = directory_open_or_make(root);
	scoped_fd int fd = -1;
	char name[NAME_SIZE];
	int r;

	if (directory < 0)
		return directory;
	temporary_name(name);
	(void)unlinkat(directory, name, 0); /* of an earlier process with our number */
	fd = create(directory, name);
	if (fd < 0)
		return fd;
	r = posix_fallocate(fd, 0, ROOM);
	(void)unlinkat(directory, name, 0); /* hidden from readers if it stays */
	return -r;
}

int login_remove(const char *root, uint32_t session)
{
	scoped_fd int directory = directory_open(root);
	char name[NAME_SIZE];
	struct login login;
	int r;

	if (directory < 0)
		return directory;
	record_name(session, getpid(), name);
	r = read_open_login(directory, name, &login);
	if (r < 0)
		return r;
	if (login.leader != getpid())
		return -EPERM;
	return unlinkat(directory, name, 0) < 0 ? neg_errno() : 0;
}

int login_find(const char *root, uint32_t session, uid_t uid, struct login *ret)
{
	scoped_fd int directory = directory_open(root);
	char name[NAME_SIZE];
	struct login login;
	int r;

	if (directory < 0)
		return directory;
	if (session == LOGIN_NONE)
		return -ENOENT;
	record_name(session, 0, name);
	r = read_open_login(directory, name, &login);
	if (r < 0)
		return r;
	if (login.uid != uid)
		return -ENOENT;
	*ret = login;
	return 0;
}

static void closedir_p(DIR **stream)
{
	if (*stream)
		(void)closedir(*stream); /* nothing was written */
}

/* Those of one user, where a record that cannot be read is an error; or, with LOGIN_NONE, those of
 * everybody. */
struct login_array {
	uid_t uid;
	struct login *item;
	size_t n, allocated, most;
	size_t unreadable;
};

static int array_add(struct login_array *array, const struct login *login)
{
	const size_t allocated = array->allocated ? 2 * array->allocated : 8;
	struct login *item;

	if (array->n == array->most)
		return -E2BIG;
	if (array->n == array->allocated) {
		item = reallocarray(array->item, allocated, sizeof(*item));
		if (!item)
			return -ENOMEM;
		array->item = item;
		array->allocated = allocated;
	}
	array->item[array->n++] = *login;
	return 0;
}

/* Whether @name can be a record: not ".", not one that is just being written. */
static bool is_record_name(const char *name)
{
	return name[0] != '.';
}

/* Add the login in file @name, if it is one that is asked for and still open. */
static int collect_record(int directory, const char *name, struct login_array *array)
{
	struct login login;
	int r = read_open_login(directory, name, &login);

	if (r == -ENOENT) /* closed while we look */
		return 0;
	if (r < 0 && r != -ENOMEM && array->uid == LOGIN_NONE) {
		array->unreadable++;
		return 0;
	}
	if (r == 0 && (array->uid == LOGIN_NONE || login.uid == array->uid))
		r = array_add(array, &login);
	return r;
}

static int collect(int directory, DIR *stream, struct login_array *array)
{
	const struct dirent *entry;
	int r;

	for (;;) {
		errno = 0;
		entry = readdir(stream);
		if (!entry)
			return errno > 0 ? neg_errno() : 0;
		if (!is_record_name(entry->d_name))
			continue;
		r = collect_record(directory, entry->d_name, array);
		if (r < 0)
			return r;
	}
}

static int collect_all(const char *root, struct login_array *array)
{
	scoped_fd int directory = directory_open(root);
	scoped(closedir_p) DIR *stream = NULL;
	int copy;
	int r;

	if (directory == -ENOENT) /* nobody has logged in since the machine started */
		return 0;
	if (directory < 0)
		return directory;
	copy = fcntl(directory, F_DUPFD_CLOEXEC, 3);
	if (copy < 0)
		return neg_errno();
	stream = fdopendir(copy);
	if (!stream) {
		r = neg_errno();
		(void)close(copy);
		return r;
	}
	return collect(directory, stream, array);
}

ssize_t login_list(const char *root, uid_t uid, struct login **ret)
{
	struct login_array array = { .uid = uid, .most = LOGINS_MAX };
	int r = uid == LOGIN_NONE ? 0 : collect_all(root, &array);

	if (r < 0) {
		free(array.item);
		return r;
	}
	*ret = array.item;
	return (ssize_t)array.n;
}

ssize_t login_list_all(const char *root, struct login **ret, size_t *ret_unreadable)
{
	struct login_array array = { .uid = LOGIN_NONE, .most = LOGINS_ALL_MAX };
	const int r = collect_all(root, &array);

	if (r < 0) {
		free(array.item);
		return r;
	}
	*ret = array.item;
	*ret_unreadable = array.unreadable;
	return (ssize_t)array.n;
}
