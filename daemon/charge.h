/* SPDX-License-Identifier: MIT */
/*
 * charge.h - an attempt to show a code or a password, counted before it is looked at. For room
 * daemon/.
 *
 * It counts among attempts to unlock, apart from logins: no program of a user's own can shut him
 * out, and none can try faster than at a login.
 */
#ifndef DAEMON_CHARGE_H
#define DAEMON_CHARGE_H

#include <sereno/attempts.h>

#include "rules.h"

struct charge {
	bool open; /* to be settled */
	struct attempt_limits limits;
	struct attempt_charge charge;
};

enum charged {
	CHARGED,	 /* look, then settle */
	CHARGE_TOO_MANY, /* nothing may be looked at */
	CHARGE_UNUSABLE, /* the records cannot be used */
};

/* Reports what stands in the way. */
enum charged charge_open(const char *root, const struct caller *caller, const struct rules *rules,
			 struct charge *ret);

/* Does nothing where none is open. */
void charge_settle(const char *root, const struct caller *caller, struct charge *charge,
		   enum attempt_outcome outcome);

#endif
