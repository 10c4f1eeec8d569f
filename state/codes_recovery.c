/* SPDX-License-Identifier: MIT */
/* codes_recovery.c - recovery codes and tickets are issued. */
#include <sereno/codes.h>

#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "codes_record.h"

static int hash_text(const char *setting, const char *text, struct otp_hash *ret)
{
	scoped(otp_answer_erase) struct otp_answer answer = { 0 };

	otp_answer_read(text, &answer);
	return otp_hash(setting, &answer, ret);
}

/* A secret of its own, and its hash. */
static int make_code(const char *setting, char code[static OTP_RECOVERY_SIZE], struct otp_hash *ret)
{
	const int r = otp_recovery_new(code);

	return r < 0 ? r : hash_text(setting, code, ret);
}

int codes_hash_ticket(const char *root, const struct codes_account *account, const char *typed,
		      int64_t now, struct otp_hash *ret)
{
	scoped(otp_answer_erase) struct otp_answer answer = { 0 };
	scoped(codes_close) struct codes codes = { 0 };
	char setting[OTP_SETTING_SIZE];
	int r;

	otp_answer_read(typed, &answer);
	if (answer.kind != OTP_ANSWER_RECOVERY)
		return 1;
	r = codes_open(root, account, SLOT_MUST_EXIST, now, &codes);
	if (r < 0)
		return r == -ENOENT ? 1 : r;
	if (codes.record.ticket.hash.text[0] == '\0')
		return 1;
	memcpy(setting, codes.record.ticket.setting, sizeof(setting));
	codes_close(&codes); /* before hashing */
	return otp_hash(setting, &answer, ret);
}

bool codes_ticket_is(const struct codes_record *record, const struct otp_hash *hash, int64_t now)
{
	return otp_hash_equal(&record->ticket.hash, hash) &&
	       codes_time(record, now) < record->ticket.expires;
}

int codes_ticket_check(const char *root, const struct codes_account *account, const char *typed,
		       int64_t now, bool *ret)
{
	scoped(codes_close) struct codes codes = { 0 };
	struct otp_hash hash = { "" };
	int r;

	r = codes_hash_ticket(root, account, typed, now, &hash);
	if (r < 0)
		return r;
	if (r > 0) {
		*ret = false;
		return 0;
	}
	r = codes_open(root, account, SLOT_MUST_EXIST, now, &codes);
	if (r < 0)
		return r;
	*ret = codes_ticket_is(&codes.record, &hash, now);
	return 0;
}

static int store_ticket(const char *root, const struct codes_account *account,
			struct codes_ticket *ticket, uint32_t valid_sec)
{
	scoped(codes_close) struct codes codes = { 0 };
	int r;

	r = codes_open(root, account, SLOT_CREATE, ticket->issued, &codes);
	if (r < 0)
		return r;
	ticket->expires = codes_time(&codes.record, ticket->issued) + (int64_t)valid_sec;
	codes.record.ticket = *ticket;
	return codes_write_both(&codes, ticket->issued);
}

int codes_ticket_issue(const char *root, const struct codes_account *account, int64_t now,
		       uint32_t valid_sec, char ticket[static OTP_RECOVERY_SIZE])
{
	struct codes_ticket made = { .issued = now };
	char code[OTP_RECOVERY_SIZE];
	int r;

	r = otp_setting_new(made.setting);
	if (r == 0)
		r = make_code(made.setting, code, &made.hash);
	if (r == 0)
		r = store_ticket(root, account, &made, valid_sec);
	if (r == 0)
		memcpy(ticket, code, sizeof(code));
	explicit_bzero(code, sizeof(code));
	explicit_bzero(&made, sizeof(made));
	return r;
}

/* Recovery codes that are not yet anybody's. */
struct batch {
	char setting[OTP_SETTING_SIZE];
	char code[OTP_RECOVERY_MAX][OTP_RECOVERY_SIZE];
	struct otp_hash hash[OTP_RECOVERY_MAX];
	uint32_t n;
};

static void batch_erase(struct batch *batch)
{
	explicit_bzero(batch, sizeof(*batch));
}

static int store_batch(const char *root, const struct codes_account *account, int64_t now,
		       const struct batch *batch)
{
	scoped(codes_close) struct codes codes = { 0 };
	struct codes_record *record = &codes.record;
	int r;

	r = codes_open(root, account, SLOT_MUST_EXIST, now, &codes);
	if (r < 0)
		return r;
	if (record->n_tokens == 0)
		return -ENOENT;
	memcpy(record->recovery_setting, batch->setting, sizeof(batch->setting));
	memcpy(record->recovery, batch->hash, sizeof(batch->hash));
	record->n_recovery = batch->n;
	record->recovery_void = 0;
	record->recovery_issued = now;
	return codes_write_both(&codes, now);
}

int codes_recovery_issue(const char *root, const struct codes_account *account, int64_t now,
			 uint32_t n, char (*code)[OTP_RECOVERY_SIZE])
{
	scoped(batch_erase) struct batch batch = { .n = n };
	int r;

	if (n > OTP_RECOVERY_MAX)
		return -EINVAL;
	r = otp_setting_new(batch.setting);
	for (uint32_t i = 0; r == 0 && i < n; i++)
		r = make_code(batch.setting, batch.code[i], &batch.hash[i]);
	if (r == 0)
		r = store_batch(root, account, now, &batch);
	if (r == 0)
		memcpy(code, batch.code, n * sizeof(batch.code[0]));
	return r;
}
