/* SPDX-License-Identifier: MIT */
/*
 * guard_rules.h - how often the password of a request's subject may be tried. For room pam/.
 */
#ifndef PAM_GUARD_RULES_H
#define PAM_GUARD_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include <sereno/limits.h>

#include "request.h"

struct guard_rules {
	bool limited;	   /* else nothing here applies: no attempts: block, or not governed */
	bool on_trial;	   /* count and report, refuse nobody */
	bool never_locked; /* root, break-glass: a delay at most */
	bool departed;	   /* he has left: no password of his is checked */
	struct attempt_limits limits;
};

/* There are always rules: where the policy in force cannot be used they are the strict ones.
 * @request is of request_read_password(). */
void guard_rules_read(const char *root, const struct request *request, int64_t now,
		      struct guard_rules *ret);

#endif
