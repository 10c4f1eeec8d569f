/* SPDX-License-Identifier: MIT */
/* otp_source_uri.c - an otpauth:// URI, as it stands behind a QR code (Key URI Format). */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "messages.h"
#include "otp_source.h"

#define SCHEME	    "otpauth://"
#define PERIOD	    30
#define DIGITS	    6
#define URI_BYTES   2048
#define N_ALGORITHM 3

static const char *const algorithms[N_ALGORITHM] = { "SHA1", "SHA256", "SHA512" };

/* What may be said once. */
enum parameter { SECRET, ALGORITHM, DIGIT_COUNT, PERIOD_LENGTH, PARAMETERS };

static const char *const names[PARAMETERS] = { "secret", "algorithm", "digits", "period" };

static int value_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* %3D is = ; in place, as it only becomes shorter. Returns 0 or -EINVAL. */
static int unescape(char *text)
{
	char *to = text;

	for (; *text; text++, to++) {
		*to = *text;
		if (*text != '%')
			continue;
		if (value_of(text[1]) < 0 || value_of(text[2]) < 0)
			return -EINVAL;
		*to = (char)(value_of(text[1]) << 4 | value_of(text[2]));
		if (!*to)
			return -EINVAL;
		text += 2;
	}
	*to = '\0';
	return 0;
}

static const char *read_secret(const char *value, struct otp_token *token)
{
	size_t length = 0;

	if (otp_base32_decode(value, token->secret, sizeof(token->secret), &length) < 0)
		return N_("the secret is not in base32");
	token->secret_length = (uint32_t)length;
	if (length < OTP_SECRET_MIN)
		return N_("the secret is shorter than 80 bits");
	return NULL;
}

static const char *read_algorithm(const char *value, struct otp_token *token)
{
	for (uint32_t i = 0; i < N_ALGORITHM; i++) {
		if (strcasecmp(value, algorithms[i]) != 0)
			continue;
		token->algorithm = i; /* enum otp_algorithm has the same order */
		return NULL;
	}
	return N_("the algorithm must be SHA1, SHA256 or SHA512");
}

static const char *read_count(enum parameter parameter, const char *value, struct otp_token *token)
{
	uint64_t number;

	if (otp_source_number(value, OTP_PERIOD_MAX, &number) < 0)
		return N_("digits and period must be numbers");
	if (parameter == DIGIT_COUNT)
		token->digits = (uint32_t)number;
	else
		token->period_sec = (uint32_t)number;
	return NULL;
}

static const char *read_value(enum parameter parameter, const char *value, struct otp_token *token)
{
	switch (parameter) {
	case SECRET:
		return read_secret(value, token);
	case ALGORITHM:
		return read_algorithm(value, token);
	case DIGIT_COUNT:
	case PERIOD_LENGTH:
		return read_count(parameter, value, token);
	case PARAMETERS:
		break;
	}
	return NULL;
}

/* "name=value". Issuer, colours, pictures: the phone's business. */
static const char *read_parameter(char *text, struct otp_token *token, bool given[PARAMETERS])
{
	char *value = strchr(text, '=');

	if (!value)
		return N_("a parameter without a value");
	*value++ = '\0';
	if (unescape(value) < 0)
		return N_("a character is written wrong behind %");
	for (enum parameter i = 0; i < PARAMETERS; i++) {
		if (strcasecmp(text, names[i]) != 0)
			continue;
		if (given[i])
			return N_("a parameter is given twice");
		given[i] = true;
		return read_value(i, value, token);
	}
	return NULL;
}

static const char *read_query(char *query, struct otp_token *token)
{
	bool given[PARAMETERS] = { false };
	const char *reason = NULL;
	size_t length;
	char *text;

	for (text = query; !reason && *text; text = query) {
		length = strcspn(text, "&");
		query = text + length + (text[length] == '&');
		text[length] = '\0';
		if (length > 0)
			reason = read_parameter(text, token, given);
	}
	if (reason)
		return reason;
	if (!given[SECRET])
		return N_("there is no secret in it");
	if (!otp_token_sound(token))
		return N_("there must be 6 to 8 digits and a period of 15 to 300 seconds");
	return NULL;
}

static const char *read_uri(char *uri, struct otp_token *token)
{
	char *kind = uri + strlen(SCHEME);
	char *query;

	*token = (struct otp_token){ OTP_SHA1, DIGITS, PERIOD, 0, { 0 } };
	if (strlen(uri) > URI_BYTES)
		return N_("it is too long");
	if (strncasecmp(uri, SCHEME, strlen(SCHEME)) != 0)
		return N_("it does not begin with otpauth://");
	if (strncasecmp(kind, "hotp/", 5) == 0)
		return N_("it counts events (HOTP): only time-based tokens can be taken");
	if (strncasecmp(kind, "totp/", 5) != 0)
		return N_("it is no totp URI");
	query = strchr(kind, '?');
	return query ? read_query(query + 1, token) : N_("there is no secret in it");
}

int otp_source_uri(char *text, int64_t now, struct otp_source *ret)
{
	char *line = otp_source_line(&text);
	struct otp_found *found = otp_source_add(ret, 1);
	char *word;

	(void)now;
	if (!found)
		return -ENOMEM;
	word = line ? otp_source_word(&line) : NULL;
	found->refused = word ? read_uri(word, &found->token) : N_("there is nothing to read");
	if (!found->refused && (otp_source_word(&line) || text[strspn(text, " \t\r\n")]))
		found->refused = N_("there is more than one URI");
	return 0;
}
