/* SPDX-License-Identifier: MIT */
/* processes.c - the host's processes at one moment, and which of them belong to a login. */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include <sereno/scoped.h>

#include "processes.h"

#define STAT_STATE_FIELD   3 /* the first one behind the name */
#define STAT_PARENT_FIELD  4
#define STAT_LINE_FIELD	   7
#define STAT_THREADS_FIELD 20
#define STAT_START_FIELD   22
#define STAT_MAX	   1024
#define NEWEST_TRIES	   50

static void closedir_p(DIR **stream)
{
	if (*stream)
		(void)closedir(*stream); /* nothing was written */
}

void processes_free(struct processes *processes)
{
	if (!processes)
		return;
	free(processes->item);
	free(processes);
}

void processes_free_p(struct processes **processes)
{
	processes_free(*processes);
}

/* The text of /proc/PID/stat behind the name, which the process chose: the last ")" ends it. */
static int read_stat(pid_t pid, char text[static STAT_MAX], const char **ret_fields)
{
	scoped_fd int fd = -1;
	char path[32];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid); /* fits */
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return neg_errno();
	n = read(fd, text, STAT_MAX - 1);
	if (n < 0)
		return neg_errno();
	text[n] = '\0';
	*ret_fields = strrchr(text, ')');
	return *ret_fields ? 0 : -EBADMSG;
}

/* The number in field @wanted, 0 where there is none: the kernel wrote it. */
static uint64_t field_number(const char *fields, int wanted)
{
	for (int n = STAT_STATE_FIELD - 1; fields && n < wanted; n++) {
		fields = strchr(fields, ' ');
		if (fields)
			fields++;
	}
	return fields ? strtoull(fields, NULL, 10) : 0;
}

uint64_t process_started(pid_t pid)
{
	char text[STAT_MAX];
	const char *fields = NULL;

	return read_stat(pid, text, &fields) == 0 ? field_number(fields, STAT_START_FIELD) : 0;
}

/* Its line as the kernel writes it: minor and major in the order of old kernels. */
static dev_t decode_line(uint64_t number)
{
	const unsigned low = (unsigned)(number & 0xff), high = (unsigned)(number >> 20 & 0xfff);

	return makedev((unsigned)(number >> 8 & 0xfff), low | high << 8);
}

/* Gone but for what its parent has not asked yet. One whose first thread is gone, and others are
 * not, looks alike but for their number. */
static bool is_gone(const char *fields)
{
	const char state = fields[1] == ' ' ? fields[2] : '?';

	return (state == 'Z' || state == 'X') && field_number(fields, STAT_THREADS_FIELD) <= 1;
}

static int read_process(pid_t pid, struct process *ret)
{
	struct process process = { .pid = pid };
	char text[STAT_MAX];
	const char *fields;
	int r = read_stat(pid, text, &fields);

	if (r == 0 && is_gone(fields))
		r = -ESRCH;
	if (r < 0)
		return r;
	process.state = fields[1] == ' ' ? fields[2] : '?';
	process.parent = (pid_t)field_number(fields, STAT_PARENT_FIELD);
	process.start = field_number(fields, STAT_START_FIELD);
	process.line = decode_line(field_number(fields, STAT_LINE_FIELD));
	r = login_of_process(pid, &process.session, &process.login_uid);
	if (r == 0)
		*ret = process;
	return r;
}

static int add_process(struct processes *processes, const struct process *process)
{
	const size_t allocated = processes->allocated ? 2 * processes->allocated : 256;
	struct process *item;

	if (processes->n == processes->allocated) {
		item = reallocarray(processes->item, allocated, sizeof(*item));
		if (!item)
			return -ENOMEM;
		processes->item = item;
		processes->allocated = allocated;
	}
	processes->item[processes->n++] = *process;
	return 0;
}

static int compare_pids(const void *a, const void *b)
{
	const pid_t x = ((const struct process *)a)->pid, y = ((const struct process *)b)->pid;

	return (x > y) - (x < y);
}

/* Those that go while we look are passed over. */
static int read_all(DIR *stream, struct processes *processes)
{
	const struct dirent *entry;
	struct process process;
	int r = 0;

	while (r == 0) {
		errno = 0;
		entry = readdir(stream);
		if (!entry)
			return errno > 0 ? neg_errno() : 0;
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		if (read_process((pid_t)strtol(entry->d_name, NULL, 10), &process) == 0)
			r = add_process(processes, &process);
	}
	return r;
}

