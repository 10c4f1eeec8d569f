/* SPDX-License-Identifier: MIT */
/* remembered.c - the directory of places where a second factor was accepted: a file each. */
#include <sereno/remembered.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/scoped.h>

#include "process.h"

#define STATE_DIRECTORY "/run/sereno"
#define DIRECTORY	STATE_DIRECTORY "/codes"
#define NAME_SIZE	48
#define LOOKED_AT_MAX	32 /* records, when one is written */

static const uint8_t magic[8] = { 's', 'e', 'r', 'c', 'o', 'd', 'e', '1' };

/* In the order of this machine's bytes: /run does not outlive the running kernel. */
struct record {
	uint8_t magic[8];
	uint64_t number, start;
	uint64_t accepted; /* CLOCK_BOOTTIME seconds */
	uint8_t boot_id[16];
	uint32_t uid, kind;
};

_Static_assert(sizeof(struct record) == 56, "no padding: its bytes would be undefined");

static void record_name(uid_t uid, const struct remembered_place *place,
			char name[static NAME_SIZE])
{
	static const char *const words[] = {
		[REMEMBERED_LOGIN] = "login", [REMEMBERED_SEAT] = "seat", [REMEMBERED_LINE] = "line"
	};

	/* 10, 5 and 20 characters at most, with what is between them */
	(void)snprintf(name, NAME_SIZE, "%u-%s-%" PRIu64, uid, words[place->kind], place->number);
}

static struct record record_of(uid_t uid, const struct remembered_place *place,
			       const struct attempt_clock *now)
{
	struct record record = { .number = place->number,
				 .start = place->start,
				 .accepted = now->boot_sec,
				 .uid = uid,
				 .kind = place->kind };

	memcpy(record.magic, magic, sizeof(magic));
	memcpy(record.boot_id, now->boot_id, sizeof(record.boot_id));
	return record;
}

/* Whether only root or we ourselves can have put something there. */
static bool is_ours(const struct stat *st)
{
	return (st->st_uid == 0 || st->st_uid == geteuid()) && (st->st_mode & 022) == 0;
}

static int directory_open(const char *root)
{
	scoped_free char *path = NULL;
	scoped_fd int fd = -1;
	struct stat st;

	if (asprintf(&path, "%s%s", root, DIRECTORY) < 0)
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return neg_errno();
	if (!is_ours(&st))
		return -EPERM;
	return take(fd, -1);
}

static int directory_make(const char *root, const char *directory, mode_t mode)
{
	scoped_free char *path = NULL;

	if (asprintf(&path, "%s%s", root, directory) < 0)
		return -ENOMEM;
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
		r = directory_make(root, DIRECTORY, 0700);
	return r < 0 ? r : directory_open(root);
}

static int read_record(int directory, const char *name, struct record *ret)
{
	scoped_fd int fd =
		openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct record record;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return neg_errno();
	if (!S_ISREG(st.st_mode) || !is_ours(&st))
		return -EPERM;
	n = read(fd, &record, sizeof(record));
	if (n < 0)
		return neg_errno();
	if (st.st_size != sizeof(record) || (size_t)n != sizeof(record) ||
	    memcmp(record.magic, magic, sizeof(magic)) != 0)
		return -EBADMSG;
	*ret = record;
	return 0;
}

static int write_new(int directory, const char *name, const struct record *record)
{
	scoped_fd int fd =
		openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	ssize_t n;

	if (fd < 0)
		return neg_errno();
	n = write(fd, record, sizeof(*record));
	if (n < 0)
		return neg_errno();
	if ((size_t)n != sizeof(*record))
		return -ENOSPC;
	return close(take(fd, -1)) < 0 ? neg_errno() : 0;
}

/* No fsync: /run is memory. */
static int replace_record(int directory, const char *name, const struct record *record)
{
	char temporary[NAME_SIZE];
	int r;

	(void)snprintf(temporary, sizeof(temporary), ".%d", (int)gettid());
	/* of an earlier process or thread with our number that died half-way */
	if (unlinkat(directory, temporary, 0) < 0 && errno != ENOENT)
		return neg_errno();
	r = write_new(directory, temporary, record);
	if (r == 0 && renameat(directory, temporary, directory, name) < 0)
		r = neg_errno();
	if (r < 0)
		(void)unlinkat(directory, temporary, 0); /* the first error is the one to report */
	return r;
}

