/* SPDX-License-Identifier: MIT */
/*
 * rules.h - what the policy in force says about a caller's codes. For room daemon/.
 */
#ifndef DAEMON_RULES_H
#define DAEMON_RULES_H

#include <stdbool.h>

#include <sereno/limits.h>

#include "caller.h"

struct rules {
	struct second_factor_rules codes;
	struct attempt_limits limits; /* the strict ones where the policy has none for him */
	bool never_locked;
	bool on_trial; /* attempts are counted, and refuse nothing */
};

/* Returns 0, or what policy_open() and policy_subject() report: nothing can be decided then. */
int rules_read(const char *root, const struct caller *caller, int64_t now, struct rules *ret);

#endif
