/* SPDX-License-Identifier: MIT */
/* codes_status.c - what is known of a user's second factor, and how a lost one begins anew. */
#include <sereno/codes.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sereno/scoped.h>

#include "codes_record.h"

static struct codes_token_status describe(const struct codes_token *token)
{
	struct codes_token_status status = {
		.algorithm = (enum otp_algorithm)token->token.algorithm,
		.digits = token->token.digits,
		.period_sec = token->token.period_sec,
		.enrolled = token->enrolled,
		.used = token->used,
		.drift = token->drift,
	};

	memcpy(status.label, token->label, sizeof(status.label));
	return status;
}

int codes_status(const char *root, const struct codes_account *account, struct codes_status *ret)
{
	scoped(codes_close) struct codes codes = { 0 };
	const struct codes_record *record = &codes.record;
	struct codes_status status = { 0 };
	int r;

	r = codes_peek(root, account, &codes);
	if (r < 0)
		return r;
	status = (struct codes_status){
		.n_tokens = record->n_tokens,
		.recovery_left = codes_recovery_left(record),
		.recovery_void = record->recovery_void != 0,
		.fell_back = codes.fell_back,
		.ticket_only = record->ticket_only != 0,
		.recovery_issued = record->recovery_issued,
		.needed = record->needed,
		.ticket_issued = record->ticket.issued,
		.ticket_expires = record->ticket.expires,
	};
	for (uint32_t i = 0; i < record->n_tokens; i++)
		status.token[i] = describe(&record->token[i]);
	*ret = status;
	return 0;
}

bool codes_may_enrol(const struct codes_status *status, uint32_t within_sec, int64_t now)
{
	if (status->n_tokens > 0 || status->ticket_only || status->fell_back || within_sec == 0)
		return false;
	return status->needed == 0 || now - status->needed < (int64_t)within_sec;
}

int codes_forget(const char *root, const struct codes_account *account)
{
	char name[16];
	const struct slot_owner owner = { name, account->user, account->uid };

	(void)snprintf(name, sizeof(name), "%u", account->uid); /* ten digits at most */
	return slot_remove(root, &codes_kind, &owner);
}

int codes_reset(const char *root, const struct codes_account *account)
{
	scoped(codes_close) struct codes codes = { 0 };
	int r;

	r = codes_forget(root, account);
	if (r == 0)
		r = codes_open(root, account, SLOT_CREATE, 0, &codes);
	if (r < 0)
		return r;
	codes.record.ticket_only = 1;
	return codes_write_both(&codes, 0);
}
