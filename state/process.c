/* SPDX-License-Identifier: MIT */
/* process.c - start times and audit numbers of processes, as the kernel tells them. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <sereno/login.h>
#include <sereno/scoped.h>

#include "process.h"

#define STAT_STATE_FIELD  3 /* the first one behind the name */
#define STAT_PARENT_FIELD 4
#define STAT_START_FIELD  22

/* One read: what /proc writes comes whole, and ours is short. */
static int read_text(int folder, const char *path, char *text, size_t size)
{
	scoped_fd int fd = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n;

	if (fd < 0)
		return neg_errno();
	n = read(fd, text, size - 1);
	if (n < 0)
		return neg_errno();
	text[n] = '\0';
	return 0;
}

/* Digits up to a blank, a newline or the end. */
static int parse_number(const char *text, uint64_t *ret)
{
	const size_t digits = strspn(text, "0123456789");
	uint64_t number = 0;

	if (digits == 0 || (text[digits] != '\0' && text[digits] != ' ' && text[digits] != '\n'))
		return -EBADMSG;
	for (size_t i = 0; i < digits; i++)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(text[i] - '0'), &number))
			return -EBADMSG;
	*ret = number;
	return 0;
}

static int parse_field(const char *stat, int wanted, uint64_t *ret)
{
	const char *field = strrchr(stat, ')');

	for (int n = STAT_STATE_FIELD - 1; field && n < wanted; n++) {
		field = strchr(field, ' ');
		if (field)
			field++;
	}
	return field ? parse_number(field, ret) : -EBADMSG;
}

int process_parse_start(const char *stat, uint64_t *ret)
{
	return parse_field(stat, STAT_START_FIELD, ret);
}

static int read_field(pid_t pid, int wanted, uint64_t *ret)
{
	char path[32];
	char stat[1024];
	const int n = snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	int r;

	if (n < 0 || (size_t)n >= sizeof(path))
		return -EINVAL;
	r = read_text(AT_FDCWD, path, stat, sizeof(stat));
	if (r < 0)
		return r;
	return parse_field(stat, wanted, ret);
}

int process_start(pid_t pid, uint64_t *ret)
{
	return read_field(pid, STAT_START_FIELD, ret);
}

int process_parent(pid_t pid, pid_t *ret)
{
	uint64_t number;
	int r;

	r = read_field(pid, STAT_PARENT_FIELD, &number);
	if (r < 0)
		return r;
	if (number > INT32_MAX)
		return -EBADMSG;
	*ret = (pid_t)number;
	return 0;
}

/* LOGIN_NONE as well where the kernel was built without audit. */
static int read_audit(int folder, const char *path, uint32_t *ret)
{
	char text[32];
	uint64_t number;
	int r;

	r = read_text(folder, path, text, sizeof(text));
	if (r == -ENOENT) {
		*ret = LOGIN_NONE;
		return 0;
	}
	if (r == 0)
		r = parse_number(text, &number);
	if (r < 0)
		return r;
	if (number > UINT32_MAX)
		return -EBADMSG;
	*ret = (uint32_t)number;
	return 0;
}

static int read_login(int folder, uint32_t *ret_session, uid_t *ret_uid)
{
	uint32_t session, uid;
	int r;

	r = read_audit(folder, "sessionid", &session);
	if (r == 0)
		r = read_audit(folder, "loginuid", &uid);
	if (r < 0)
		return r;
	*ret_session = session;
	*ret_uid = uid;
	return 0;
}

static int open_folder(const char *path, int *ret)
{
	const int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return neg_errno();
	*ret = fd;
	return 0;
}

static int open_process(pid_t pid, int *ret)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "/proc/%d", (int)pid); /* it fits */
	return open_folder(path, ret);
}

int login_self(uint32_t *ret_session, uid_t *ret_uid)
{
	scoped_fd int folder = -1;
	const int r = open_folder("/proc/self", &folder);

	return r < 0 ? r : read_login(folder, ret_session, ret_uid);
}

int login_of_process(pid_t pid, uint32_t *ret_session, uid_t *ret_uid)
{
	scoped_fd int folder = -1;
	const int r = open_process(pid, &folder);

	return r < 0 ? r : read_login(folder, ret_session, ret_uid);
}

/* "Uid:" and four numbers. A process cannot break a line by its name: that is escaped. */
int process_parse_uid(const char *status, uid_t *ret)
{
	static const char key[] = "\nUid:";
	const char *at = strstr(status, key);
	uint64_t first = 0, number = 0;

	if (!at)
		return -EBADMSG;
	at += sizeof(key) - 1;
	for (unsigned i = 0; i < 4; i++) {
		char word[16];
		size_t length;

		if (*at++ != '\t')
			return -EBADMSG;
		length = strcspn(at, "\t\n");
		if (length >= sizeof(word))
			return -EBADMSG;
		memcpy(word, at, length);
		word[length] = '\0';
		if (parse_number(word, &number) < 0 || number > UINT32_MAX)
			return -EBADMSG;
		if (i > 0 && number != first)
			return -EPERM;
		first = number;
		at += length;
	}
	*ret = (uid_t)first;
	return 0;
}

int login_process_read(pid_t pid, struct login_process *ret)
{
	struct login_process process = { .start = 0 };
	scoped_fd int folder = -1;
	char text[4096];
	int r;

	r = open_process(pid, &folder);
	if (r == 0)
		r = read_text(folder, "stat", text, sizeof(text));
	if (r == 0)
		r = process_parse_start(text, &process.start);
	if (r == 0)
		r = read_text(folder, "status", text, sizeof(text));
	if (r == 0)
		r = process_parse_uid(text, &process.uid);
	if (r == 0)
		r = read_login(folder, &process.session, &process.login_uid);
	if (r == 0)
		*ret = process;
	return r;
}
