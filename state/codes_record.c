/* SPDX-License-Identifier: MIT */
/* codes_record.c - a user's tokens and recovery codes: open, checked, written, and made to pay when
 * damaged. */
#include "codes_record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sereno/scoped.h>
#include <sereno/seal.h>

const struct slot_kind codes_kind = {
	.directory = "codes",
	.format = 1,
	.payload_size = sizeof(struct codes_record),
	.seal = &host_seal,
};

static bool is_text(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

static bool is_sound_token(const struct codes_token *token)
{
	return otp_token_sound(&token->token) && otp_label_sound(token->label, OTP_LABEL_SIZE) &&
	       token->drift >= -CODES_RESYNC_STEPS && token->drift <= CODES_RESYNC_STEPS;
}

static bool is_sound(const struct codes_record *record)
{
	if (record->n_tokens > CODES_TOKENS_MAX || record->n_recovery > OTP_RECOVERY_MAX ||
	    !is_text(record->recovery_setting, OTP_SETTING_SIZE) ||
	    !is_text(record->ticket.setting, OTP_SETTING_SIZE) ||
	    !is_text(record->ticket.hash.text, OTP_HASH_SIZE))
		return false;
	for (uint32_t i = 0; i < record->n_recovery; i++)
		if (!is_text(record->recovery[i].text, OTP_HASH_SIZE))
			return false;
	for (uint32_t i = 0; i < record->n_tokens; i++)
		if (!is_sound_token(&record->token[i]))
			return false;
	return true;
}

static int read_record(const char *root, const struct codes_account *account,
		       enum slot_missing missing, struct codes *codes)
{
	char name[16];
	const struct slot_owner owner = { name, account->user, account->uid };
	enum slot_state state;
	int r;

	(void)snprintf(name, sizeof(name), "%u", account->uid); /* ten digits at most */
	r = slot_open(root, &codes_kind, &owner, missing, &codes->file);
	if (r == 0)
		r = slot_read(codes->file, &codes->record, &state);
	if (r == 0 && !is_sound(&codes->record))
		r = -EBADMSG;
	if (r == 0)
		codes->fell_back = state == SLOT_FELL_BACK;
	return r;
}

/* The write that was lost may have used up a code a phone showed ahead of time, or a recovery code,
 * or the ticket. */
void codes_pay(struct codes_record *record, int64_t now)
{
	for (uint32_t i = 0; i < record->n_tokens; i++) {
		struct codes_token *token = &record->token[i];
		const struct otp_range range =
			otp_range_around(&token->token, now, token->drift, OTP_WINDOW_MAX);

		if (token->last_step < range.last)
			token->last_step = range.last;
	}
	record->recovery_void = record->n_recovery > 0;
	explicit_bzero(record->recovery, sizeof(record->recovery));
	explicit_bzero(&record->ticket, sizeof(record->ticket));
	record->ticket_only = 1;
}

int codes_open(const char *root, const struct codes_account *account, enum slot_missing missing,
	       int64_t now, struct codes *ret)
{
	int r;

	r = read_record(root, account, missing, ret);
	if (r < 0 || !ret->fell_back)
		return r;
	codes_pay(&ret->record, now);
	return codes_write(ret, now);
}

int codes_peek(const char *root, const struct codes_account *account, struct codes *ret)
{
	return read_record(root, account, SLOT_MUST_EXIST, ret);
}

void codes_close(struct codes *codes)
{
	slot_close(take(codes->file, NULL));
	explicit_bzero(codes, sizeof(*codes));
}

int codes_write(struct codes *codes, int64_t now)
{
	codes->record.latest = codes_time(&codes->record, now);
	return slot_write(codes->file, &codes->record, SLOT_DURABLE);
}

int codes_write_both(struct codes *codes, int64_t now)
{
	int r;

	r = codes_write(codes, now);
	return r < 0 ? r : slot_write(codes->file, &codes->record, SLOT_DURABLE);
}

uint32_t codes_recovery_left(const struct codes_record *record)
{
	uint32_t left = 0;

	for (uint32_t i = 0; i < record->n_recovery; i++)
		left += record->recovery[i].text[0] != '\0';
	return left;
}

struct codes_token *codes_find(struct codes_record *record, const char *label)
{
	for (uint32_t i = 0; i < record->n_tokens; i++)
		if (strcmp(record->token[i].label, label) == 0)
			return &record->token[i];
	return NULL;
}

int64_t codes_time(const struct codes_record *record, int64_t now)
{
	return now > record->latest ? now : record->latest;
}

enum codes_door codes_door_of(const struct codes_record *record, uint32_t within_sec, int64_t now,
			      int64_t *ret_until)
{
	if (record->n_tokens > 0)
		return CODES_DOOR_ENROLLED;
	if (record->ticket_only || record->needed == 0 ||
	    codes_time(record, now) - record->needed >= (int64_t)within_sec)
		return CODES_DOOR_TICKET;
	*ret_until = record->needed + (int64_t)within_sec;
	return CODES_DOOR_OPEN;
}
