/* SPDX-License-Identifier: MIT */
/* codes_enrol.c - tokens come and go. */
#include <sereno/codes.h>

#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "codes_record.h"

int codes_need(const char *root, const struct codes_account *account, uint32_t within_sec,
	       int64_t now, struct codes_needed *ret)
{
	scoped(codes_close) struct codes codes = { 0 };
	struct codes_needed needed = { 0 };
	int r;

	r = codes_open(root, account, SLOT_CREATE, now, &codes);
	if (r < 0)
		return r;
	if (codes.record.needed == 0) {
		codes.record.needed = now > 0 ? now : 1;
		r = codes_write_both(&codes, now);
	}
	if (r < 0)
		return r;
	needed.door = codes_door_of(&codes.record, within_sec, now, &needed.until);
	*ret = needed;
	return 0;
}

/* Whether the warrant holds. */
static enum codes_enrolled judge_warrant(const struct codes_record *record,
					 const struct codes_enrolment *enrolment,
					 const struct otp_hash *ticket)
{
	const int64_t now = enrolment->confirm.now;
	int64_t until;

	switch (enrolment->warrant) {
	case CODES_BY_DOOR:
		return codes_door_of(record, enrolment->within_sec, now, &until) == CODES_DOOR_OPEN
			       ? CODES_ENROLLED
			       : CODES_DOOR_CLOSED;
	case CODES_BY_TICKET:
		return codes_ticket_is(record, ticket, now) ? CODES_ENROLLED : CODES_TICKET_WRONG;
	case CODES_BY_CALLER:
		return CODES_ENROLLED;
	}
	return CODES_DOOR_CLOSED;
}

/* Whether the user's phone has it, too; *@ret_step is used up. */
static int confirm(const struct codes_enrolment *enrolment, enum codes_enrolled *ret,
		   uint64_t *ret_step)
{
	const struct codes_attempt *attempt = &enrolment->confirm;
	const struct otp_range range =
		otp_range_around(enrolment->token, attempt->now, 0, attempt->window);
	scoped(otp_answer_erase) struct otp_answer answer = { 0 };
	enum otp_match match = OTP_WRONG;
	int r;

	otp_answer_read(attempt->typed, &answer);
	*ret = CODES_UNCONFIRMED;
	*ret_step = 0;
	if (answer.kind != OTP_ANSWER_CODE)
		return 0;
	r = otp_search(enrolment->token, &range, answer.text, &match, ret_step);
	if (r == 0 && match == OTP_RIGHT)
		*ret = CODES_ENROLLED;
	return r;
}

static int add_token(struct codes_record *record, const struct codes_enrolment *enrolment,
		     uint64_t step)
{
	struct codes_token *token;

	if (codes_find(record, enrolment->label))
		return -EEXIST;
	if (record->n_tokens == CODES_TOKENS_MAX)
		return -E2BIG;
	token = &record->token[record->n_tokens++];
	memset(token, 0, sizeof(*token));
	token->token = *enrolment->token;
	memcpy(token->label, enrolment->label, strlen(enrolment->label)); /* fits: it is sound */
	token->last_step = step;
	token->enrolled = enrolment->confirm.now;
	record->ticket_only = 1;
	if (enrolment->warrant == CODES_BY_TICKET)
		explicit_bzero(&record->ticket, sizeof(record->ticket));
	return 0;
}

static int enrol(const char *root, const struct codes_account *account,
		 const struct codes_enrolment *enrolment, const struct otp_hash *ticket,
		 enum codes_enrolled *ret)
{
	const int64_t now = enrolment->confirm.now;
	scoped(codes_close) struct codes codes = { 0 };
	enum codes_enrolled answer;
	uint64_t step = 0;
	int r;

	r = codes_open(root, account, SLOT_CREATE, now, &codes);
	if (r < 0)
		return r;
	answer = judge_warrant(&codes.record, enrolment, ticket);
	if (answer == CODES_ENROLLED)
		r = confirm(enrolment, &answer, &step);
	if (r == 0 && answer == CODES_ENROLLED)
		r = add_token(&codes.record, enrolment, step);
	if (r == 0 && answer == CODES_ENROLLED)
		r = codes_write_both(&codes, now);
	if (r == 0)
		*ret = answer;
	return r;
}

static bool is_enrolment(const struct codes_enrolment *enrolment)
{
	return otp_token_sound(enrolment->token) &&
	       otp_label_sound(enrolment->label, OTP_LABEL_SIZE) &&
	       enrolment->confirm.window <= OTP_WINDOW_MAX && enrolment->confirm.typed &&
	       (enrolment->ticket || enrolment->warrant != CODES_BY_TICKET);
}

