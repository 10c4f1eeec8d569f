/* SPDX-License-Identifier: MIT */
/*
 * otp_source_oath.c - oath-toolkit's usersfile: a token a line, "HOTP/T30/6 user password hexkey",
 * and behind that a counter, the last code that was used and the local time of that.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include <sereno/codes.h>

#include "messages.h"
#include "otp_source.h"

#define DIGITS_STANDARD 6
#define HOUR_SEC	3600
#define WINDOW_SEC	3600 /* how far ahead of its clock that program may have looked */

/* "HOTP/T30", "HOTP/T60/8": SHA-1 by definition. */
static const char *read_type(const char *type, struct otp_token *token)
{
	const char *period = type + strlen("HOTP/T");
	char digits[8] = "";
	char number[8] = "";
	size_t length;
	uint64_t value;

	*token = (struct otp_token){ OTP_SHA1, DIGITS_STANDARD, 0, 0, { 0 } };
	if (strncmp(type, "HOTP", 4) != 0)
		return N_("this is no line of a usersfile");
	if (strncmp(type, "HOTP/T", 6) != 0)
		return N_("it counts events (HOTP): only time-based tokens can be taken");
	length = strcspn(period, "/");
	if (length >= sizeof(number) || strlen(period + length) >= sizeof(digits))
		return N_("the kind of token cannot be read");
	memcpy(number, period, length);
	memcpy(digits, period + length, strlen(period + length));
	if (otp_source_number(number, OTP_PERIOD_MAX, &value) < 0 || value < OTP_PERIOD_MIN)
		return N_("the period must be 15 to 300 seconds");
	token->period_sec = (uint32_t)value;
	if (!digits[0])
		return NULL;
	if (otp_source_number(digits + 1, OTP_DIGITS_MAX, &value) < 0 || value < OTP_DIGITS_MIN)
		return N_("there must be 6 to 8 digits");
	token->digits = (uint32_t)value;
	return NULL;
}

/* -1: none of the 16. */
static int value_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static const char *read_key(const char *text, struct otp_token *token)
{
	const size_t length = strlen(text);

	if (length % 2 != 0 || length / 2 > OTP_SECRET_MAX)
		return N_("the key is no hexadecimal number of up to 64 bytes");
	if (length / 2 < OTP_SECRET_MIN)
		return N_("the key is shorter than 80 bits");
	for (size_t i = 0; i < length; i += 2) {
		const int high = value_of(text[i]), low = value_of(text[i + 1]);

		if (high < 0 || low < 0)
			return N_("the key is no hexadecimal number of up to 64 bytes");
		token->secret[i / 2] = (uint8_t)(high << 4 | low);
	}
	token->secret_length = (uint32_t)(length / 2);
	return NULL;
}

/* "2026-03-02T09:12:41L" */
static int read_time(const char *text, int64_t *ret)
{
	struct tm civil = { .tm_isdst = -1 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &civil);
	time_t time;

	if (!end || strcmp(end, "L") != 0)
		return -EINVAL;
	time = mktime(&civil);
	if (time < 0)
		return -EINVAL;
	*ret = time;
	return 0;
}

/* The code that was used last is looked for in the steps around the time it was used at, which an
 * hour may stand for twice: what comes later than now is what matters. */
static const char *read_used(const char *code, const char *when, int64_t now,
			     struct otp_found *found)
{
	const struct otp_token *token = &found->token;
	enum otp_match match = OTP_WRONG;
	struct otp_range range = { 0 };
	uint64_t step = 0;
	int64_t used;

	if (strlen(code) != token->digits || strspn(code, "0123456789") != token->digits)
		return N_("the last code cannot be read");
	if (!when || read_time(when, &used) < 0)
		return N_("the time of the last code cannot be read");
	if (used > now + HOUR_SEC)
		return N_("a code of the far future is noted as used");
	range.first = otp_step(token, used > 2 * HOUR_SEC ? used - 2 * HOUR_SEC : 0);
	range.last = otp_step(token, used + HOUR_SEC + WINDOW_SEC);
	if (otp_search(token, &range, code, &match, &step) == 0 && match == OTP_RIGHT)
		found->used = step;
	return NULL;
}

static const char *read_words(char *line, int64_t now, struct otp_found *found)
{
	const char *type = otp_source_word(&line);
	const char *user = otp_source_word(&line);
	const char *password = otp_source_word(&line);
	const char *key = otp_source_word(&line);
	const char *counter = otp_source_word(&line);
	const char *code = otp_source_word(&line);
	const char *reason;

	if (user && strlen(user) < sizeof(found->user))
		memcpy(found->user, user, strlen(user) + 1);
	reason = type ? read_type(type, &found->token) : N_("this is no line of a usersfile");
	if (reason)
		return reason;
	if (!key)
		return N_("a word is missing: the kind, the user, a password or -, the key");
	if (!found->user[0])
		return N_("the name of the user is too long");
	found->has_password = strcmp(password, "-") != 0 && strcmp(password, "+") != 0;
	reason = read_key(key, &found->token);
	if (reason || !counter || !code)
		return reason;
	return read_used(code, otp_source_word(&line), now, found);
}

int otp_source_oath(char *text, int64_t now, struct otp_source *ret)
{
	struct otp_found *found;
	unsigned long number = 0;
	char *line;

	while ((line = otp_source_line(&text))) {
		number++;
		line += strspn(line, " \t");
		if (!*line || *line == '#')
			continue;
		found = otp_source_add(ret, number);
		if (!found)
			return -ENOMEM;
		found->refused = read_words(line, now, found);
	}
	return 0;
}
