/* SPDX-License-Identifier: MIT */
/* code_check.c - is this the code? Charged before it is looked at. */
#include <stdio.h>

#include <sereno/scoped.h>
#include <sereno/slot.h>

#include "code_channel.h"
#include "code_charge.h"
#include "code_check.h"
#include "code_prompt.h"
#include "report.h"

#define DETAIL_MAX 128

static void refuse(const struct code_asked *asked, const char *reason, const char *detail,
		   struct code_verdict *ret)
{
	report_code(asked->root, asked->request, EVENT_CODE_REFUSED, reason, detail);
	ret->outcome = CODE_REFUSED;
}

static void accept(const struct code_asked *asked, const struct codes_result *result,
		   struct code_verdict *ret)
{
	char detail[DETAIL_MAX];

	ret->outcome = CODE_ACCEPTED;
	ret->recovered = result->verdict == CODES_RECOVERED;
	ret->recovery_left = result->recovery_left;
	if (ret->recovered)
		(void)snprintf(detail, sizeof(detail), "%u recovery codes left",
			       result->recovery_left);
	else
		(void)snprintf(detail, sizeof(detail), "token %s, offset %d", result->label,
			       result->offset);
	report_code(asked->root, asked->request,
		    ret->recovered ? EVENT_CODE_RECOVERED : EVENT_CODE_ACCEPTED, NULL, detail);
}

/* Who has no token may have a ticket instead. */
static bool is_ticket(const struct code_asked *asked, const struct codes_account *account,
		      const struct codes_attempt *attempt)
{
	bool right = false;

	return otp_answer_kind(attempt->typed) == OTP_ANSWER_RECOVERY &&
	       codes_ticket_check(asked->root, account, attempt->typed, attempt->now, &right) ==
		       0 &&
	       right;
}

static void judge_result(const struct code_asked *asked, const struct codes_result *result,
			 struct code_verdict *ret)
{
	if (result->fell_back)
		report_codes_fallback(asked->root, asked->request);
	if (result->verdict == CODES_ACCEPTED || result->verdict == CODES_RECOVERED) {
		accept(asked, result, ret);
		return;
	}
	refuse(asked, codes_verdict_word(result->verdict), NULL, ret);
}

/* What no record needs to be read for costs nothing: nobody learns anything by it. */
static const char *nothing_to_check(const struct code_asked *asked, const char *typed)
{
	if (code_is_password(asked->pamh, typed))
		return "password-again";
	return otp_answer_flaw(otp_answer_kind(typed));
}

static void settle(const struct code_charge *charge, struct code_verdict *verdict)
{
	switch (verdict->outcome) {
	case CODE_ACCEPTED:
		if (code_charge_keep(charge) < 0)
			verdict->outcome = CODE_UNAVAILABLE;
		return;
	case CODE_TICKET:
		code_charge_settle(charge, ATTEMPT_PASSED);
		return;
	case CODE_REFUSED:
	case CODE_UNAVAILABLE:
		code_charge_settle(charge, ATTEMPT_FAILED);
		return;
	}
}

static void check_charged(const struct code_asked *asked, const char *typed, int64_t now,
			  const struct code_charge *charge, struct code_verdict *ret)
{
	const struct account *subject = &asked->request->subject;
	const struct codes_account account = { subject->name, subject->uid };
	const struct codes_attempt attempt = { typed, now, asked->judgement->second_factor.window };
	struct codes_result result;
	int r;

	r = codes_check(asked->root, &account, &attempt, &result);
	if (r < 0)
		report_codes_unusable(asked->root, asked->request, r);
	else if (result.verdict == CODES_NOT_ENROLLED && is_ticket(asked, &account, &attempt))
		ret->outcome = CODE_TICKET;
	else
		judge_result(asked, &result, ret);
	settle(charge, ret);
}

void code_check(const struct code_asked *asked, const char *typed, int64_t now,
		struct code_verdict *ret)
{
	const char *reason = nothing_to_check(asked, typed);
	struct code_charge charge;

	*ret = (struct code_verdict){ .outcome = CODE_UNAVAILABLE };
	if (reason) {
		refuse(asked, reason, NULL, ret);
		return;
	}
	if (!slot_caller_may(asked->root)) {
		code_channel_check(asked, typed, ret);
		return;
	}
	switch (code_charge(asked, &charge)) {
	case CODE_CHARGED:
		check_charged(asked, typed, now, &charge, ret);
		return;
	case CODE_TOO_MANY:
		ret->outcome = CODE_REFUSED;
		return;
	case CODE_UNCHARGED:
		return;
	}
}
