/* SPDX-License-Identifier: MIT */
/* talk.c - one conversation: what a caller asks, and what is answered. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include <sereno/scoped.h>

#include "device_request.h"
#include "enrolment.h"
#include "proof.h"
#include "report.h"
#include "role_request.h"
#include "role_review.h"
#include "talk.h"

static enum channel_answer unavailable(const struct talk *talk, int err)
{
	report_codes_unusable(talk->root, &talk->caller, err);
	return CHANNEL_UNAVAILABLE;
}

/* Who has no record has nothing. */
static void tell_status(struct talk *talk)
{
	const struct codes_account account = caller_account(&talk->caller);
	int r;

	r = codes_status(talk->root, &account, &talk->reply.status);
	talk->reply.answer = CHANNEL_ACCEPTED;
	if (r < 0 && r != -ENOENT)
		talk->reply.answer = unavailable(talk, r);
}

/* Where the policy has none, those of before stay as they are. */
static void issue_recovery(struct talk *talk)
{
	const struct codes_account account = caller_account(&talk->caller);
	const uint32_t n = talk->rules.codes.recovery_codes;
	struct channel_reply *reply = &talk->reply;
	int r;

	reply->answer = CHANNEL_ACCEPTED;
	if (n == 0)
		return;
	r = codes_recovery_issue(talk->root, &account, time(NULL), n, reply->recovery);
	if (r == -ENOENT) {
		reply->answer = CHANNEL_NO_TOKEN;
		return;
	}
	if (r < 0) {
		reply->answer = unavailable(talk, r);
		return;
	}
	reply->n_recovery = reply->recovery_left = n;
	report_own(talk->root, &talk->caller, EVENT_OTP_RECOVERY, NULL);
}

static enum channel_answer resync_answer(const struct talk *talk, enum codes_verdict verdict)
{
	switch (verdict) {
	case CODES_ACCEPTED:
	case CODES_RECOVERED:
		report_own(talk->root, &talk->caller, EVENT_OTP_RESYNCED, NULL);
		return CHANNEL_ACCEPTED;
	case CODES_NOT_ENROLLED:
		return CHANNEL_NO_TOKEN;
	case CODES_WRONG:
	case CODES_EMPTY:
	case CODES_MALFORMED:
	case CODES_REPLAYED:
	case CODES_CLOCK:
	case CODES_RECOVERY_VOID:
		return CHANNEL_UNCONFIRMED;
	}
	return CHANNEL_UNAVAILABLE;
}

static void resync(struct talk *talk)
{
	const struct channel_request *request = &talk->request;
	const struct codes_account account = caller_account(&talk->caller);
	const struct codes_resync asked = {
		.label = request->label[0] ? request->label : NULL,
		.typed = { request->code[0], request->code[1] },
		.now = time(NULL),
	};
	struct codes_result result = { .verdict = CODES_WRONG };
	int r;

	r = codes_resync(talk->root, &account, &asked, &result);
	talk->reply.answer = r < 0 ? unavailable(talk, r) : resync_answer(talk, result.verdict);
}

static void go_on(struct talk *talk)
{
	switch (talk->request.kind) {
	case CHANNEL_BEGIN:
		enrolment_begin(talk);
		return;
	case CHANNEL_RECOVERY:
		issue_recovery(talk);
		return;
	case CHANNEL_RESYNC:
		resync(talk);
		return;
	case CHANNEL_VERIFY:
		talk->reply.answer = CHANNEL_ACCEPTED;
		return;
	case CHANNEL_STATUS:
	case CHANNEL_CONFIRM:
	case CHANNEL_ASK_ROLE:
	case CHANNEL_WITHDRAW:
	case CHANNEL_REQUESTS:
	case CHANNEL_APPROVE:
	case CHANNEL_DENY:
	case CHANNEL_REVIEW:
	case CHANNEL_SIGN:
	case CHANNEL_DEVICES:
	case CHANNEL_LET_IN:
	case CHANNEL_DEVICE_APPROVE:
	case CHANNEL_DEVICE_DENY:
	case CHANNEL_DEVICE_REVOKE:
		return;
	}
}

static enum talk_next after(struct talk *talk, enum proof proof)
{
	switch (proof) {
	case PROOF_RIGHT:
		go_on(talk);
		return TALK_REPLY;
	case PROOF_WRONG:
		talk->reply.answer = CHANNEL_REFUSED;
		return TALK_REPLY;
	case PROOF_UNAVAILABLE:
		talk->reply.answer = CHANNEL_UNAVAILABLE;
		return TALK_REPLY;
	case PROOF_AWAITED:
		return TALK_ASK_VERIFIER;
	}
	return TALK_REPLY;
}

