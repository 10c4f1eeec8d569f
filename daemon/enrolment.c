/* SPDX-License-Identifier: MIT */
/* enrolment.c - a user gives himself a token. */
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include <sereno/scoped.h>

#include "enrolment.h"
#include "report.h"

static enum channel_answer unavailable(const struct talk *talk, int err)
{
	report_codes_unusable(talk->root, &talk->caller, err);
	return CHANNEL_UNAVAILABLE;
}

/* A password alone is as good as at a login: within the time of the first token. */
static bool is_open(const struct talk *talk, const struct codes_status *status)
{
	const struct second_factor_rules *rules = &talk->rules.codes;

	return rules->enrol == ENROL_AT_LOGIN &&
	       codes_may_enrol(status, rules->enrol_within_sec, time(NULL));
}

static enum channel_answer may_begin(const struct talk *talk)
{
	const struct codes_account account = caller_account(&talk->caller);
	struct codes_status status = { 0 };
	int r;

	r = codes_status(talk->root, &account, &status);
	if (r < 0 && r != -ENOENT)
		return unavailable(talk, r);
	if (talk->request.proof_kind == CHANNEL_PROOF_PASSWORD && !is_open(talk, &status))
		return CHANNEL_TICKET_NEEDED;
	if (status.n_tokens == CODES_TOKENS_MAX)
		return CHANNEL_FULL;
	for (uint32_t i = 0; i < status.n_tokens; i++)
		if (strcmp(status.token[i].label, talk->request.label) == 0)
			return CHANNEL_LABEL_TAKEN;
	return CHANNEL_ACCEPTED;
}

static void set_issuer(const struct talk *talk, char issuer[static OTP_ISSUER_SIZE])
{
	struct utsname host = { .nodename = "" };
	const char *name;

	(void)uname(&host); /* cannot fail */
	name = otp_issuer(talk->rules.codes.issuer, host.nodename);
	memcpy(issuer, name, strlen(name) + 1); /* fits: both are checked */
}

static void keep(struct talk *talk)
{
	struct pending *pending = &talk->pending;

	explicit_bzero(pending, sizeof(*pending));
	pending->token = talk->reply.token;
	pending->by = talk->request.proof_kind;
	memcpy(pending->label, talk->request.label, sizeof(pending->label));
	if (pending->by == CHANNEL_PROOF_TICKET)
		memcpy(pending->ticket, talk->request.proof, sizeof(pending->ticket));
	if (pending->by == CHANNEL_PROOF_CODE)
		memcpy(pending->proved, talk->proved, sizeof(pending->proved));
	pending->begun = true;
}

void enrolment_begin(struct talk *talk)
{
	const struct second_factor_rules *rules = &talk->rules.codes;
	struct channel_reply *reply = &talk->reply;
	int r;

	reply->answer = may_begin(talk);
	if (reply->answer != CHANNEL_ACCEPTED)
		return;
	r = otp_token_new((enum otp_algorithm)rules->algorithm, rules->digits, rules->period_sec,
			  &reply->token);
	if (r < 0) {
		reply->answer = unavailable(talk, r);
		return;
	}
	set_issuer(talk, reply->issuer);
	memcpy(reply->person, talk->caller.name, strlen(talk->caller.name) + 1);
	keep(talk);
}

static enum codes_warrant warrant_of(const struct pending *pending)
{
	switch (pending->by) {
	case CHANNEL_PROOF_TICKET:
		return CODES_BY_TICKET;
	case CHANNEL_PROOF_CODE:
		return CODES_BY_CALLER;
	case CHANNEL_PROOF_PASSWORD:
	case CHANNEL_PROOF_NONE:
		return CODES_BY_DOOR;
	}
	return CODES_BY_DOOR;
}

/* Who enrols before any login asked him to: this counts as the first that did. */
static int note_first(const struct talk *talk, int64_t now)
{
	const struct codes_account account = caller_account(&talk->caller);
	struct codes_needed needed;

	if (warrant_of(&talk->pending) != CODES_BY_DOOR)
		return 0;
	return codes_need(talk->root, &account, talk->rules.codes.enrol_within_sec, now, &needed);
}

