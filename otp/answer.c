/* SPDX-License-Identifier: MIT */
/* answer.c - what somebody typed at the prompt for a code. */
#include <sereno/otp.h>

#include <string.h>

#include <sereno/scoped.h>

#include "alphabet.h"

#define TYPED_MAX 64

/* What is left when the separators are gone. */
struct reading {
	char text[OTP_RECOVERY_LENGTH];
	uint32_t length, digits, hyphens;
	bool strange; /* a character of neither kind of code, or too many */
};

static void reading_erase(struct reading *reading)
{
	explicit_bzero(reading, sizeof(*reading));
}

static void read_character(struct reading *reading, char c)
{
	if (c == ' ')
		return;
	if (c == '-') {
		reading->hyphens++;
		return;
	}
	reading->digits += c >= '0' && c <= '9';
	c = alphabet_character(c);
	if (c == '\0' || reading->length == OTP_RECOVERY_LENGTH)
		reading->strange = true;
	else
		reading->text[reading->length++] = c;
}

static enum otp_answer_kind kind_of(const struct reading *reading)
{
	const uint32_t length = reading->length;

	if (reading->strange)
		return OTP_ANSWER_MALFORMED;
	if (length == 0 && reading->hyphens == 0)
		return OTP_ANSWER_EMPTY;
	if (length == OTP_RECOVERY_LENGTH)
		return OTP_ANSWER_RECOVERY;
	if (length < OTP_DIGITS_MIN || length > OTP_DIGITS_MAX || reading->digits != length ||
	    reading->hyphens > 0)
		return OTP_ANSWER_MALFORMED;
	return OTP_ANSWER_CODE;
}

void otp_answer_read(const char *typed, struct otp_answer *ret)
{
	scoped(reading_erase) struct reading reading = { 0 };
	struct otp_answer answer = { .kind = OTP_ANSWER_MALFORMED };
	const size_t length = strnlen(typed, TYPED_MAX + 1);

	for (size_t i = 0; i < length; i++)
		read_character(&reading, typed[i]);
	if (length <= TYPED_MAX)
		answer.kind = kind_of(&reading);
	*ret = answer;
	if (answer.kind == OTP_ANSWER_CODE || answer.kind == OTP_ANSWER_RECOVERY) {
		memcpy(ret->text, reading.text, reading.length);
		ret->length = reading.length;
	}
}

void otp_answer_erase(struct otp_answer *answer)
{
	explicit_bzero(answer, sizeof(*answer));
}

enum otp_answer_kind otp_answer_kind(const char *typed)
{
	scoped(otp_answer_erase) struct otp_answer answer = { 0 };

	otp_answer_read(typed, &answer);
	return answer.kind;
}

const char *otp_answer_flaw(enum otp_answer_kind kind)
{
	switch (kind) {
	case OTP_ANSWER_EMPTY:
		return "empty";
	case OTP_ANSWER_MALFORMED:
		return "malformed";
	case OTP_ANSWER_CODE:
	case OTP_ANSWER_RECOVERY:
		return NULL;
	}
	return "malformed";
}

int64_t otp_refusal_due(int64_t taken, int64_t unit)
{
	return (taken / unit + 1) * unit;
}
