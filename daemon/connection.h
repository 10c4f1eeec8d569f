/* SPDX-License-Identifier: MIT */
/*
 * connection.h - one client: what is awaited of him, or for him, and until when. For room daemon/.
 *
 * Times are CLOCK_MONOTONIC milliseconds, passed in.
 */
#ifndef DAEMON_CONNECTION_H
#define DAEMON_CONNECTION_H

#include <poll.h>

#include "talk.h"

#define VERIFIER_MSEC 12000 /* less than CHANNEL_PASSWORD_SEC */

enum stage {
	STAGE_FREE,	/* nobody */
	STAGE_LISTEN,	/* for a request */
	STAGE_VERIFY,	/* for the verifier */
	STAGE_REVIEW,	/* for the reviewer */
	STAGE_AGAIN,	/* for what somebody else keeps locked: to try again */
	STAGE_HOLD_BACK /* a refusal, until it is time */
};

struct connection {
	enum stage stage;
	int fd;
	int verifier; /* or the reviewer */
	unsigned n_requests;
	bool waits;    /* nothing more had come when the last request was heard */
	int64_t ends;  /* the conversation */
	int64_t heard; /* when the request came */
	int64_t due;   /* STAGE_VERIFY, STAGE_REVIEW: at the latest; STAGE_AGAIN, STAGE_HOLD_BACK:
			  then */
	struct talk talk;
};

/* @fd is the connection's from now on, and nonblocking. */
void connection_begin(struct connection *connection, const char *root, int fd,
		      const struct caller *caller, int64_t now);

/* What poll(2) is to look for; always two. */
void connection_poll(const struct connection *connection, struct pollfd ret[static 2]);

/* When it has to be looked at again, whatever poll(2) says. */
int64_t connection_until(const struct connection *connection);

/* Look at it after poll(2): it may be STAGE_FREE then. */
void connection_step(struct connection *connection, const struct pollfd polled[static 2],
		     int64_t now);

/* Say @answer and hang up, without a request: who is turned away. */
void connection_turn_away(int fd, enum channel_answer answer);

#endif
