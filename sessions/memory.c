/* SPDX-License-Identifier: MIT */
/* memory.c - what was told to whom, kept in /run until the session or the machine ends. */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <sereno/scoped.h>
#include <sereno/sessions.h>
#include <sereno/trusted.h>

#include "processes.h"

#define STATE_DIRECTORY	 "/run/sereno"
#define FOLLOW_DIRECTORY STATE_DIRECTORY "/follow"
#define NAME_SIZE	 48
#define TEMPORARY	 ".new"

/* In this machine's order of bytes: /run does not outlive the running kernel. */
struct record {
	char magic[8];
	uint64_t leader_start;
	int64_t deadline;
	uint32_t leader, told, n_gids;
	uint32_t gid[SESSION_GIDS_MAX];
};

static const char magic[8] = { 'f', 'o', 'l', 'l', 'o', 'w', '1', '\n' };

/* For its leader: one session number may have had several logins. */
static void record_name(const struct login *login, char name[static NAME_SIZE])
{
	(void)snprintf(name, NAME_SIZE, "%d-%llu", (int)login->leader,
		       (unsigned long long)login->leader_start); /* fits */
}

static int make(const char *root, const char *directory, mode_t mode)
{
	scoped_free char *path = NULL;

	if (asprintf(&path, "%s%s", root, directory) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	return mkdir(path, mode) == 0 || errno == EEXIST ? 0 : neg_errno();
}

static int open_place(const char *root)
{
	scoped_free char *path = NULL;
	scoped_fd int fd = -1;
	struct stat st;

	if (asprintf(&path, "%s%s", root, FOLLOW_DIRECTORY) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return neg_errno();
	if (!trusted_writers(&st))
		return -EPERM;
	return take(fd, -1);
}

int session_memory_open(const char *root, enum session_memory_use use, int *ret_fd)
{
	scoped_fd int fd = -1;
	int r = 0;

	if (use == SESSION_MEMORY_CHANGE) {
		r = make(root, STATE_DIRECTORY, 0755);
		if (r == 0)
			r = make(root, FOLLOW_DIRECTORY, 0700);
	}
	if (r < 0)
		return r;
	fd = open_place(root);
	if (fd < 0)
		return fd;
	while (use == SESSION_MEMORY_CHANGE && flock(fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return neg_errno();
	*ret_fd = take(fd, -1);
	return 0;
}

static bool is_sound(const struct record *record, const struct login *login)
{
	return memcmp(record->magic, magic, sizeof(magic)) == 0 &&
	       record->leader == (uint32_t)login->leader &&
	       record->leader_start == login->leader_start && record->told <= 1 &&
	       record->n_gids <= SESSION_GIDS_MAX;
}

void session_memory_read(int fd, const struct login *login, struct session_memory *ret)
{
	struct session_memory memory = { .told = false };
	scoped_fd int file = -1;
	char name[NAME_SIZE];
	struct record record;

	record_name(login, name);
	file = openat(fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (file >= 0 && read(file, &record, sizeof(record)) == (ssize_t)sizeof(record) &&
	    is_sound(&record, login)) {
		memory.told = record.told == 1;
		memory.deadline = record.deadline;
		memory.n_gids = record.n_gids;
		for (uint32_t i = 0; i < record.n_gids; i++)
			memory.gid[i] = record.gid[i];
	}
	*ret = memory;
}

static int write_new(int fd, const struct record *record)
{
	scoped_fd int file = -1;
	ssize_t n;

	if (unlinkat(fd, TEMPORARY, 0) < 0 && errno != ENOENT)
		return neg_errno();
	file = openat(fd, TEMPORARY, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (file < 0)
		return neg_errno();
	n = write(file, record, sizeof(*record));
	if (n < 0)
		return neg_errno();
	return n == (ssize_t)sizeof(*record) ? 0 : -ENOSPC;
}

int session_memory_write(int fd, const struct login *login, const struct session_memory *memory)
{
	struct record record;
	char name[NAME_SIZE];
	int r;

	memset(&record, 0, sizeof(record)); /* its holes, too */
	memcpy(record.magic, magic, sizeof(magic));
	record.leader = (uint32_t)login->leader;
	record.leader_start = login->leader_start;
	record.told = memory->told;
	record.deadline = memory->deadline;
	record.n_gids = memory->n_gids;
	for (uint32_t i = 0; i < memory->n_gids; i++)
		record.gid[i] = memory->gid[i];
	record_name(login, name);
	r = write_new(fd, &record);
	if (r == 0 && renameat(fd, TEMPORARY, fd, name) < 0)
		r = neg_errno();
	return r;
}

void session_memory_remove(int fd, const struct login *login)
{
	char name[NAME_SIZE];

	record_name(login, name);
	(void)unlinkat(fd, name, 0); /* mostly there is none */
}

/* Whether the process that a record is named for still runs. */
static bool is_running(const char *name)
{
	char *end = NULL;
	const long leader = strtol(name, &end, 10);

	if (*end != '-' || leader <= 0 || leader > INT32_MAX)
		return false;
	return process_started((pid_t)leader) == strtoull(end + 1, NULL, 10);
}

void session_memory_prune(int fd)
{
	const int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;

	if (!stream) {
		if (copy >= 0)
			(void)close(copy);
		return; /* the next one prunes */
	}
	for (entry = readdir(stream); entry; entry = readdir(stream))
		if (entry->d_name[0] != '.' && !is_running(entry->d_name))
			(void)unlinkat(fd, entry->d_name, 0);
	(void)closedir(stream); /* nothing was written */
}
