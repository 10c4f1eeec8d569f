/* SPDX-License-Identifier: MIT */
/*
 * catalogue.h - what can happen, and what must be said about it. For room event/ only.
 */
#ifndef EVENT_CATALOGUE_H
#define EVENT_CATALOGUE_H

#include <sereno/event.h>

/* The members of struct event that a line can carry, in the order of the line. */
enum event_member {
	MEMBER_SUBJECT,
	MEMBER_TARGET,
	MEMBER_SERVICE,
	MEMBER_ORIGIN,
	MEMBER_DEVICE,
	MEMBER_VERDICT,
	MEMBER_REASON,
	MEMBER_RULE,
	MEMBER_LINE,
	MEMBER_POLICY,
	MEMBER_UNTIL,
	MEMBER_DETAIL,
	MEMBER_COUNT,
};

struct catalogue_entry {
	const char *name;
	int priority;		/* LOG_ERR ... */
	const char *message_id; /* journald's MESSAGE_ID: 128 random bits, never to be changed */
	unsigned required; /* 1 << enum event_member; written as "?" when the caller has none */
};

/* Never NULL. */
const struct catalogue_entry *catalogue_entry(enum event_id id);

#endif
