/* SPDX-License-Identifier: MIT */
/*
 * attempts.h - how often a password may be tried, counted exactly however many try at once.
 *
 * A check is charged before it happens and settled after; it counts from the charge on, and only
 * success takes it back. One that is never settled has failed after ATTEMPT_PENDING_SEC. Whatever
 * the parallelism, within any `within_sec` no more is checked without success than
 *
 *  - `allow` for one account and origin,
 *  - `allow_per_user` for one account over all network origins he has not come from,
 *  - ten times `allow` for one such origin over all accounts, which delays and never locks,
 *
 * and one more for each wait that was served in that time (`allow` more for each lock). A count is
 * forgotten a quarter of the window late at most. The last ATTEMPT_ORIGINS_KNOWN network origins
 * he logged in from, and the lines of this host (seat, serial, jobs), count by themselves: no
 * stranger's failures reach them. Unlocking a screen counts apart.
 *
 * A wait begins when so many have failed; charges not yet settled only stand in the way. After a
 * delay one at a time is let through, and each failure doubles it, until `within_sec` has passed
 * without one; after a lock he begins anew. While he waits nothing is checked or counted.
 *
 * Records are slot files by uid, root-owned; strangers' counts stand in a table of a fixed size
 * (state/origins.h): where more come than it holds, newcomers have fewer attempts, but one; only
 * then has who waited and had to give way one more, too.
 * Names without an account share one record, so as to cost the same, and are counted by name. Each
 * call takes locks for a moment. Callable as root inside other people's processes; libc only.
 *
 * Damage costs attempts: a record that falls back to the one before has one failure more
 * everywhere. One that is lost is an error until attempt_clear(), but begins anew with a wait for
 * who is never locked. In a lost table every newcomer has one attempt.
 *
 * Time: the caller passes CLOCK_BOOTTIME seconds, the boot id, and CLOCK_REALTIME seconds; within
 * one boot only BOOTTIME counts, across a reboot a wall clock that went back never shortens a wait.
 */
#ifndef SERENO_ATTEMPTS_H
#define SERENO_ATTEMPTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <sereno/limits.h>
#include <sereno/origin.h>

#define ATTEMPT_PENDING_SEC   60
#define ATTEMPT_ORIGINS_KNOWN 3 /* last origins of a user, each with an allowance of its own */

enum attempt_class { ATTEMPT_LOGIN, ATTEMPT_UNLOCK };

struct attempt_clock {
	uint64_t boot_sec;   /* CLOCK_BOOTTIME */
	int64_t wall_sec;    /* CLOCK_REALTIME */
	uint8_t boot_id[16]; /* /proc/sys/kernel/random/boot_id */
};

/* Read the three. Returns 0 or a negative errno. */
int attempt_clock_now(struct attempt_clock *ret);

/* The same for a process that has read them @before: the boot has not changed since, its id is not
 * read again. */
int attempt_clock_later(const struct attempt_clock *before, struct attempt_clock *ret);

struct attempt_subject {
	const char *user;
	uid_t uid;
	bool known;	      /* false: no such account; all unknown names share one decoy record */
	bool never_locked;    /* root, break-glass: wrong passwords delay, never lock */
	struct origin origin; /* IPv6 counts by /64 */
	enum attempt_class class;
};

enum attempt_answer {
	ATTEMPT_CHARGED, /* go on: check, then settle */
	ATTEMPT_REFUSED, /* too many: nothing may be checked */
};

/* An open charge: what attempt_charge() gave and attempt_settle() takes; plain data, may live in
 * PAM data. */
struct attempt_charge {
	struct attempt_subject subject; /* .user points to @user */
	char user[256];
	uint32_t serial;
	uint32_t serial_others, serial_all; /* in the tallies of strangers; 0 none */
	uint64_t boot_sec;		    /* when it was made */
	bool fell_back; /* a record was damaged, or begun anew: report state.fallback */
};
#define ATTEMPTS_FALLBACK_TEXT \
	"a damaged record of wrong passwords: the strictest that is left counts"

/*
 * Charge one check, or refuse. Returns 0 with *@ret_answer, @charge filled in, and *@ret_wait_sec
 * seconds until the next may be tried (UINT32_MAX: until an administrator unlocks; 0 when charged;
 * 1 also where only charges not yet settled stand in the way: their clients may be right, and ask
 * again); or a negative errno: fail closed. -EBADMSG, -EPERM: the record is lost; -EBUSY: somebody
 * held a lock for SLOT_LOCK_MSEC; -EINVAL: @limits are none. @charge need not be settled then.
 */
int attempt_charge(const char *root, const struct attempt_limits *limits,
		   const struct attempt_subject *subject, const struct attempt_clock *now,
		   struct attempt_charge *charge, enum attempt_answer *ret_answer,
		   uint32_t *ret_wait_sec);

enum attempt_outcome {
	ATTEMPT_SUCCEEDED,
	ATTEMPT_FAILED,
	ATTEMPT_PASSED, /* right, but what failed before it may have been something else */
};

/*
 * Settle @charge, once. Success takes the charge back, clears the failures of this user at this
 * origin, and makes the origin one he has come from (ATTEMPT_LOGIN only). So does what passed, but
 * that clears no failure and ends no delay: a right password says nothing about wrong codes.
 * Failure is made durable. A charge that has already expired as failed is not taken back, nor does
 * it clear any other; the origin becomes known all the same. Copies of @charge may be settled, by
 * one of their owners. Returns 0; 1: so it is, but a record was found damaged, as fell_back of a
 * charge; or a negative errno: the charge counts on as failed.
 */
int attempt_settle(const char *root, const struct attempt_limits *limits,
		   const struct attempt_charge *charge, enum attempt_outcome outcome,
		   const struct attempt_clock *now);

/* What is known about one user, for commands. */
struct attempt_status {
	struct origin origin; /* ORIGIN_UNKNOWN with @total: all origins he has not come from */
	bool total, known_origin;
	enum attempt_class class;
	uint32_t failed, pending;
	int64_t since, until; /* wall clock: first failure counted; end of the wait, INT64_MAX until
				 unlocked, 0 none */
};

/* The records of @subject's account (its uid and never_locked count), at most @max; returns how
 * many or a negative errno. Changes nothing. */
ssize_t attempt_status(const char *root, const struct attempt_limits *limits,
		       const struct attempt_subject *subject, const struct attempt_clock *now,
		       struct attempt_status *ret, size_t max);

/*
 * The accounts that have a record, by uid in ascending order: *@ret is the caller's, released with
 * free(). Returns how many, at most ATTEMPT_ACCOUNTS_MAX, or a negative errno. Changes nothing.
 */
#define ATTEMPT_ACCOUNTS_MAX 1000000
ssize_t attempt_accounts(const char *root, uid_t **ret);

/* Forget all failures, open charges and waits of an account (sereno unlock); known origins stay. A
 * record that is lost is removed. Durable. Returns 0, -ENOENT (there is no record) or a negative
 * errno. */
int attempt_clear(const char *root, uid_t uid);

#endif
