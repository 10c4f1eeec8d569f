/* SPDX-License-Identifier: MIT */
/*
 * reviewer.h - what serenod has answered by a process that may draw the list of a role.
 *
 * ROOT/run/sereno/review.socket, SOCK_STREAM, root at both ends: `sereno review answer`, which
 * systemd starts for each question, a struct reviewer_question of fixed size (both are of one
 * build). It writes what is asked for, then a NUL and an enum reviewer_end, and is gone: what does
 * not end so was cut short. For REVIEWER_LIST the reading end is handed to who has asked.
 */
#ifndef SERENO_REVIEWER_H
#define SERENO_REVIEWER_H

#include <stdint.h>

#include <sereno/channel.h>

#define REVIEWER_SOCKET	 "/run/sereno/review.socket"
#define REVIEWER_VERSION 1
#define REVIEWER_DIGEST	 64 /* hexadecimal digits, then a blank and how many users, a newline */

enum reviewer_kind {
	REVIEWER_LIST = 1,	/* for people, or JSON */
	REVIEWER_DIGEST_OF = 2, /* of the list of @role */
};

/* A character, so that it can be read in a trace. */
enum reviewer_end {
	REVIEWER_WHOLE = '0',
	REVIEWER_OVERDUE = '1', /* whole, and one of the roles is not signed in time */
	REVIEWER_NOTHING = '2', /* he owns no such role */
};

struct reviewer_question {
	uint32_t version, kind;
	uint32_t as_json, columns;
	char owner[CHANNEL_USER_SIZE]; /* of no other roles than his */
	char role[CHANNEL_ROLE_SIZE];  /* "": all of his, in short */
};

#endif