static bool is_over(const struct record *record)
{
	uint64_t start = 0;
	int r;

	if (record->kind != REMEMBERED_LOGIN)
		return false;
	r = process_start((pid_t)record->number, &start);
	return r == -ENOENT || r == -ESRCH || (r == 0 && start != record->start);
}

static void closedir_p(DIR **stream)
{
	if (*stream)
		(void)closedir(*stream); /* nothing was written */
}

/* Whether @name is what a process was about to write when it died. */
static bool is_half_made(const char *name)
{
	uint64_t start = 0;
	char *end = NULL;
	long number;
	int r;

	if (name[0] != '.' || name[1] < '1' || name[1] > '9')
		return false;
	errno = 0;
	number = strtol(name + 1, &end, 10);
	if (errno != 0 || *end || number > INT_MAX)
		return false;
	r = process_start((pid_t)number, &start);
	return r == -ENOENT || r == -ESRCH;
}

/* A login that did not close leaves its record. A few of them go with each one that is written;
 * looking at all would make one login's time depend on everybody's. */
static void remove_some_old(int directory)
{
	const int copy = fcntl(directory, F_DUPFD_CLOEXEC, 3);
	scoped(closedir_p) DIR *stream = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	struct record record;

	if (!stream && copy >= 0)
		(void)close(copy); /* nothing was written */
	for (int i = 0; stream && i < LOOKED_AT_MAX; i++) {
		entry = readdir(stream);
		if (!entry)
			return;
		if (is_half_made(entry->d_name) ||
		    (entry->d_name[0] != '.' &&
		     read_record(directory, entry->d_name, &record) == 0 && is_over(&record)))
			(void)unlinkat(directory, entry->d_name, 0); /* the next one may */
	}
}

int remembered_write(const char *root, uid_t uid, const struct remembered_place *place,
		     const struct attempt_clock *now)
{
	const struct record record = record_of(uid, place, now);
	scoped_fd int directory = directory_open_or_make(root);
	char name[NAME_SIZE];

	if (directory < 0)
		return directory;
	record_name(uid, place, name);
	remove_some_old(directory);
	return replace_record(directory, name, &record);
}

int remembered_find(const char *root, uid_t uid, const struct remembered_place *place,
		    uint32_t within_sec, const struct attempt_clock *now)
{
	const struct record wanted = record_of(uid, place, now);
	scoped_fd int directory = directory_open(root);
	struct record record;
	char name[NAME_SIZE];
	int r;

	if (directory < 0)
		return directory;
	record_name(uid, place, name);
	r = read_record(directory, name, &record);
	if (r < 0)
		return r;
	if (record.uid != wanted.uid || record.kind != wanted.kind ||
	    record.number != wanted.number || record.start != wanted.start ||
	    memcmp(record.boot_id, wanted.boot_id, sizeof(record.boot_id)) != 0)
		return -ENOENT;
	return record.accepted <= now->boot_sec && now->boot_sec - record.accepted < within_sec
		       ? 0
		       : -ENOENT;
}

int remembered_remove(const char *root, uid_t uid, const struct remembered_place *place)
{
	scoped_fd int directory = directory_open(root);
	char name[NAME_SIZE];

	if (directory < 0)
		return directory;
	record_name(uid, place, name);
	return unlinkat(directory, name, 0) < 0 ? neg_errno() : 0;
}

/* One that stays does not keep the others. */
static int forget_in(int directory, DIR *stream, const char *prefix)
{
	const size_t length = strlen(prefix);
	const struct dirent *entry;
	int removed = 0, failed = 0;

	while ((errno = 0, entry = readdir(stream))) {
		if (strncmp(entry->d_name, prefix, length) != 0)
			continue;
		if (unlinkat(directory, entry->d_name, 0) == 0)
			removed++;
		else if (errno != ENOENT)
			failed = neg_errno();
	}
	if (errno)
		failed = neg_errno();
	return failed < 0 ? failed : removed;
}

int remembered_forget(const char *root, uid_t uid)
{
	scoped_fd int directory = directory_open(root);
	scoped(closedir_p) DIR *stream = NULL;
	char prefix[NAME_SIZE];
	int copy;

	if (directory < 0)
		return directory == -ENOENT ? 0 : directory;
	copy = fcntl(directory, F_DUPFD_CLOEXEC, 3);
	if (copy < 0)
		return neg_errno();
	stream = fdopendir(copy);
	if (!stream) {
		(void)close(copy); /* nothing was written */
		return -ENOMEM;
	}
	(void)snprintf(prefix, sizeof(prefix), "%u-", uid);
	return forget_in(directory, stream, prefix);
}