int codes_enrol(const char *root, const struct codes_account *account,
		const struct codes_enrolment *enrolment, enum codes_enrolled *ret)
{
	struct otp_hash ticket = { "" };
	int r = 0;

	if (!is_enrolment(enrolment))
		return -EINVAL;
	if (enrolment->warrant == CODES_BY_TICKET)
		r = codes_hash_ticket(root, account, enrolment->ticket, enrolment->confirm.now,
				      &ticket);
	if (r < 0)
		return r;
	return enrol(root, account, enrolment, &ticket, ret);
}

static void take_away(struct codes_record *record, uint32_t index)
{
	struct codes_token *token = &record->token[index];

	memmove(token, token + 1, (record->n_tokens - index - 1) * sizeof(*token));
	explicit_bzero(&record->token[--record->n_tokens], sizeof(*token));
}

/* Recovery codes stand in for a token; without one they go. */
static void take_rest_away(struct codes_record *record)
{
	record->n_recovery = 0;
	record->recovery_void = 0;
	record->recovery_issued = 0;
	explicit_bzero(record->recovery_setting, sizeof(record->recovery_setting));
	explicit_bzero(record->recovery, sizeof(record->recovery));
}

int codes_remove(const char *root, const struct codes_account *account, const char *label,
		 int64_t now)
{
	scoped(codes_close) struct codes codes = { 0 };
	struct codes_record *record = &codes.record;
	uint32_t before;
	int r;

	r = codes_open(root, account, SLOT_MUST_EXIST, now, &codes);
	if (r < 0)
		return r;
	before = record->n_tokens;
	for (uint32_t i = before; i > 0; i--)
		if (!label || strcmp(record->token[i - 1].label, label) == 0)
			take_away(record, i - 1);
	if (record->n_tokens == before)
		return -ENOENT;
	if (record->n_tokens == 0)
		take_rest_away(record);
	explicit_bzero(&record->ticket, sizeof(record->ticket));
	return codes_write_both(&codes, now);
}

/* The phone is ahead by what the two codes tell. */
static int adjust(struct codes *codes, struct codes_token *token, const char *const code[static 2],
		  int64_t now, struct codes_result *result)
{
	struct otp_range range = otp_range_around(&token->token, now, 0, CODES_RESYNC_STEPS);
	enum otp_match match = OTP_WRONG;
	uint64_t step = 0;
	int r;

	range.last--; /* of the first code; so the second one's step is within bounds */
	range.used = token->last_step;
	r = otp_search_pair(&token->token, &range, code, &match, &step);
	if (r < 0)
		return r;
	memcpy(result->label, token->label, sizeof(result->label));
	result->verdict = match == OTP_REPLAYED ? CODES_REPLAYED : CODES_WRONG;
	if (match != OTP_RIGHT)
		return 0;
	result->verdict = CODES_ACCEPTED;
	result->offset = (int32_t)((int64_t)step - (int64_t)otp_step(&token->token, now));
	token->drift = result->offset;
	token->last_step = step;
	token->used = now;
	return codes_write_both(codes, now);
}

static int resync(const char *root, const struct codes_account *account,
		  const struct codes_resync *request, const char *const code[static 2],
		  struct codes_result *result)
{
	scoped(codes_close) struct codes codes = { 0 };
	struct codes_record *record = &codes.record;
	struct codes_token *token = NULL;
	int r;

	result->verdict = CODES_NOT_ENROLLED;
	r = codes_open(root, account, SLOT_MUST_EXIST, request->now, &codes);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	result->fell_back = codes.fell_back;
	result->recovery_left = codes_recovery_left(record);
	if (request->label)
		token = codes_find(record, request->label);
	else if (record->n_tokens == 1)
		token = &record->token[0];
	return token ? adjust(&codes, token, code, request->now, result) : 0;
}

int codes_resync(const char *root, const struct codes_account *account,
		 const struct codes_resync *request, struct codes_result *ret)
{
	scoped(otp_answer_erase) struct otp_answer first = { 0 };
	scoped(otp_answer_erase) struct otp_answer second = { 0 };
	const char *const code[2] = { first.text, second.text };
	struct codes_result result = { .verdict = CODES_MALFORMED };
	int r = 0;

	otp_answer_read(request->typed[0], &first);
	otp_answer_read(request->typed[1], &second);
	if (first.kind == OTP_ANSWER_CODE && second.kind == OTP_ANSWER_CODE)
		r = resync(root, account, request, code, &result);
	if (r == 0)
		*ret = result;
	return r;
}
