/* SPDX-License-Identifier: MIT */
/* sink.c - where events go: journald's native socket, or /dev/log where there is no journal. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <syslog.h>

#include <sereno/scoped.h>

#include "format.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define SYSLOG_SOCKET  "/dev/log"

/* MESSAGE and all members once more as fields, with the fixed ones. */
#define DATAGRAM_MAX (EVENT_LINE_MAX + MEMBER_COUNT * (EVENT_VALUE_MAX + 24) + 512)

struct datagram {
	size_t length;
	char text[DATAGRAM_MAX];
};

static int datagram_add(struct datagram *datagram, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int datagram_add(struct datagram *datagram, const char *format, ...)
{
	const size_t room = sizeof(datagram->text) - datagram->length;
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(datagram->text + datagram->length, room, format, arguments);
	va_end(arguments);
	if (n < 0 || (size_t)n >= room)
		return -EMSGSIZE;
	datagram->length += (size_t)n;
	return 0;
}

static int add_field(struct datagram *datagram, enum event_member member, const char *value)
{
	char name[16] = "";

	/* not toupper(): in the locale of a Turkish host an i has no capital I */
	for (size_t i = 0; member_name(member)[i] && i < sizeof(name) - 1; i++)
		name[i] = (char)(member_name(member)[i] - 'a' + 'A');
	return datagram_add(datagram, "SERENO_%s=%s\n", name, value);
}

/*
 * journald's native protocol in its plain form, KEY=VALUE and a newline: a value could only break
 * out of it by a newline, and the escaped text has none.
 */
static int datagram_journal(struct datagram *datagram, const struct event *event)
{
	const struct catalogue_entry *entry = catalogue_entry(event->id);
	char line[EVENT_LINE_MAX];
	char value[EVENT_VALUE_MAX];
	int r;

	(void)event_format(event, line);
	r = datagram_add(datagram,
			 "MESSAGE=%s\nPRIORITY=%d\nSYSLOG_IDENTIFIER=sereno\nSYSLOG_FACILITY=%d\n"
			 "MESSAGE_ID=%s\nSERENO_EVENT=%s\n",
			 line, entry->priority, LOG_FAC(LOG_AUTHPRIV), entry->message_id,
			 entry->name);
	for (enum event_member member = 0; r == 0 && member < MEMBER_COUNT; member++)
		if (member_format(event, member, value) > 0)
			r = add_field(datagram, member, value);
	return r;
}

/*
 * RFC 3164 without its time stamp. Every receiver of /dev/log stamps what comes without one
 * itself (journald, rsyslog, syslog-ng, busybox), journald and rsyslog even what comes with one;
 * to write the local time here would mean to read the host process's TZ.
 */
static int datagram_syslog(struct datagram *datagram, const struct event *event)
{
	char line[EVENT_LINE_MAX];

	(void)event_format(event, line);
	return datagram_add(datagram, "<%d>sereno[%d]: %s",
			    LOG_AUTHPRIV | event_priority(event->id), (int)getpid(), line);
}

static int socket_address(const char *root, const char *path, struct sockaddr_un *ret)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int n = snprintf(address.sun_path, sizeof(address.sun_path), "%s%s", root, path);

	if (n < 0 || (size_t)n >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	*ret = address;
	return 0;
}

static int datagram_send(const struct datagram *datagram, const struct sockaddr_un *address)
{
	const struct timeval patience = { .tv_usec = EVENT_TIMEOUT_MSEC * 1000 };
	scoped_fd int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return neg_errno();
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) < 0)
		return neg_errno();
	/* one datagram goes whole or not at all */
	if (sendto(fd, datagram->text, datagram->length, MSG_NOSIGNAL,
		   (const struct sockaddr *)address, sizeof(*address)) < 0)
		return neg_errno();
	return 0;
}

static int send_by(const char *root, const char *path, const struct event *event,
		   int (*compose)(struct datagram *, const struct event *))
{
	struct datagram datagram = { .length = 0 };
	struct sockaddr_un address;
	int r;

	r = socket_address(root, path, &address);
	if (r < 0)
		return r;
	r = compose(&datagram, event);
	if (r < 0)
		return r;
	return datagram_send(&datagram, &address);
}

int event_send(const char *root, const struct event *event)
{
	const int r = send_by(root, JOURNAL_SOCKET, event, datagram_journal);

	/* A journal that is there and full has used up the time we may take; /dev/log is usually
	 * the same daemon. */
	if (r == 0 || r == -EAGAIN)
		return r;
	return send_by(root, SYSLOG_SOCKET, event, datagram_syslog);
}