/* Which proof is good for what. */
static bool is_sound(const struct channel_request *request)
{
	switch (request->kind) {
	case CHANNEL_VERIFY:
	case CHANNEL_STATUS:
	case CHANNEL_CONFIRM:
	case CHANNEL_WITHDRAW:
	case CHANNEL_REQUESTS:
	case CHANNEL_APPROVE:
	case CHANNEL_REVIEW:
	case CHANNEL_DEVICES:
	case CHANNEL_DEVICE_APPROVE:
		return true;
	case CHANNEL_ASK_ROLE:
	case CHANNEL_DENY:
	case CHANNEL_LET_IN:
	case CHANNEL_DEVICE_DENY:
	case CHANNEL_DEVICE_REVOKE:
		return request->reason[0];
	case CHANNEL_SIGN:
		return request->reason[0] && request->role[0];
	case CHANNEL_BEGIN:
		return otp_label_sound(request->label, sizeof(request->label));
	case CHANNEL_RECOVERY:
		return request->proof_kind == CHANNEL_PROOF_CODE;
	case CHANNEL_RESYNC:
		return request->proof_kind != CHANNEL_PROOF_TICKET;
	}
	return false;
}

static bool is_about_roles(enum channel_kind kind)
{
	return kind >= CHANNEL_ASK_ROLE && kind <= CHANNEL_DENY;
}

static bool is_about_devices(enum channel_kind kind)
{
	return kind >= CHANNEL_DEVICES && kind <= CHANNEL_DEVICE_REVOKE;
}

static enum talk_next hear(struct talk *talk)
{
	switch (talk->request.kind) {
	case CHANNEL_VERIFY:
		return after(talk, proof_code(talk));
	case CHANNEL_STATUS:
		tell_status(talk);
		return TALK_REPLY;
	case CHANNEL_CONFIRM:
		enrolment_confirm(talk);
		return TALK_REPLY;
	case CHANNEL_BEGIN:
	case CHANNEL_RECOVERY:
	case CHANNEL_RESYNC:
		return after(talk, proof_brought(talk));
	case CHANNEL_ASK_ROLE:
	case CHANNEL_WITHDRAW:
	case CHANNEL_REQUESTS:
	case CHANNEL_APPROVE:
	case CHANNEL_DENY:
	case CHANNEL_REVIEW:
	case CHANNEL_SIGN:
	case CHANNEL_DEVICES:
	case CHANNEL_LET_IN:
	case CHANNEL_DEVICE_APPROVE:
	case CHANNEL_DEVICE_DENY:
	case CHANNEL_DEVICE_REVOKE:
		break;
	}
	return TALK_REPLY;
}

enum talk_next talk_hear(struct talk *talk)
{
	int r;

	channel_reply_erase(&talk->reply);
	talk->reply.kind = talk->request.kind;
	talk->reply.answer = CHANNEL_UNKNOWN;
	if (!is_sound(&talk->request))
		return TALK_REPLY;
	if (is_about_roles(talk->request.kind)) {
		role_request_answer(talk);
		return talk->reply.answer == CHANNEL_BUSY ? TALK_TRY_AGAIN : TALK_REPLY;
	}
	if (talk->request.kind == CHANNEL_REVIEW || talk->request.kind == CHANNEL_SIGN)
		return role_review_hear(talk);
	if (is_about_devices(talk->request.kind)) {
		device_request_answer(talk);
		return talk->reply.answer == CHANNEL_BUSY ? TALK_TRY_AGAIN : TALK_REPLY;
	}
	r = rules_read(talk->root, &talk->caller, time(NULL), &talk->rules);
	if (r < 0) {
		report_error(talk->root, &talk->caller, EVENT_POLICY_UNUSABLE,
			     "the policy in force cannot be used", r);
		talk->reply.answer = CHANNEL_UNAVAILABLE;
		return TALK_REPLY;
	}
	return hear(talk);
}

void talk_verified(struct talk *talk, enum verifier_answer answer)
{
	const enum proof proof = proof_verified(talk, answer);

	explicit_bzero(talk->request.proof, sizeof(talk->request.proof));
	(void)after(talk, proof); /* it awaits nothing more */
}

void talk_reviewed(struct talk *talk, const char *text)
{
	role_review_sign(talk, text);
}

void talk_review_asked(struct talk *talk, int err)
{
	role_review_sent(talk, err);
}

void talk_end(struct talk *talk)
{
	charge_settle(talk->root, &talk->caller, &talk->charge, ATTEMPT_FAILED);
	explicit_bzero(talk, sizeof(*talk));
}
