/* SPDX-License-Identifier: MIT */
/* charge.c - an attempt to show a code or a password, counted before it is looked at. */
#include "charge.h"
#include "report.h"

#define RECORD "the record of wrong passwords"

static struct attempt_subject subject_of(const struct caller *caller, const struct rules *rules)
{
	return (struct attempt_subject){
		.user = caller->name,
		.uid = caller->uid,
		.known = true,
		.never_locked = rules->never_locked,
		.origin = caller->origin,
		.class = ATTEMPT_UNLOCK,
	};
}

static enum charged too_many(const char *root, const struct caller *caller,
			     const struct rules *rules, uint32_t wait_sec)
{
	report(root, caller, rules->on_trial ? EVENT_ATTEMPTS_ON_TRIAL : EVENT_ATTEMPTS_REFUSED,
	       wait_sec == UINT32_MAX ? "locked" : "too-many", NULL);
	return rules->on_trial ? CHARGED : CHARGE_TOO_MANY;
}

enum charged charge_open(const char *root, const struct caller *caller, const struct rules *rules,
			 struct charge *ret)
{
	const struct attempt_subject subject = subject_of(caller, rules);
	enum attempt_answer answer = ATTEMPT_REFUSED;
	struct attempt_clock now;
	uint32_t wait_sec = 0;
	int r;

	*ret = (struct charge){ .limits = rules->limits };
	r = attempt_clock_now(&now);
	if (r == 0)
		r = attempt_charge(root, &ret->limits, &subject, &now, &ret->charge, &answer,
				   &wait_sec);
	if (r < 0) {
		report_error(root, caller, EVENT_STATE_UNUSABLE, RECORD, r);
		return rules->on_trial ? CHARGED : CHARGE_UNUSABLE;
	}
	if (ret->charge.fell_back)
		report(root, caller, EVENT_STATE_FALLBACK, NULL, ATTEMPTS_FALLBACK_TEXT);
	if (answer == ATTEMPT_REFUSED)
		return too_many(root, caller, rules, wait_sec);
	ret->open = true;
	return CHARGED;
}

void charge_settle(const char *root, const struct caller *caller, struct charge *charge,
		   enum attempt_outcome outcome)
{
	struct attempt_clock now;
	int r;

	if (!charge->open)
		return;
	charge->open = false;
	r = attempt_clock_now(&now);
	if (r == 0)
		r = attempt_settle(root, &charge->limits, &charge->charge, outcome, &now);
	if (r < 0)
		report_error(root, caller, EVENT_STATE_UNUSABLE, RECORD, r);
	if (r > 0)
		report(root, caller, EVENT_STATE_FALLBACK, NULL, ATTEMPTS_FALLBACK_TEXT);
}
