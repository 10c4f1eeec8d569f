/* SPDX-License-Identifier: MIT */
/*
 * seats.h - who sits where, followed from one look to the next, and written down for the helper.
 */
#ifndef SERENO_MEDIA_SEATS_H
#define SERENO_MEDIA_SEATS_H

#include <stdbool.h>
#include <stdint.h>

#include <sereno/policy.h>

#include "logind.h"

struct seats_item {
	char name[SEAT_NAME_MAX + 1];
	struct seat seat;
	bool taken_over; /* who sits there is another one than at the last decision */
	bool is_first;	 /* nothing was written down of it since the host was started */
};

struct seats {
	size_t n;
	struct seats_item item[LOGIND_SEATS_MAX];
	int64_t silent_since; /* CLOCK_BOOTTIME seconds; 0: logind answers */
	bool told;	      /* of this silence */
};

enum seats_look {
	SEATS_WHO,   /* who is there; roles only of those who have come */
	SEATS_ROLES, /* and everybody's roles anew */
};

/* What a look needs to know. */
struct seats_asker {
	const char *root;
	sd_bus *bus;
	struct policy *policy; /* NULL: nobody holds a role */
	int64_t now, boot;     /* UTC and CLOCK_BOOTTIME seconds */
	/* So long what was known last counts where logind does not answer, as when it is replaced,
	 * or we have just been started. At least 1. */
	unsigned patience_sec;
};

/* Look. Returns 1 where something is different, 0, or a negative errno: what is written down may be
 * older than what is known. */
int seats_look(struct seats *seats, const struct seats_asker *asker, enum seats_look look);

/* Whether anything can be decided by them: not while logind has never answered, and still may. */
bool seats_are_known(const struct seats *seats);

/* When to look again, whatever happens: UTC seconds; TIME_NO_END. */
int64_t seats_until(const struct seats *seats, const struct seats_asker *asker);

/* Everything has been decided for those who sit there now. */
void seats_settle(struct seats *seats);

#endif
