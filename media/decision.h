/* SPDX-License-Identifier: MIT */
/*
 * decision.h - every device that is there, decided again for who sits at its seat now.
 *
 * What is allowed now is asked for by udev's rules again, so that all that hangs on them follows;
 * what is not allowed any more is taken away. What stays as it is costs no event.
 */
#ifndef SERENO_MEDIA_DECISION_H
#define SERENO_MEDIA_DECISION_H

#include <stdbool.h>
#include <stdint.h>

#include "releasing.h"
#include "seats.h"

struct decision_asker {
	const char *root;
	const struct seats *seats; /* as they were written down */
	struct releasing *releasing;
	unsigned grace_sec;
};

/* Whether it is for us to decide: a block media: is in force, and not on trial; or it was, and
 * the policy cannot be used now (*@ret_unusable, a negative errno, else 0). */
bool decision_is_ours(const char *root, int *ret_unusable);

/* Decide. *@ret_until is when something may be another one: UTC seconds, TIME_NO_END. Returns 0 or
 * a negative errno: of some devices it could not be done. */
int decision_run(const struct decision_asker *asker, int64_t *ret_until);

#endif
