/* SPDX-License-Identifier: MIT */
/*
 * attempts_record.h - what is kept about the attempts at one account, and its bytes.
 *
 * Tallies of their own: the lines (seat, serial, jobs), which nobody reaches over the network; the
 * last network origins he logged in from; unlocking; and one of all other origins together, whose
 * single tallies are in the table of origins.h. Pure functions.
 */
#ifndef SERENO_STATE_ATTEMPTS_RECORD_H
#define SERENO_STATE_ATTEMPTS_RECORD_H

#include "attempts_clock.h"
#include "origin_key.h"
#include "tally.h"

#define RECORD_LINES 3
#define RECORD_SIZE                                                                    \
	(RECORD_CLOCK_SIZE + (RECORD_LINES + ATTEMPT_ORIGINS_KNOWN + 2) * TALLY_SIZE + \
	 ATTEMPT_ORIGINS_KNOWN * ORIGIN_KEY_SIZE)

struct known_origin {
	struct origin_key key;
	struct tally tally;
};

struct attempts_record {
	struct record_clock clock;
	struct tally lines[RECORD_LINES];
	struct known_origin
		known[ATTEMPT_ORIGINS_KNOWN]; /* last login first; key.kind 0 is unused */
	struct tally unlock;
	struct tally others; /* all origins that are none of the above */
};

/* Run the record's clock, and start what is new. */
void attempts_record_run(struct attempts_record *record, const struct attempt_clock *now);

/* The tally of @origin in the record, or NULL when it is one of the others. */
struct tally *attempts_record_find(struct attempts_record *record, const struct origin *origin);

/* Make @key the one he came from last, with @tally. *@ret_left is the one that had to go; its kind
 * is 0 when none had to. */
void attempts_record_know(struct attempts_record *record, const struct origin_key *key,
			  const struct tally *tally, struct known_origin *ret_left);

/* Visit every tally. */
void attempts_record_each(struct attempts_record *record,
			  void (*visit)(struct tally *tally, void *context), void *context);

void attempts_record_encode(const struct attempts_record *record,
			    uint8_t bytes[static RECORD_SIZE]);
void attempts_record_decode(struct attempts_record *record,
			    const uint8_t bytes[static RECORD_SIZE]);

#endif
