/* SPDX-License-Identifier: MIT */
/* codes.c - is this the code, and is it for the first time? */
#include <sereno/codes.h>

#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "codes_record.h"

/* Look for the code among the steps around now. Of one that several tokens make, each has its step
 * used up, so that it is good once. */
static int search_token(struct codes_token *token, const struct codes_attempt *attempt,
			const char *code, struct codes_result *result)
{
	struct otp_range range =
		otp_range_around(&token->token, attempt->now, token->drift, attempt->window);
	enum otp_match match = OTP_WRONG;
	uint64_t step = 0;
	int r;

	range.used = token->last_step;
	r = otp_search(&token->token, &range, code, &match, &step);
	if (r < 0 || match == OTP_WRONG)
		return r;
	if (match == OTP_REPLAYED && result->verdict == CODES_ACCEPTED)
		return 0;
	if (result->verdict != CODES_ACCEPTED)
		memcpy(result->label, token->label, sizeof(result->label));
	if (match == OTP_REPLAYED) {
		result->verdict = CODES_REPLAYED;
		return 0;
	}
	if (result->verdict != CODES_ACCEPTED)
		result->offset = (int32_t)((int64_t)step - token->drift -
					   (int64_t)otp_step(&token->token, attempt->now));
	result->verdict = CODES_ACCEPTED;
	token->last_step = step;
	token->used = attempt->now;
	return 0;
}

static bool clock_is_behind(const struct codes_record *record, int64_t now)
{
	return now < record->accepted - CODES_CLOCK_SLACK_SEC;
}

/* The record is open. */
static int search_tokens(struct codes *codes, const struct codes_attempt *attempt, const char *code,
			 struct codes_result *result)
{
	struct codes_record *record = &codes->record;
	int r = 0;

	result->verdict = record->n_tokens > 0 ? CODES_WRONG : CODES_NOT_ENROLLED;
	for (uint32_t i = 0; r == 0 && i < record->n_tokens; i++)
		r = search_token(&record->token[i], attempt, code, result);
	if (r < 0)
		return r;
	result->recovery_left = codes_recovery_left(record);
	if (result->verdict == CODES_ACCEPTED) {
		record->accepted = attempt->now;
		return codes_write(codes, attempt->now);
	}
	if (record->n_tokens > 0 && clock_is_behind(record, attempt->now))
		result->verdict = CODES_CLOCK;
	return 0;
}

static int check_code(const char *root, const struct codes_account *account,
		      const struct codes_attempt *attempt, const char *code,
		      struct codes_result *result)
{
	scoped(codes_close) struct codes codes = { 0 };
	int r;

	result->verdict = CODES_NOT_ENROLLED;
	r = codes_open(root, account, SLOT_MUST_EXIST, attempt->now, &codes);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	result->fell_back = codes.fell_back;
	return search_tokens(&codes, attempt, code, result);
}

/* What an answer would have to be hashed with; 1: there is nothing it could equal, see the
 * verdict. */
static int read_setting(const char *root, const struct codes_account *account, int64_t now,
			char setting[static OTP_SETTING_SIZE], struct codes_result *result)
{
	scoped(codes_close) struct codes codes = { 0 };
	int r;

	result->verdict = CODES_NOT_ENROLLED;
	r = codes_open(root, account, SLOT_MUST_EXIST, now, &codes);
	if (r < 0)
		return r == -ENOENT ? 1 : r;
	result->fell_back = codes.fell_back;
	if (codes.record.n_tokens == 0)
		return 1;
	result->verdict = codes.record.recovery_void ? CODES_RECOVERY_VOID : CODES_WRONG;
	if (codes_recovery_left(&codes.record) == 0)
		return 1;
	memcpy(setting, codes.record.recovery_setting, OTP_SETTING_SIZE);
	return 0;
}

/* Cross out a recovery code. Only hashes with the same salt can be equal, so a record that was
 * issued anew in between has none. */
static int use_recovery(const char *root, const struct codes_account *account, int64_t now,
			const struct otp_hash *hash, struct codes_result *result)
{
	scoped(codes_close) struct codes codes = { 0 };
	struct codes_record *record = &codes.record;
	bool found = false;
	int r;

	r = codes_open(root, account, SLOT_MUST_EXIST, now, &codes);
	if (r < 0)
		return r;
	result->fell_back |= codes.fell_back;
	for (uint32_t i = 0; i < record->n_recovery; i++) { /* all of them: time tells nothing */
		if (!otp_hash_equal(&record->recovery[i], hash))
			continue;
		explicit_bzero(&record->recovery[i], sizeof(record->recovery[i]));
		found = true;
	}
	result->verdict = found ? CODES_RECOVERED : CODES_WRONG;
	result->recovery_left = codes_recovery_left(record);
	return found ? codes_write(&codes, now) : 0;
}

static int check_recovery(const char *root, const struct codes_account *account,
			  const struct codes_attempt *attempt, const struct otp_answer *answer,
			  struct codes_result *result)
{
	char setting[OTP_SETTING_SIZE] = "";
	struct otp_hash hash = { "" };
	int r;

	r = read_setting(root, account, attempt->now, setting, result);
	if (r != 0)
		return r < 0 ? r : 0;
	r = otp_hash(setting, answer, &hash);
	if (r == 0)
		r = use_recovery(root, account, attempt->now, &hash, result);
	explicit_bzero(&hash, sizeof(hash));
	return r;
}

int codes_check(const char *root, const struct codes_account *account,
		const struct codes_attempt *attempt, struct codes_result *ret)
{
	scoped(otp_answer_erase) struct otp_answer answer = { 0 };
	struct codes_result result = { .verdict = CODES_MALFORMED };
	int r = 0;

	if (attempt->window > OTP_WINDOW_MAX)
		return -EINVAL;
	otp_answer_read(attempt->typed, &answer);
	switch (answer.kind) {
	case OTP_ANSWER_EMPTY:
		result.verdict = CODES_EMPTY;
		break;
	case OTP_ANSWER_MALFORMED:
		break;
	case OTP_ANSWER_CODE:
		r = check_code(root, account, attempt, answer.text, &result);
		break;
	case OTP_ANSWER_RECOVERY:
		r = check_recovery(root, account, attempt, &answer, &result);
		break;
	}
	if (r == 0)
		*ret = result;
	return r;
}
