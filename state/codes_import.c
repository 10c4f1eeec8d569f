/* SPDX-License-Identifier: MIT */
/* codes_import.c - tokens that a user had elsewhere become his here, all or none. */
#include <sereno/codes.h>

#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "codes_record.h"

static bool is_import(const struct codes_import *import, const struct otp_range *range)
{
	return otp_token_sound(import->token) && otp_label_sound(import->label, OTP_LABEL_SIZE) &&
	       import->used <= range->last + CODES_IMPORT_AHEAD;
}

/* The same secret twice would make every code good twice. */
static bool has_secret(const struct codes_record *record, const struct otp_token *token)
{
	for (uint32_t i = 0; i < record->n_tokens; i++) {
		const struct otp_token *other = &record->token[i].token;

		if (other->secret_length == token->secret_length &&
		    memcmp(other->secret, token->secret, token->secret_length) == 0)
			return true;
	}
	return false;
}

/* What the phone shows now may have been used a moment ago, elsewhere. */
static int add_token(struct codes_record *record, const struct codes_import *import, int64_t now,
		     uint32_t window)
{
	const struct otp_range range = otp_range_around(import->token, now, 0, window);
	struct codes_token *token;

	if (!is_import(import, &range))
		return -EINVAL;
	if (codes_find(record, import->label))
		return -EEXIST;
	if (has_secret(record, import->token))
		return -EALREADY;
	if (record->n_tokens == CODES_TOKENS_MAX)
		return -E2BIG;
	token = &record->token[record->n_tokens++];
	memset(token, 0, sizeof(*token));
	token->token = *import->token;
	memcpy(token->label, import->label, strlen(import->label)); /* fits: it is sound */
	token->last_step = import->used > range.last ? import->used : range.last;
	token->enrolled = now;
	record->ticket_only = 1;
	return 0;
}

int codes_import(const char *root, const struct codes_account *account,
		 const struct codes_import *imports, size_t n, uint32_t window, int64_t now)
{
	scoped(codes_close) struct codes codes = { 0 };
	int r;

	if (n == 0 || window > OTP_WINDOW_MAX)
		return -EINVAL;
	r = codes_open(root, account, SLOT_CREATE, now, &codes);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_token(&codes.record, &imports[i], now, window);
	if (r < 0)
		return r;
	return codes_write_both(&codes, now);
}