int processes_read(struct processes **ret)
{
	scoped(processes_free_p) struct processes *processes = calloc(1, sizeof(*processes));
	scoped(closedir_p) DIR *stream = NULL;
	int r;

	if (!processes)
		return -ENOMEM;
	stream = opendir("/proc");
	if (!stream)
		return neg_errno();
	r = read_all(stream, processes);
	if (r < 0)
		return r;
	qsort(processes->item, processes->n, sizeof(*processes->item), compare_pids);
	*ret = take(processes, NULL);
	return 0;
}

/* All numbers at this moment: in one call of the kernel's, before any is looked at. */
static int read_numbers(pid_t **ret, size_t *ret_n)
{
	scoped(closedir_p) DIR *stream = opendir("/proc");
	scoped_free pid_t *item = NULL;
	size_t n = 0, allocated = 0;
	const struct dirent *entry;

	if (!stream)
		return neg_errno();
	while (errno = 0, (entry = readdir(stream)) != NULL) {
		pid_t *room = item;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		if (n == allocated) {
			allocated = allocated ? 2 * allocated : 1024;
			room = reallocarray(item, allocated, sizeof(*item));
		}
		if (!room)
			return -ENOMEM;
		item = room;
		item[n++] = (pid_t)strtol(entry->d_name, NULL, 10);
	}
	if (errno > 0)
		return neg_errno();
	*ret = take(item, NULL);
	*ret_n = n;
	return 0;
}

struct chase {
	const struct login *login;
	uid_t uid;
	caught *each;
	void *context;
};

static void catch_one(const struct chase *chase, pid_t pid)
{
	/* The handle first: should the number go to another process before it is read, then the
	 * handle is of one that is gone. */
	scoped_fd int handle = (int)syscall(SYS_pidfd_open, pid, 0);
	struct process process;

	if (handle >= 0 && read_process(pid, &process) == 0 &&
	    process.session == chase->login->session && process.login_uid == chase->uid)
		chase->each(chase->context, &process, handle);
}

/* The last word there is the number that was given out last: one that hops is found by it sooner
 * than by going through all. */
static void catch_newest(const struct chase *chase)
{
	scoped_fd int fd = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
	char text[128];

	for (int i = 0; i < NEWEST_TRIES && fd >= 0; i++) {
		const ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
		const char *number;

		text[n > 0 ? n : 0] = '\0';
		number = strrchr(text, ' ');
		if (number)
			catch_one(chase, (pid_t)strtol(number, NULL, 10));
	}
}

int processes_catch(const struct login *login, uid_t uid, caught *each, void *context)
{
	const struct chase chase = { login, uid, each, context };
	scoped_free pid_t *numbers = NULL;
	size_t n = 0;
	int r;

	catch_newest(&chase);
	r = read_numbers(&numbers, &n);
	if (r < 0)
		return r;
	while (n-- > 0)
		catch_one(&chase, numbers[n]);
	return 0;
}

bool session_is_own(const struct login *login, uid_t uid)
{
	return login->session != LOGIN_NONE && login->uid == uid;
}

static struct process *find_process(struct processes *processes, pid_t pid)
{
	const struct process wanted = { .pid = pid };

	return processes->n ? bsearch(&wanted, processes->item, processes->n,
				      sizeof(*processes->item), compare_pids)
			    : NULL;
}

/* Mark the children of those that are marked. Returns whether there were any. */
static bool mark_children(struct processes *processes)
{
	bool more = false;

	for (size_t i = 0; i < processes->n; i++) {
		struct process *process = &processes->item[i];
		const struct process *parent;

		if (process->belongs)
			continue;
		parent = find_process(processes, process->parent);
		process->belongs = parent && parent->belongs;
		more = more || process->belongs;
	}
	return more;
}

/*
 * By the session number, which processes keep whatever they do, where it is his alone; and its
 * leader. Where the number is not his alone, or there is none: the leader and its descendants. A
 * process of the session whose login uid is another's (it had the right to choose one) is not his.
 */
void processes_mark(struct processes *processes, const struct login *login, uid_t uid)
{
	const bool own = session_is_own(login, uid);

	for (size_t i = 0; i < processes->n; i++) {
		struct process *process = &processes->item[i];

		process->belongs =
			(own && process->session == login->session && process->login_uid == uid) ||
			(process->pid == login->leader && process->start == login->leader_start);
	}
	while (!own && mark_children(processes))
		;
}
