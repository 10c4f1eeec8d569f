/* SPDX-License-Identifier: MIT */
/* process.c - the processes of somebody, found in /proc and held by descriptors. */
#include "process.h"

#include <ctype.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <sereno/scoped.h>

#include "tree.h"

#define PROCESSES_MAX 4194304 /* the kernel's own limit */
#define TEXT_MAX      4096
#define RANGES_MAX    8
#define LINE_MAX_OURS 512
#define ANCESTORS_MAX 64

#define UID_OF_NOBODY ((uid_t)-2) /* the last there is: no account has it */

struct range {
	uid_t first, n;
};

struct sweep {
	const struct leaver *leaver;
	size_t n_ranges, n_ancestors;
	bool below_him; /* an ancestor of the caller is his */
	struct range range[RANGES_MAX];
	pid_t ancestor[ANCESTORS_MAX]; /* the caller is the first */
	int (*each)(void *context, const struct process *process);
	void *context;
};

struct status {
	uid_t uid[4];
	char state;
	unsigned long threads;
	pid_t parent;
	char command[PROCESS_NAME_MAX];
};

/* Files of /proc say that they are empty. */
static int read_text(int directory, const char *name, char text[static TEXT_MAX])
{
	scoped_fd int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
	const ssize_t n = fd < 0 ? -1 : read(fd, text, TEXT_MAX - 1);

	if (n < 0)
		return neg_errno();
	text[n] = '\0';
	return 0;
}

/* What stands behind @key at the beginning of a line, or NULL. */
static const char *value_of(const char *text, const char *key)
{
	const size_t length = strlen(key);

	while (text && strncmp(text, key, length) != 0) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return text ? text + length + strspn(text + length, " \t") : NULL;
}

static int parse_status(const char *text, struct status *ret)
{
	const char *name = value_of(text, "Name:");
	const char *state = value_of(text, "State:");
	const char *parent = value_of(text, "PPid:");
	const char *threads = value_of(text, "Threads:");
	const char *uids = value_of(text, "Uid:");
	char *end;

	if (!name || !state || !parent || !uids || !threads)
		return -EBADMSG;
	(void)snprintf(ret->command, sizeof(ret->command), "%.*s", (int)strcspn(name, "\n"), name);
	ret->state = *state;
	ret->threads = strtoul(threads, NULL, 10);
	ret->parent = (pid_t)strtol(parent, NULL, 10);
	for (size_t i = 0; i < 4; i++) {
		ret->uid[i] = (uid_t)strtoul(uids, &end, 10);
		if (end == uids)
			return -EBADMSG;
		uids = end;
	}
	return 0;
}

static int read_status(int directory, struct status *ret)
{
	char text[TEXT_MAX];
	const int r = read_text(directory, "status", text);

	return r < 0 ? r : parse_status(text, ret);
}

static bool is_his(const struct sweep *sweep, uid_t uid)
{
	if (uid == sweep->leaver->uid)
		return true;
	for (size_t i = 0; i < sweep->n_ranges; i++)
		if (uid >= sweep->range[i].first && uid - sweep->range[i].first < sweep->range[i].n)
			return true;
	return false;
}

static bool in_his_login(const struct sweep *sweep, int directory)
{
	char text[TEXT_MAX];

	return read_text(directory, "loginuid", text) == 0 &&
	       strtoul(text, NULL, 10) == sweep->leaver->uid;
}

/* The service of the system's manager that it is part of. */
static void find_unit(int directory, char unit[static PROCESS_UNIT_MAX])
{
	char text[TEXT_MAX];
	const char *at, *end;

	unit[0] = '\0';
	if (read_text(directory, "cgroup", text) < 0)
		return;
	at = strstr(text, "/system.slice/");
	if (!at)
		return;
	at += strlen("/system.slice/");
	end = at + strcspn(at, "/\n");
	if (end - at > 8 && strncmp(end - 8, ".service", 8) == 0)
		(void)snprintf(unit, PROCESS_UNIT_MAX, "%.*s", (int)(end - at), at);
}

static int open_process(const char *name, struct process *ret)
{
	char path[64];
	int directory;

	ret->pid = (pid_t)strtol(name, NULL, 10);
	/* The handle first: if the number goes to another process before its files are read, then
	 * the handle is of one that is gone. */
	ret->handle = (int)syscall(SYS_pidfd_open, ret->pid, 0);
	if (ret->handle < 0)
		return neg_errno();
	(void)snprintf(path, sizeof(path), "/proc/%d", (int)ret->pid); /* fits */
	directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return directory < 0 ? neg_errno() : directory;
}

static bool is_ancestor(const struct sweep *sweep, pid_t pid)
{
	for (size_t i = 0; i < sweep->n_ancestors; i++)
		if (sweep->ancestor[i] == pid)
			return true;
	return pid <= 1;
}

/* One whose first thread has ended, while others go on, looks gone but for their number. */
static bool is_gone(const struct status *status)
{
	return (status->state == 'Z' || status->state == 'X') && status->threads <= 1;
}

