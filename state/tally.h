/* SPDX-License-Identifier: MIT */
/*
 * tally.h - the counting of attempts at one place: charged, taken back, failed, waited for.
 *
 * What is charged counts from that moment on and goes on counting when it fails or is never
 * settled: only success takes it back. So there is no moment at which more than the rule's `allow`
 * are being checked or have failed, and no count is ever lost with a process.
 *
 * Counts are kept by quarters of the window: one charge counts for the whole window and at most a
 * quarter longer, so that no interval of the window's length sees more than `allow`.
 *
 * When `allow` have failed a wait begins, and they are done with. What comes after the wait is the
 * rule's: a fresh start, or one attempt at a time, each failure of which begins a wait of twice the
 * length, until the window's length has passed without one.
 *
 * Time is seconds of the record's own clock (attempts_clock.h). Pure functions: no I/O, no clock.
 * They are total: whatever bytes a tally was read from, they end and stay within bounds.
 */
#ifndef SERENO_STATE_TALLY_H
#define SERENO_STATE_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#define TALLY_QUARTERS 5 /* four make a window; the newest is not over yet */
#define TALLY_OPEN_MAX 64
#define TALLY_FOREVER  UINT32_MAX
#define TALLY_SIZE     41 /* bytes on the disk */

struct tally {
	uint32_t serial; /* of the newest charge */
	uint64_t open;	 /* bit n: charge `serial - n` is not settled; one that is pushed out has
			    failed */
	uint32_t last;	 /* when the newest charge was made */
	uint32_t edge;	 /* when the newest quarter began */
	uint16_t count[TALLY_QUARTERS]; /* charges not taken back, newest quarter first */
	uint16_t spent;			/* failures that waits were begun for */
	uint32_t since;			/* the first of all these */
	uint8_t level;			/* waits begun in this run */
	uint32_t until;			/* end of the wait, 0 none, TALLY_FOREVER */
};

enum tally_after { TALLY_PROBATION, TALLY_FRESH };

struct tally_rule {
	uint32_t allow;
	uint32_t within_sec;
	uint32_t first_sec; /* length of the first wait; TALLY_FOREVER */
	uint32_t most_sec;  /* and of the longest */
	enum tally_after after;
};

/* A tally without charges. Serials begin with the time, so that one that was lost and began again
 * does not take an old charge for one of its own. */
void tally_start(struct tally *tally, uint32_t now);

/* Bring up to date: charges never settled have failed, waits begin and end, the window moves.
 * Follows from the tally and the time alone; whether it is written back makes no difference. */
void tally_look(struct tally *tally, const struct tally_rule *rule, uint32_t now);

/* Let the window alone move on. */
void tally_move(struct tally *tally, uint32_t within_sec, uint32_t now);

/* Seconds until a wait, and the window's length after it, are over. */
uint32_t tally_held(const struct tally *tally, uint32_t within_sec, uint32_t now);

/* Charge one. Returns 0 with *@ret_serial, or the seconds to wait, TALLY_FOREVER included, and 1
 * where only charges not yet settled stand in the way. Nothing is counted then. */
uint32_t tally_charge(struct tally *tally, const struct tally_rule *rule, uint32_t now,
		      uint32_t *ret_serial);

/* Settle charge @serial; one that is not open any more has failed already, and nothing changes.
 * Refunding takes this one back. Success takes back all that failed, too, ends waits, and returns
 * how many failures within the window it cleared; other open charges go on counting. */
void tally_refund(struct tally *tally, uint32_t serial);
void tally_fail(struct tally *tally, const struct tally_rule *rule, uint32_t now, uint32_t serial);
uint32_t tally_succeed(struct tally *tally, uint32_t serial);

/* Take back @n, failed or not. */
void tally_forgive(struct tally *tally, uint32_t n);

/* One failure more, and none of the open charges can be taken back: the record is an older one. */
void tally_penalise(struct tally *tally, const struct tally_rule *rule, uint32_t now);

/* Begin a first wait now. */
void tally_detain(struct tally *tally, const struct tally_rule *rule, uint32_t now);

/* Forget everything, open charges included. */
void tally_clear(struct tally *tally);

/* Count @n as failed at @now, but leave one attempt. */
void tally_inherit(struct tally *tally, const struct tally_rule *rule, uint32_t now, uint32_t n);

/* Move the times by the difference of two clocks. */
void tally_shift(struct tally *tally, uint32_t from, uint32_t to);

uint32_t tally_open(const struct tally *tally);
uint32_t tally_counted(const struct tally *tally); /* open and failed, without those spent */

/* Whether it says nothing. */
bool tally_is_idle(const struct tally *tally);

void tally_encode(const struct tally *tally, uint8_t **cursor);
void tally_decode(struct tally *tally, const uint8_t **cursor);

#endif
