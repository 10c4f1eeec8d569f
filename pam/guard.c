/* SPDX-License-Identifier: MIT */
/* guard.c - the charge for a password, kept in the handle until it is settled. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/codes.h>
#include <sereno/scoped.h>

#include "guard.h"
#include "guard_report.h"
#include "second_factor.h"

struct guard {
	struct guard *self; /* pam_get_data() gives a const one */
	struct attempt_charge charge;
	struct attempt_limits limits;
	struct attempt_clock charged; /* when; of this boot, as no process outlives it */
	bool open;
	char root[];
};

static struct guard *guard_of(const pam_handle_t *pamh)
{
	const void *data = NULL;

	if (pam_get_data(pamh, GUARD_DATA, &data) != PAM_SUCCESS || !data)
		return NULL;
	return ((const struct guard *)data)->self;
}

bool guard_charges(const pam_handle_t *pamh, uid_t uid)
{
	const struct guard *guard = guard_of(pamh);

	return guard && guard->open && guard->charge.subject.known &&
	       guard->charge.subject.uid == uid;
}

static void settle(struct guard *guard, enum attempt_outcome outcome)
{
	struct attempt_clock now;
	int r;

	if (!guard->open)
		return;
	guard->open = false;
	r = attempt_clock_later(&guard->charged, &now);
	if (r == 0)
		r = attempt_settle(guard->root, &guard->limits, &guard->charge, outcome, &now);
	if (r < 0)
		guard_report_unusable(guard->root, &guard->charge.subject, r);
}

/* A program that forks ends its copy of the handle silently; the charge is the other one's. */
static void end(pam_handle_t *pamh, void *data, int status)
{
	struct guard *guard = data;

	(void)pamh;
	if (!((unsigned)status & PAM_DATA_SILENT))
		settle(guard, ATTEMPT_FAILED);
	free(guard);
}

int guard_keep(pam_handle_t *pamh, const char *root, const struct attempt_limits *limits,
	       const struct attempt_charge *charge, const struct attempt_clock *now)
{
	const size_t size = strlen(root) + 1;
	struct guard *guard = malloc(sizeof(*guard) + size);

	if (!guard)
		return -ENOMEM;
	*guard = (struct guard){ .self = guard, .limits = *limits, .open = true };
	guard->charge = *charge;
	guard->charged = *now;
	guard->charge.subject.user = guard->charge.user;
	memcpy(guard->root, root, size);
	if (pam_set_data(pamh, GUARD_DATA, guard, end) != PAM_SUCCESS) {
		free(guard);
		return -ENOMEM;
	}
	return 0;
}

void guard_settle(pam_handle_t *pamh, enum attempt_outcome outcome)
{
	struct guard *guard = guard_of(pamh);

	if (guard)
		settle(guard, outcome);
}

/* Whom no code is asked of has failed at passwords alone. */
static enum attempt_outcome outcome_of(const pam_handle_t *pamh, const struct guard *guard)
{
	const struct attempt_subject *subject = &guard->charge.subject;

	if (second_factor_shown_now(pamh, subject->uid) ||
	    !codes_may_exist(guard->root, subject->uid))
		return ATTEMPT_SUCCEEDED;
	return ATTEMPT_PASSED;
}

void guard_succeed(pam_handle_t *pamh)
{
	struct guard *guard = guard_of(pamh);

	if (guard && guard->open)
		settle(guard, outcome_of(pamh, guard));
}

void guard_drop(pam_handle_t *pamh)
{
	if (!guard_of(pamh))
		return;
	guard_settle(pamh, ATTEMPT_FAILED);
	(void)pam_set_data(pamh, GUARD_DATA, NULL, NULL); /* it is there: nothing is allocated */
}