static int look_at(void *context, int proc, const char *name)
{
	const struct sweep *sweep = context;
	struct process process = { .handle = -1 };
	scoped_fd int directory = -1;
	scoped_fd int handle = -1;
	struct status status;
	bool his = false;

	(void)proc;
	if (!isdigit((unsigned char)name[0]) || strlen(name) > 7)
		return 0;
	directory = open_process(name, &process);
	handle = process.handle;
	if (directory < 0 || read_status(directory, &status) < 0 || is_gone(&status) ||
	    is_ancestor(sweep, process.pid))
		return 0;
	for (size_t i = 0; i < 4; i++)
		his = his || is_his(sweep, status.uid[i]);
	process.by_login = !his && in_his_login(sweep, directory);
	if (!his && !process.by_login)
		return 0;
	memcpy(process.command, status.command, sizeof(process.command));
	/* Of threads without their first it cannot be seen. */
	process.stopped = status.state == 'T' || status.state == 'Z' || status.state == 'X';
	find_unit(directory, process.unit);
	return sweep->each(sweep->context, &process);
}

/* USER:FIRST:N, or by number. */
static void read_range(struct sweep *sweep, char *line)
{
	char *first = strchr(line, ':');
	char *number = first ? strchr(first + 1, ':') : NULL;
	char uid[16];

	if (!number || sweep->n_ranges == RANGES_MAX)
		return;
	*first++ = '\0';
	(void)snprintf(uid, sizeof(uid), "%u", sweep->leaver->uid); /* fits */
	if (strcmp(line, sweep->leaver->user) == 0 || strcmp(line, uid) == 0)
		sweep->range[sweep->n_ranges++] =
			(struct range){ (uid_t)strtoul(first, NULL, 10),
					(uid_t)strtoul(number + 1, NULL, 10) };
}

/* User ids that he may give to containers of his own. A range that touches accounts of the host
 * would be a mistake that must not end what is theirs. */
static void find_ranges(struct sweep *sweep)
{
	scoped_file FILE *stream = fopen("/etc/subuid", "re");
	char line[LINE_MAX_OURS];

	while (stream && fgets(line, sizeof(line), stream))
		read_range(sweep, line);
	for (size_t i = 0; i < sweep->n_ranges; i++)
		if (sweep->range[i].first < 100000)
			sweep->range[i].n = 0;
}

static void find_ancestors(struct sweep *sweep)
{
	struct status status;
	pid_t pid = getpid();
	char path[64];

	while (pid > 1 && sweep->n_ancestors < ANCESTORS_MAX) {
		scoped_fd int directory = -1;

		sweep->ancestor[sweep->n_ancestors++] = pid;
		(void)snprintf(path, sizeof(path), "/proc/%d", (int)pid); /* fits */
		directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (directory < 0 || read_status(directory, &status) < 0)
			return;
		sweep->below_him = sweep->below_him || status.uid[0] == sweep->leaver->uid ||
				   status.uid[2] == sweep->leaver->uid;
		pid = status.parent;
	}
}

int process_each(const struct leaver *leaver,
		 int (*each)(void *context, const struct process *process), void *context)
{
	struct sweep sweep = { .leaver = leaver, .each = each, .context = context };
	scoped_fd int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (proc < 0)
		return neg_errno();
	/* Whoever has no number has no process; 0 and -1 are everybody's. */
	if (leaver->uid == 0 || leaver->uid == GRANTS_NO_UID)
		return -EINVAL;
	find_ancestors(&sweep);
	find_ranges(&sweep);
	return tree_each(proc, PROCESSES_MAX, look_at, &sweep);
}

int process_signal(const struct process *process, int signal_number)
{
	if (syscall(SYS_pidfd_send_signal, process->handle, signal_number, NULL, 0) == 0 ||
	    errno == ESRCH)
		return 0;
	return neg_errno();
}

/* Whoever has the effective user id @uid may send signals to what is @uid's, and to nothing else.
 * Nothing of his can send one back, as the other ids are nobody's, nor trace it. */
static _Noreturn void signal_as(uid_t uid, int signal_number)
{
	if (setresuid(UID_OF_NOBODY, uid, UID_OF_NOBODY) < 0)
		_exit(errno);
	_exit(kill(-1, signal_number) < 0 ? errno : 0);
}

static int await(pid_t child)
{
	int status = 0;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return neg_errno();
	return WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
}

int process_signal_all(const struct leaver *leaver, int signal_number)
{
	struct sweep sweep = { .leaver = leaver };
	pid_t child;
	int r;

	if (leaver->uid == 0 || leaver->uid == GRANTS_NO_UID || leaver->uid == UID_OF_NOBODY)
		return -EINVAL;
	find_ancestors(&sweep);
	if (sweep.below_him)
		return 0;
	child = fork();
	if (child < 0)
		return neg_errno();
	if (child == 0)
		signal_as(leaver->uid, signal_number);
	r = await(child);
	return r == 0 ? 1 : r == ESRCH ? 0 : -r;
}
