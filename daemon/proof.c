/* SPDX-License-Identifier: MIT */
/* proof.c - is it the user himself? By a code, a ticket or his password. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <sereno/scoped.h>

#include "proof.h"
#include "report.h"

#define DETAIL_MAX 256

/* What is looked at, and for what; "" is nothing said about that. */
struct showing {
	const char *typed;
	const char *service;
	bool recovery_counts;
};

static bool is_right(const struct codes_result *result)
{
	return result->verdict == CODES_ACCEPTED || result->verdict == CODES_RECOVERED;
}

/* The service is what the caller calls himself: it stands where it is not taken for a fact. */
static void report_result(const struct talk *talk, const struct showing *showing,
			  const struct codes_result *result)
{
	char detail[DETAIL_MAX];
	const char *named = showing->service[0] ? ", asked by what calls itself " : "";

	if (result->fell_back)
		report(talk->root, &talk->caller, EVENT_STATE_FALLBACK, NULL, CODES_FALLBACK_TEXT);
	if (!is_right(result)) {
		(void)snprintf(detail, sizeof(detail), "asked by what calls itself %s",
			       showing->service);
		report(talk->root, &talk->caller, EVENT_CODE_REFUSED,
		       codes_verdict_word(result->verdict), showing->service[0] ? detail : NULL);
		return;
	}
	if (result->verdict == CODES_RECOVERED)
		(void)snprintf(detail, sizeof(detail), "%u recovery codes left%s%s",
			       result->recovery_left, named, showing->service);
	else
		(void)snprintf(detail, sizeof(detail), "token %s, offset %d%s%s", result->label,
			       result->offset, named, showing->service);
	report(talk->root, &talk->caller,
	       result->verdict == CODES_RECOVERED ? EVENT_CODE_RECOVERED : EVENT_CODE_ACCEPTED,
	       NULL, detail);
}

/* What no record needs to be read for costs nothing: nobody learns anything by it. */
static const char *nothing_to_check(const struct showing *showing)
{
	const enum otp_answer_kind kind = otp_answer_kind(showing->typed);

	if (kind == OTP_ANSWER_RECOVERY && !showing->recovery_counts)
		return "recovery-code";
	return otp_answer_flaw(kind);
}

static enum proof charged(struct talk *talk)
{
	switch (charge_open(talk->root, &talk->caller, &talk->rules, &talk->charge)) {
	case CHARGED:
		return PROOF_AWAITED;
	case CHARGE_TOO_MANY:
		return PROOF_WRONG;
	case CHARGE_UNUSABLE:
		return PROOF_UNAVAILABLE;
	}
	return PROOF_UNAVAILABLE;
}

/* What is not used up by being right takes no wrong code back: who has it could guess for ever. */
static void settle(struct talk *talk, enum proof proof, enum attempt_outcome when_right)
{
	charge_settle(talk->root, &talk->caller, &talk->charge,
		      proof == PROOF_RIGHT ? when_right : ATTEMPT_FAILED);
}

static enum proof look_at_code(struct talk *talk, const struct showing *showing,
			       struct codes_result *ret)
{
	const struct codes_account account = caller_account(&talk->caller);
	const struct codes_attempt attempt = { showing->typed, time(NULL),
					       talk->rules.codes.window };
	int r;

	r = codes_check(talk->root, &account, &attempt, ret);
	if (r < 0) {
		report_codes_unusable(talk->root, &talk->caller, r);
		return PROOF_UNAVAILABLE;
	}
	report_result(talk, showing, ret);
	return is_right(ret) ? PROOF_RIGHT : PROOF_WRONG;
}

static enum proof prove_by_code(struct talk *talk, const struct showing *showing,
				struct codes_result *ret)
{
	const char *reason = nothing_to_check(showing);
	enum proof proof;

	*ret = (struct codes_result){ .verdict = CODES_MALFORMED };
	if (reason) {
		report(talk->root, &talk->caller, EVENT_CODE_REFUSED, reason, NULL);
		return PROOF_WRONG;
	}
	proof = charged(talk);
	if (proof != PROOF_AWAITED)
		return proof;
	proof = look_at_code(talk, showing, ret);
	memcpy(talk->proved, ret->label, sizeof(talk->proved));
	settle(talk, proof, ATTEMPT_SUCCEEDED);
	return proof;
}

enum proof proof_code(struct talk *talk)
{
	const struct showing showing = { talk->request.code[0], talk->request.service, true };
	struct codes_result result;
	const enum proof proof = prove_by_code(talk, &showing, &result);

	talk->reply.recovered = proof == PROOF_RIGHT && result.verdict == CODES_RECOVERED;
	if (talk->reply.recovered)
		talk->reply.recovery_left = result.recovery_left;
	return proof;
}

/* It stays good until the token is confirmed. */
static enum proof prove_by_ticket(struct talk *talk)
{
	const struct codes_account account = caller_account(&talk->caller);
	enum proof proof = charged(talk);
	bool right = false;
	int r;

	if (proof != PROOF_AWAITED)
		return proof;
	r = codes_ticket_check(talk->root, &account, talk->request.proof, time(NULL), &right);
	proof = right ? PROOF_RIGHT : PROOF_WRONG;
	if (r < 0 && r != -ENOENT) {
		report_codes_unusable(talk->root, &talk->caller, r);
		proof = PROOF_UNAVAILABLE;
	}
	if (proof == PROOF_WRONG)
		report(talk->root, &talk->caller, EVENT_CODE_REFUSED, "ticket", NULL);
	settle(talk, proof, ATTEMPT_PASSED);
	return proof;
}

/* A phone that is out of step, or lost, has no codes; new codes for good want the phone. */
enum proof proof_brought(struct talk *talk)
{
	const struct showing showing = { talk->request.proof, "",
					 talk->request.kind == CHANNEL_RESYNC };
	struct codes_result result;

	switch (talk->request.proof_kind) {
	case CHANNEL_PROOF_CODE:
		return prove_by_code(talk, &showing, &result);
	case CHANNEL_PROOF_TICKET:
		return prove_by_ticket(talk);
	case CHANNEL_PROOF_PASSWORD:
		return charged(talk);
	case CHANNEL_PROOF_NONE:
		return PROOF_WRONG;
	}
	return PROOF_WRONG;
}

enum proof proof_verified(struct talk *talk, enum verifier_answer answer)
{
	enum proof proof = PROOF_UNAVAILABLE;

	switch (answer) {
	case VERIFIER_YES:
		proof = PROOF_RIGHT;
		break;
	case VERIFIER_NO:
		proof = PROOF_WRONG;
		report(talk->root, &talk->caller, EVENT_CODE_REFUSED, "password", NULL);
		break;
	case VERIFIER_UNAVAILABLE:
		break;
	}
	settle(talk, proof, ATTEMPT_PASSED);
	return proof;
}
