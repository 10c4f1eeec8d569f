/* SPDX-License-Identifier: MIT */
/*
 * otp_source_google.c - what google-authenticator keeps for a user: the secret in base32 on the
 * first line, then lines of options that begin with a quotation mark, then its emergency codes.
 */
#include <errno.h>
#include <string.h>

#include <sereno/codes.h>
#include <sereno/scoped.h>

#include "messages.h"
#include "otp_source.h"

#define STEP_STANDARD 30
#define SPARE_DIGITS  8

struct reading {
	struct otp_found *found;
	uint64_t now_step_sec; /* seconds since 1970 */
	bool timed, counted;
};

static const char *read_secret(const char *line, struct otp_token *token)
{
	size_t length = 0;

	if (otp_base32_decode(line, token->secret, sizeof(token->secret), &length) < 0)
		return N_("this is no secret in base32");
	token->secret_length = (uint32_t)length;
	if (length < OTP_SECRET_MIN)
		return N_("the secret is shorter than 80 bits");
	return NULL;
}

/* The steps that were used. Those of codes yet to come are noted, too, where its window is wide. */
static const char *read_used(char *rest, struct reading *reading)
{
	const char *word;
	uint64_t step;

	while ((word = otp_source_word(&rest))) {
		if (otp_source_number(word, UINT32_MAX, &step) < 0)
			return N_("what was used cannot be read");
		if (step > reading->found->used)
			reading->found->used = step;
	}
	return NULL;
}

static const char *read_period(char *rest, struct reading *reading)
{
	const char *word = otp_source_word(&rest);
	uint64_t period;

	if (!word || otp_source_number(word, OTP_PERIOD_MAX, &period) < 0 ||
	    period < OTP_PERIOD_MIN)
		return N_("the period must be 15 to 300 seconds");
	reading->found->token.period_sec = (uint32_t)period;
	return NULL;
}

static const char *read_skew(char *rest, struct reading *reading)
{
	const char *word = otp_source_word(&rest);

	reading->found->clock_is_off = word && strcmp(word, "0") != 0;
	return NULL;
}

static const char *read_timed(char *rest, struct reading *reading)
{
	(void)rest;
	reading->timed = true;
	return NULL;
}

static const char *read_counted(char *rest, struct reading *reading)
{
	(void)rest;
	reading->counted = true;
	return NULL;
}

/* How often one may try, and how many steps are good, is the policy's to say. */
static const char *leave_out(char *rest, struct reading *reading)
{
	(void)rest;
	(void)reading;
	return NULL;
}

static const struct option {
	const char *name;
	const char *(*read)(char *rest, struct reading *reading);
} options[] = {
	{ "TOTP_AUTH", read_timed },	 { "HOTP_COUNTER", read_counted },
	{ "DISALLOW_REUSE", read_used }, { "STEP_SIZE", read_period },
	{ "TIME_SKEW", read_skew },	 { "RESETTING_TIME_SKEW", leave_out },
	{ "RATE_LIMIT", leave_out },	 { "WINDOW_SIZE", leave_out },
};

static const char *read_option(char *rest, struct reading *reading)
{
	const char *name = otp_source_word(&rest);

	if (!name)
		return N_("an option without a name");
	if (strncmp(name, "LAST", 4) == 0) /* logins that went on without a code */
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (strcmp(name, options[i].name) == 0)
			return options[i].read(rest, reading);
	return N_("an option that is not known");
}

static const char *read_line(char *line, struct reading *reading)
{
	if (line[0] == '"')
		return read_option(line + 1, reading);
	if (!*line)
		return NULL;
	if (strlen(line) != SPARE_DIGITS || strspn(line, "0123456789") != SPARE_DIGITS)
		return N_("neither an option nor an emergency code");
	reading->found->n_spare++;
	return NULL;
}

/* What only the whole file tells. */
static const char *judge(const struct reading *reading)
{
	const struct otp_found *found = reading->found;

	if (reading->counted || !reading->timed)
		return N_("it counts events (HOTP): only time-based tokens can be taken");
	if (found->used > reading->now_step_sec / found->token.period_sec + CODES_IMPORT_AHEAD)
		return N_("a code of the far future is noted as used");
	return NULL;
}

static void refuse(struct otp_found *found, unsigned long line, const char *reason)
{
	found->line = line;
	found->refused = reason;
}

int otp_source_google(char *text, int64_t now, struct otp_source *ret)
{
	struct otp_found *found = otp_source_add(ret, 1);
	struct reading reading = { found, now > 0 ? (uint64_t)now : 0, false, false };
	char *line = otp_source_line(&text);
	const char *reason;
	unsigned long number = 1;

	if (!found)
		return -ENOMEM;
	found->token = (struct otp_token){ OTP_SHA1, 6, STEP_STANDARD, 0, { 0 } };
	reason = read_secret(line ? line : "", &found->token);
	while (!reason && (line = otp_source_line(&text))) {
		number++;
		reason = read_line(line, &reading);
	}
	if (!reason) {
		number = 1;
		reason = judge(&reading);
	}
	if (reason)
		refuse(found, number, reason);
	return 0;
}
