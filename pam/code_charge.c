/* SPDX-License-Identifier: MIT */
/* code_charge.c - the charge for a one-time code: the guard's, or one of its own. */
#include "code_charge.h"
#include "guard.h"
#include "guard_report.h"

#define CODE_CHARGE_DATA "sereno-code-charge"

static struct attempt_subject subject_of(const struct request *request)
{
	return (struct attempt_subject){
		.user = request->subject.name,
		.uid = request->subject.uid,
		.known = true,
		.origin = request_origin_to_charge(request),
		.class = request->kind == SERVICE_UNLOCK ? ATTEMPT_UNLOCK : ATTEMPT_LOGIN,
	};
}

static bool is_on_trial(const struct code_asked *asked)
{
	return asked->judgement->observe & OBSERVE_ATTEMPTS;
}

static enum code_charged too_many(const struct code_asked *asked,
				  const struct attempt_subject *subject, uint32_t wait_sec)
{
	const bool on_trial = is_on_trial(asked);

	guard_report_refused(asked->root, asked->request->service,
			     on_trial ? EVENT_ATTEMPTS_ON_TRIAL : EVENT_ATTEMPTS_REFUSED, subject,
			     wait_sec);
	return on_trial ? CODE_CHARGED : CODE_TOO_MANY;
}

static enum code_charged charge_own(const struct code_asked *asked, struct code_charge *ret)
{
	const struct attempt_subject subject = subject_of(asked->request);
	enum attempt_answer answer = ATTEMPT_REFUSED;
	struct kept_charge *own = &ret->own;
	uint32_t wait_sec = 0;
	int r;

	r = attempt_clock_now(&own->charged);
	if (r == 0)
		r = attempt_charge(own->root, &own->limits, &subject, &own->charged, &own->charge,
				   &answer, &wait_sec);
	ret->none = r < 0 || answer == ATTEMPT_REFUSED;
	if (r < 0) {
		guard_report_unusable(own->root, &subject, r);
		return is_on_trial(asked) ? CODE_CHARGED : CODE_UNCHARGED;
	}
	if (own->charge.fell_back)
		guard_report_fallback(own->root, &subject);
	return answer == ATTEMPT_REFUSED ? too_many(asked, &subject, wait_sec) : CODE_CHARGED;
}

enum code_charged code_charge(const struct code_asked *asked, struct code_charge *ret)
{
	*ret = (struct code_charge){
		.pamh = asked->pamh,
		.guards = guard_charges(asked->pamh, asked->request->subject.uid),
		.own = { .root = asked->root, .limits = asked->judgement->attempts },
	};
	return ret->guards ? CODE_CHARGED : charge_own(asked, ret);
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
