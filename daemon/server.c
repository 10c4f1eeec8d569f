/* SPDX-License-Identifier: MIT */
/*
 * server.c - the loop that serves all clients at once, by one thread.
 *
 * What a request costs is done in the loop: a record is read and written, at the worst its lock
 * waited for (SLOT_LOCK_MSEC), a recovery code hashed; who has the register locked is not waited
 * for, but what he keeps tried again. How often, the throttle of each account
 * bounds; passwords are the verifier's. A client that says nothing, or reads nothing, has a place
 * for CHANNEL_CONVERSATION_SEC and no more.
 */
#include "server.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <sereno/scoped.h>

#include "connection.h"
#include "report.h"

#define REPORT_EVERY_MSEC 10000 /* of who is turned away: who tries fills no log */
#define DEAF_MSEC	  1000 /* when no more can be accepted, for want of memory or descriptors */

struct server {
	const char *root;
	int listener;
	int64_t idle_since, deaf_until, reported;
	struct connection connections[SERVER_CONNECTIONS_MAX];
	struct pollfd polled[1 + 2 * SERVER_CONNECTIONS_MAX];
};

static int64_t now_msec(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct connection *free_place(struct server *server, uid_t uid)
{
	struct connection *found = NULL;
	unsigned n_his = 0;

	for (size_t i = 0; i < SERVER_CONNECTIONS_MAX; i++) {
		struct connection *connection = &server->connections[i];

		if (connection->stage == STAGE_FREE)
			found = connection;
		else if (connection->talk.caller.uid == uid)
			n_his++;
	}
	return n_his < SERVER_PER_USER_MAX ? found : NULL;
}

static unsigned n_open(const struct server *server)
{
	unsigned n = 0;

	for (size_t i = 0; i < SERVER_CONNECTIONS_MAX; i++)
		n += server->connections[i].stage != STAGE_FREE;
	return n;
}

static void tell_crowd(struct server *server, const struct caller *caller, int64_t now)
{
	if (server->reported != 0 && now - server->reported < REPORT_EVERY_MSEC)
		return;
	server->reported = now;
	report(server->root, caller, EVENT_CLIENT_REFUSED, NULL,
	       "too many connections are open, of this user or of all");
}

static void welcome(struct server *server, int fd, int64_t now)
{
	struct caller caller = { .name = "" };
	struct connection *place;
	const int r = caller_read(server->root, fd, &caller);

	if (r == -ESRCH || (r == 0 && caller.uid == 0)) {
		connection_turn_away(fd, r < 0 ? CHANNEL_NO_ACCOUNT : CHANNEL_NOT_FOR_ROOT);
		return;
	}
	if (r < 0) {
		report_error(server->root, &caller, EVENT_STATE_UNUSABLE, "who asks is not known",
			     r);
		connection_turn_away(fd, CHANNEL_UNAVAILABLE);
		return;
	}
	place = free_place(server, caller.uid);
	if (place) {
		connection_begin(place, server->root, fd, &caller, now);
		return;
	}
	tell_crowd(server, &caller, now);
	connection_turn_away(fd, CHANNEL_BUSY);
}

/* Those who went before they were served, and one a turn: who is connected is not kept waiting. */
static int accept_one(struct server *server, int64_t now)
{
	const int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0) {
		welcome(server, fd, now);
		return 0;
	}
	if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
		server->deaf_until = now + DEAF_MSEC;
	else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
		return neg_errno();
	return 0;
}

static void prepare(struct server *server, int64_t now)
{
	server->polled[0] = (struct pollfd){
		.fd = now < server->deaf_until ? -1 : server->listener,
		.events = POLLIN,
	};
	for (size_t i = 0; i < SERVER_CONNECTIONS_MAX; i++)
		connection_poll(&server->connections[i], &server->polled[1 + 2 * i]);
}

/* How long nothing has to be done, if nobody says anything. */
static int msec_left(const struct server *server, int64_t idle_msec, int64_t now)
{
	int64_t until = now + idle_msec;

	if (n_open(server) == 0)
		until = server->idle_since + idle_msec;
	if (now < server->deaf_until && server->deaf_until < until)
		until = server->deaf_until;
	for (size_t i = 0; i < SERVER_CONNECTIONS_MAX; i++) {
		const struct connection *connection = &server->connections[i];

		if (connection->stage != STAGE_FREE && connection_until(connection) < until)
			until = connection_until(connection);
	}
	return until > now ? (int)(until - now) : 0;
}

static int turn(struct server *server, int64_t idle_msec)
{
	int64_t now = now_msec();
	int r = 0;

	prepare(server, now);
	if (poll(server->polled, ARRAY_SIZE(server->polled), msec_left(server, idle_msec, now)) < 0)
		return errno == EINTR ? 0 : neg_errno();
	for (size_t i = 0; i < SERVER_CONNECTIONS_MAX; i++) {
		now = now_msec(); /* what was done for another took its time */
		connection_step(&server->connections[i], &server->polled[1 + 2 * i], now);
	}
	if (server->polled[0].revents)
		r = accept_one(server, now);
	if (n_open(server) > 0 || server->polled[0].revents)
		server->idle_since = now;
	return r;
}

int server_run(const char *root, int listener, unsigned idle_sec)
{
	scoped_free struct server *server = calloc(1, sizeof(*server));
	const int64_t idle_msec = (int64_t)idle_sec * 1000;
	int r = 0;

	if (!server)
		return -ENOMEM;
	server->root = root;
	server->listener = listener;
	server->idle_since = now_msec();
	while (r == 0 && (n_open(server) > 0 || now_msec() - server->idle_since < idle_msec))
		r = turn(server, idle_msec);
	return r;
}
