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
static int read_text(const char *path, char *text, size_t size)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
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
	r = read_text(path, stat, sizeof(stat));
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
static int read_audit(const char *path, uint32_t *ret)
{
	char text[32];
	uint64_t number;
	int r;

	r = read_text(path, text, sizeof(text));
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

static int read_login(const char *folder, uint32_t *ret_session, uid_t *ret_uid)
{
	char path[64];
	uint32_t session, uid;
	int r;

	(void)snprintf(path, sizeof(path), "%s/sessionid", folder); /* they fit */
	r = read_audit(path, &session);
	(void)snprintf(path, sizeof(path), "%s/loginuid", folder);
	if (r == 0)
		r = read_audit(path, &uid);
	if (r < 0)
		return r;
	*ret_session = session;
	*ret_uid = uid;
	return 0;
}

int login_self(uint32_t *ret_session, uid_t *ret_uid)
{
	return read_login("/proc/self", ret_session, ret_uid);
}

int login_of_process(pid_t pid, uint32_t *ret_session, uid_t *ret_uid)
{
	char folder[32];

	(void)snprintf(folder, sizeof(folder), "/proc/%d", (int)pid); /* it fits */
	return read_login(folder, ret_session, ret_uid);
}