/* Whether he still has the token whose code let him begin: it may be taken away meanwhile. */
static int has_proof(const struct talk *talk, bool *ret)
{
	const struct codes_account account = caller_account(&talk->caller);
	struct codes_status status = { 0 };
	bool found = warrant_of(&talk->pending) != CODES_BY_CALLER;
	int r = 0;

	if (!found)
		r = codes_status(talk->root, &account, &status);
	if (r < 0 && r != -ENOENT)
		return r;
	for (uint32_t i = 0; i < status.n_tokens; i++)
		found |= strcmp(status.token[i].label, talk->pending.proved) == 0;
	*ret = found;
	return 0;
}

static int enrol(const struct talk *talk, enum codes_enrolled *ret)
{
	const struct codes_account account = caller_account(&talk->caller);
	const int64_t now = time(NULL);
	const struct codes_enrolment enrolment = {
		.token = &talk->pending.token,
		.label = talk->pending.label,
		.warrant = warrant_of(&talk->pending),
		.within_sec = talk->rules.codes.enrol_within_sec,
		.ticket = talk->pending.ticket,
		.confirm = { talk->request.code[0], now, talk->rules.codes.window },
	};
	bool proved = false;
	int r;

	r = note_first(talk, now);
	if (r == 0)
		r = has_proof(talk, &proved);
	if (r == 0 && !proved)
		*ret = CODES_DOOR_CLOSED;
	return r < 0 || !proved ? r : codes_enrol(talk->root, &account, &enrolment, ret);
}

/* He has his token: what goes wrong here takes nothing back. Those he has stay good. */
static void give_recovery(struct talk *talk)
{
	const struct codes_account account = caller_account(&talk->caller);
	const uint32_t n = talk->rules.codes.recovery_codes;
	struct channel_reply *reply = &talk->reply;
	struct codes_status status = { 0 };
	int r;

	r = codes_status(talk->root, &account, &status);
	reply->recovery_left = status.recovery_left;
	if (r == 0 && (n == 0 || n > OTP_RECOVERY_MAX || status.recovery_left > 0))
		return;
	if (r == 0)
		r = codes_recovery_issue(talk->root, &account, time(NULL), n, reply->recovery);
	if (r < 0) {
		(void)unavailable(talk, r);
		return;
	}
	reply->n_recovery = reply->recovery_left = n;
}

static const char *means(enum channel_proof_kind kind)
{
	switch (kind) {
	case CHANNEL_PROOF_TICKET:
		return "ticket";
	case CHANNEL_PROOF_CODE:
		return "code";
	case CHANNEL_PROOF_PASSWORD:
	case CHANNEL_PROOF_NONE:
		return "password";
	}
	return "password";
}

static enum channel_answer enrolled(struct talk *talk)
{
	report_own(talk->root, &talk->caller, EVENT_OTP_ENROLLED, means(talk->pending.by));
	explicit_bzero(&talk->pending, sizeof(talk->pending));
	give_recovery(talk);
	return CHANNEL_ACCEPTED;
}

static enum channel_answer answer_to(struct talk *talk, enum codes_enrolled answer)
{
	switch (answer) {
	case CODES_ENROLLED:
		return enrolled(talk);
	case CODES_UNCONFIRMED:
		return CHANNEL_UNCONFIRMED;
	case CODES_DOOR_CLOSED:
		return CHANNEL_TICKET_NEEDED;
	case CODES_TICKET_WRONG:
		return CHANNEL_REFUSED;
	}
	return CHANNEL_UNAVAILABLE;
}

void enrolment_confirm(struct talk *talk)
{
	enum codes_enrolled answer = CODES_UNCONFIRMED;
	int r;

	if (!talk->pending.begun) {
		talk->reply.answer = CHANNEL_UNKNOWN;
		return;
	}
	r = enrol(talk, &answer);
	if (r == -EEXIST)
		talk->reply.answer = CHANNEL_LABEL_TAKEN;
	else if (r == -E2BIG)
		talk->reply.answer = CHANNEL_FULL;
	else if (r < 0)
		talk->reply.answer = unavailable(talk, r);
	else
		talk->reply.answer = answer_to(talk, answer);
}
