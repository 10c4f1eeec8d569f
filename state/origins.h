/* SPDX-License-Identifier: MIT */
/*
 * origins.h - the table of attempts from origins that an account has not come from.
 *
 * Strangers have as many addresses as they like: their tallies share one file of a fixed size,
 * ROOT/var/lib/sereno/attempts/origins, buckets of eight in a disk sector each. When a bucket is
 * full, the entry that matters least gives way, and the newcomer inherits its count but for one
 * attempt: giving way never makes an origin's count smaller than it was, and never keeps anybody
 * out. An entry is for one account and one origin, or for one origin and all accounts.
 *
 * A damaged bucket costs the same way: newcomers there have one attempt each until the window has
 * passed. Each operation locks its bucket alone (OFD lock, SLOT_LOCK_MSEC at most, then -EBUSY).
 * Who also holds a record of attempts has locked that first.
 */
#ifndef SERENO_STATE_ORIGINS_H
#define SERENO_STATE_ORIGINS_H

#include <sereno/slot.h>

#include "origins_bucket.h"

struct origins {
	int fd;
	bool renewed; /* it was lost, and has been begun anew */
};

#define ORIGINS_NONE     \
	{                \
		.fd = -1 \
	}

/* Open the table below @root. One that is no plain file of root's, or has the wrong size, is lost
 * and begun anew by SLOT_CREATE. Returns 0, -ENOENT, -EPERM and -EBADMSG (SLOT_MUST_EXIST only), or
 * another negative errno. */
int origins_open(const char *root, enum slot_missing missing, struct origins *ret);
void origins_close(struct origins *origins); /* for scoped(); -1 is allowed */

/* One entry, and how and when it is to be counted. */
struct origins_place {
	const struct origins *origins;
	struct origins_id id;
	const struct tally_rule *rule;
	const struct attempt_clock *now;
};

/* Charge one, as tally_charge(). Returns 0 with *@ret_wait_sec, 0 when it was charged with
 * *@ret_serial; or a negative errno. */
int origins_charge(const struct origins_place *place, uint32_t *ret_serial, uint32_t *ret_wait_sec);

/* Settle, as tally_refund() and tally_fail(). A wait that begins is durable. An entry that had to
 * give way is no error. */
int origins_refund(const struct origins_place *place, uint32_t serial);
int origins_fail(const struct origins_place *place, uint32_t serial);

/* Settle with success and move the tally out of the table, to the clock of which @time is now.
 * *@ret_cleared says how many failures it took back. Without an entry *@ret is a new tally. */
int origins_take(const struct origins_place *place, uint32_t serial, uint32_t time,
		 struct tally *ret, uint32_t *ret_cleared);

/* Move a tally into the table; its clock says @time now. */
int origins_put(const struct origins_place *place, const struct tally *tally, uint32_t time);

/* Forget what stands in the table about the account place->id.uid, durably; place->rule is not
 * used. Returns how many entries it had or a negative errno. */
int origins_clear(const struct origins_place *place);

/* Visit all entries, as they are written; stops at the first result that is not 0 and returns it.
 * Nothing is locked: a bucket that is being written may look lost. Only place->now counts. */
typedef int origins_visit(const struct origins_entry *entry, const struct record_clock *clock,
			  void *context);
int origins_each(const struct origins_place *place, origins_visit *visit, void *context);

#endif
