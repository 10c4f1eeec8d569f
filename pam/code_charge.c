/* SPDX-License-Identifier: MIT */
/* code_charge.c - the charge for a one-time code: the guard's, or one of its own. */
#include "code_charge.h"
#include "guard.h"
#include "guard_report.h"
#include "guard_rules.h"

#define CODE_CHARGE_DATA "sereno-code-charge"

static struct attempt_subject subject_of(const struct request *request,
					 const struct guard_rules *rules)
{
	return (struct attempt_subject){
		.user = request->subject.name,
		.uid = request->subject.uid,
		.known = true,
		.never_locked = rules->never_locked,
		.origin = request_origin_to_charge(request),
		.class = request->kind == SERVICE_UNLOCK ? ATTEMPT_UNLOCK : ATTEMPT_LOGIN,
	};
}

static enum code_charged too_many(const char *root, const char *service,
				  const struct attempt_subject *subject,
				  const struct guard_rules *rules, uint32_t wait_sec)
{
	guard_report_refused(root, service,
			     rules->on_trial ? EVENT_ATTEMPTS_ON_TRIAL : EVENT_ATTEMPTS_REFUSED,
			     subject, wait_sec);
	return rules->on_trial ? CODE_CHARGED : CODE_TOO_MANY;
}

static enum code_charged charge_own(const char *root, const struct request *request,
				    const struct guard_rules *rules, struct code_charge *ret)
{
	const struct attempt_subject subject = subject_of(request, rules);
	enum attempt_answer answer = ATTEMPT_REFUSED;
	struct kept_charge *own = &ret->own;
	uint32_t wait_sec = 0;
	int r;

	r = attempt_clock_now(&own->charged);
	if (r == 0)
		r = attempt_charge(root, &own->limits, &subject, &own->charged, &own->charge,
				   &answer, &wait_sec);
	ret->none = r < 0 || answer == ATTEMPT_REFUSED;
	if (r < 0) {
		guard_report_unusable(root, &subject, r);
		return rules->on_trial ? CODE_CHARGED : CODE_UNCHARGED;
	}
	if (own->charge.fell_back)
		guard_report_fallback(root, &subject);
	if (answer == ATTEMPT_REFUSED)
		return too_many(root, request->service, &subject, rules, wait_sec);
	return CODE_CHARGED;
}

enum code_charged code_charge(pam_handle_t *pamh, const char *root, const struct request *request,
			      int64_t now, struct code_charge *ret)
{
	static const struct attempt_limits strict = ATTEMPT_LIMITS_STRICT;
	struct guard_rules rules;

	*ret = (struct code_charge){ .pamh = pamh, .guards = true, .own = { .root = root } };
	if (guard_charges(pamh, request->subject.uid))
		return CODE_CHARGED;
	guard_rules_read(root, request, now, &rules);
	ret->guards = false;
	ret->own.limits = rules.limited ? rules.limits : strict;
	return charge_own(root, request, &rules, ret);
}

int code_charge_keep(const struct code_charge *charge)
{
	if (charge->none || charge->guards)
		return 0;
	return kept_charge_keep(charge->pamh, CODE_CHARGE_DATA, &charge->own);
}

void code_charge_settle(const struct code_charge *charge, enum attempt_outcome outcome)
{
	if (charge->none)
		return;
	if (!charge->guards)
		charge_settle(&charge->own, outcome);
	else if (outcome == ATTEMPT_FAILED)
		kept_charge_settle(charge->pamh, GUARD_DATA, outcome);
}

void code_charge_succeed(pam_handle_t *pamh)
{
	kept_charge_settle(pamh, CODE_CHARGE_DATA, ATTEMPT_SUCCEEDED);
}

void code_charge_drop(pam_handle_t *pamh)
{
	kept_charge_drop(pamh, CODE_CHARGE_DATA);
}
