/* SPDX-License-Identifier: MIT */
/* otp_source.c - files of other programs: real ones, and such as somebody made up. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <sereno/scoped.h>

#include "otp_source.h"

#define NOW	  1796119200 /* 2026-12-01T10:00:00Z */
#define TEXT_SIZE 4096

/* What a file holds beside its secrets; @code is what another program, oathtool, shows at NOW. */
struct token {
	unsigned long line;
	const char *user, *refused; /* part of the reason */
	const char *code;
	uint64_t used;
	unsigned n_spare;
	bool clock_is_off, has_password;
};

#define ONE(...)            \
	1,                  \
	{                   \
		__VA_ARGS__ \
	}
#define REFUSED(at, reason) ONE({ at, "", reason, NULL, 0, 0, false, false })

static const struct row {
	const char *name;
	otp_source_read *read;
	const char *file; /* of tests/data/otp, or ... */
	const char *text;
	size_t n;
	struct token token[6];
} rows[] = {
	/* clang-format off */
	{ "google-authenticator's own, after a login", otp_source_google, "google-authenticator", NULL,
	  ONE({ 1, "", NULL, "685692", 59845243, 5, false, false }) },
	{ "google-authenticator's own, of 60 seconds, reuse allowed", otp_source_google, "google-authenticator-60s", NULL,
	  ONE({ 1, "", NULL, "806790", 0, 2, false, false }) },
	{ "google-authenticator's own, counting events", otp_source_google, "google-authenticator-hotp", NULL,
	  REFUSED(1, "HOTP") },
	{ "the file that pam_oath wrote", otp_source_oath, "users.oath", NULL,
	  6, { { 2, "ana", NULL, "066073", 59845244, 0, false, false },
	       { 4, "eva", NULL, "65840077", 0, 0, false, false },
	       { 5, "luis", NULL, "150222", 0, 0, false, true },
	       { 6, "luis", NULL, "526698", 0, 0, false, true },
	       { 7, "pepe", "HOTP", NULL, 0, 0, false, false },
	       { 8, "pepe", "HOTP", NULL, 0, 0, false, false } } },

	{ "google: of several steps the greatest", otp_source_google, NULL,
	  "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n\" TOTP_AUTH\n\" DISALLOW_REUSE 59870000 59870003 59870001\n",
	  ONE({ 1, "", NULL, "066073", 59870003, 0, false, false }) },
	{ "google: lines as DOS ends them", otp_source_google, NULL,
	  "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\r\n\" TOTP_AUTH\r\n12345678\r\n",
	  ONE({ 1, "", NULL, "066073", 0, 1, false, false }) },
	{ "google: a phone whose clock is off", otp_source_google, NULL,
	  "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n\" TIME_SKEW 3\n\" TOTP_AUTH\n\" LAST0 10.1.2.3 17\n\" RESETTING_TIME_SKEW\n",
	  ONE({ 1, "", NULL, "066073", 0, 0, true, false }) },
	{ "google: nothing", otp_source_google, NULL, "", REFUSED(1, "no secret in base32") },
	{ "google: a secret alone", otp_source_google, NULL, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n", REFUSED(1, "HOTP") },
	{ "google: both kinds", otp_source_google, NULL,
	  "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n\" TOTP_AUTH\n\" HOTP_COUNTER 4\n", REFUSED(1, "HOTP") },
	{ "google: not base32", otp_source_google, NULL, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQ0JQ\n\" TOTP_AUTH\n", REFUSED(1, "no secret in base32") },
	{ "google: a secret of 72 bits", otp_source_google, NULL, "GEZDGNBVGY3TQOI\n\" TOTP_AUTH\n", REFUSED(1, "80 bits") },
	{ "google: a secret of 65 bytes", otp_source_google, NULL,
	  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n\" TOTP_AUTH\n",
	  REFUSED(1, "no secret in base32") },
	{ "google: an option nobody knows", otp_source_google, NULL,
	  "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n\" TOTP_AUTH\n\" DIGITS 8\n", REFUSED(3, "option that is not known") },
	{ "google: an option without a name", otp_source_google, NULL,
	  "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n\"\n", REFUSED(2, "without a name") },
	{ "google: used at the end of time", otp_source_google, NULL,
	  "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n\" TOTP_AUTH\n\" DISALLOW_REUSE 4294967295\n", REFUSED(1, "far future") },
	{ "google: used, but no number", otp_source_google, NULL,
	  "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n\" TOTP_AUTH\n\" DISALLOW_REUSE -1\n", REFUSED(3, "cannot be read") },
	{ "google: a period of a second", otp_source_google, NULL,
	  "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n\" STEP_SIZE 1\n\" TOTP_AUTH\n", REFUSED(2, "15 to 300") },
	{ "google: a code of nine digits", otp_source_google, NULL,
	  "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n\" TOTP_AUTH\n123456789\n", REFUSED(3, "neither an option") },

	{ "oath: nothing but comments", otp_source_oath, NULL, "# HOTP/T30 ana - 00112233445566778899\n\n  # x\n", 0, { { 0 } } },
	{ "oath: 80 bits, in either case", otp_source_oath, NULL, "  HOTP/T30 ana - 313233343536373839AB\n",
	  ONE({ 1, "ana", NULL, NULL, 0, 0, false, false }) },
	{ "oath: the last one used in the hour to come", otp_source_oath, NULL,
	  "HOTP/T30 ana - 3132333435363738393031323334353637383930 0 066073 2026-12-01T09:58:00L\n",
	  ONE({ 1, "ana", NULL, "066073", 59870640, 0, false, false }) },
	{ "oath: the last one used is none of its codes", otp_source_oath, NULL,
	  "HOTP/T30 ana - 3132333435363738393031323334353637383930 0 000000 2026-12-01T09:58:00L\n",
	  ONE({ 1, "ana", NULL, "066073", 0, 0, false, false }) },
	{ "oath: used in a year", otp_source_oath, NULL,
	  "HOTP/T30 ana - 3132333435363738393031323334353637383930 0 066073 2027-12-01T09:58:00L\n",
	  ONE({ 1, "ana", "far future", NULL, 0, 0, false, false }) },
	{ "oath: no time", otp_source_oath, NULL,
	  "HOTP/T30 ana - 3132333435363738393031323334353637383930 0 066073\n",
	  ONE({ 1, "ana", "the time of the last code", NULL, 0, 0, false, false }) },
	{ "oath: a last code of seven digits", otp_source_oath, NULL,
	  "HOTP/T30 ana - 3132333435363738393031323334353637383930 0 0660731 2026-12-01T09:58:00L\n",
	  ONE({ 1, "ana", "the last code", NULL, 0, 0, false, false }) },
	{ "oath: another file", otp_source_oath, NULL, "root:x:0:0:root:/root:/bin/bash\n", ONE({ 1, "", "no line of a usersfile", NULL, 0, 0, false, false }) },
	{ "oath: a form feed", otp_source_oath, NULL, "\f\n", ONE({ 1, "", "no line of a usersfile", NULL, 0, 0, false, false }) },
	{ "oath: a word", otp_source_oath, NULL, "HOTP/T30\n", ONE({ 1, "", "a word is missing", NULL, 0, 0, false, false }) },
	{ "oath: three words", otp_source_oath, NULL, "HOTP/T30 ana -\n", ONE({ 1, "ana", "a word is missing", NULL, 0, 0, false, false }) },
	{ "oath: an odd key", otp_source_oath, NULL, "HOTP/T30 ana - 313233343536373839012\n", ONE({ 1, "ana", "hexadecimal", NULL, 0, 0, false, false }) },
	{ "oath: a key with a letter too many", otp_source_oath, NULL, "HOTP/T30 ana - 3132333435363738390g\n", ONE({ 1, "ana", "hexadecimal", NULL, 0, 0, false, false }) },
	{ "oath: a key of 72 bits", otp_source_oath, NULL, "HOTP/T30 ana - 313233343536373839\n", ONE({ 1, "ana", "80 bits", NULL, 0, 0, false, false }) },
	{ "oath: nine digits", otp_source_oath, NULL, "HOTP/T30/9 ana - 31323334353637383940\n", ONE({ 1, "ana", "6 to 8 digits", NULL, 0, 0, false, false }) },
	{ "oath: no period", otp_source_oath, NULL, "HOTP/T ana - 31323334353637383940\n", ONE({ 1, "ana", "15 to 300", NULL, 0, 0, false, false }) },
	{ "oath: a period of many digits", otp_source_oath, NULL, "HOTP/T30000000000000000000000/6 ana - 31323334353637383940\n", ONE({ 1, "ana", "kind of token", NULL, 0, 0, false, false }) },
	{ "oath: a kind with a tail", otp_source_oath, NULL, "HOTP/T30/6/x ana - 31323334353637383940\n", ONE({ 1, "ana", "6 to 8 digits", NULL, 0, 0, false, false }) },

	{ "uri: as short as can be", otp_source_uri, NULL, "otpauth://totp/ana?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n",
	  ONE({ 1, "", NULL, "066073", 0, 0, false, false }) },
	{ "uri: all of it, escaped", otp_source_uri, NULL,
	  "OTPAUTH://TOTP/A%20B:ana?SECRET=gezdgnbvgy3tqojqgezdgnbvgy3tqojqgezdgnbvgy3tqojqgeza%3D%3D%3D%3d&issuer=A%20B&algorithm=sha1&digits=8&period=30&image=x",
	  ONE({ 1, "", NULL, "65840077", 0, 0, false, false }) },
	{ "uri: nothing", otp_source_uri, NULL, "", REFUSED(1, "nothing to read") },
	{ "uri: blanks", otp_source_uri, NULL, "  \t\n", REFUSED(1, "nothing to read") },
	{ "uri: a page of the web", otp_source_uri, NULL, "https://totp/ana?secret=GEZDGNBVGY3TQOJQ", REFUSED(1, "otpauth://") },
	{ "uri: many at once, as phones export them", otp_source_uri, NULL, "otpauth-migration://offline?data=CjEK", REFUSED(1, "otpauth://") },
	{ "uri: of events", otp_source_uri, NULL, "otpauth://hotp/ana?secret=GEZDGNBVGY3TQOJQ&counter=1", REFUSED(1, "HOTP") },
	{ "uri: of steam", otp_source_uri, NULL, "otpauth://steam/ana?secret=GEZDGNBVGY3TQOJQ", REFUSED(1, "no totp URI") },
	{ "uri: no question", otp_source_uri, NULL, "otpauth://totp/ana", REFUSED(1, "no secret in it") },
	{ "uri: no secret", otp_source_uri, NULL, "otpauth://totp/ana?issuer=x&", REFUSED(1, "no secret in it") },
	{ "uri: two secrets", otp_source_uri, NULL, "otpauth://totp/ana?secret=GEZDGNBVGY3TQOJQ&secret=GEZDGNBVGY3TQOJQ", REFUSED(1, "twice") },
	{ "uri: a secret of 72 bits", otp_source_uri, NULL, "otpauth://totp/ana?secret=GEZDGNBVGY3TQOI", REFUSED(1, "80 bits") },
	{ "uri: md5", otp_source_uri, NULL, "otpauth://totp/ana?secret=GEZDGNBVGY3TQOJQ&algorithm=MD5", REFUSED(1, "SHA1, SHA256 or SHA512") },
	{ "uri: five digits", otp_source_uri, NULL, "otpauth://totp/ana?secret=GEZDGNBVGY3TQOJQ&digits=5", REFUSED(1, "6 to 8 digits") },
	{ "uri: digits that are none", otp_source_uri, NULL, "otpauth://totp/ana?secret=GEZDGNBVGY3TQOJQ&digits=%36x", REFUSED(1, "numbers") },
	{ "uri: no period at all", otp_source_uri, NULL, "otpauth://totp/ana?secret=GEZDGNBVGY3TQOJQ&period=0", REFUSED(1, "period") },
	{ "uri: half a percent", otp_source_uri, NULL, "otpauth://totp/ana?secret=GEZDGNBVGY3TQOJQ&x=%4", REFUSED(1, "behind %") },
	{ "uri: a hidden end", otp_source_uri, NULL, "otpauth://totp/ana?secret=GEZDGNBV%00GY3TQOJQ", REFUSED(1, "behind %") },
	{ "uri: no value", otp_source_uri, NULL, "otpauth://totp/ana?secret", REFUSED(1, "without a value") },
	{ "uri: two of them", otp_source_uri, NULL, "otpauth://totp/ana?secret=GEZDGNBVGY3TQOJQ\notpauth://totp/eva?secret=GEZDGNBVGY3TQOJQ\n", REFUSED(1, "more than one") },
	/* clang-format on */
};

static void read_row(const struct row *row, char text[static TEXT_SIZE])
{
	scoped_file FILE *file = NULL;
	char path[256];
	size_t length;

	if (!row->file) {
		(void)snprintf(text, TEXT_SIZE, "%s", row->text);
		return;
	}
	(void)snprintf(path, sizeof(path), "tests/data/otp/%s", row->file);
	file = fopen(path, "re");
	assert_non_null(file);
	length = fread(text, 1, TEXT_SIZE - 1, file);
	text[length] = '\0';
}

static void assert_token(const struct otp_found *found, const struct token *wanted)
{
	char code[OTP_CODE_SIZE];

	assert_int_equal(found->line, wanted->line);
	assert_string_equal(found->user, wanted->user);
	if (wanted->refused) {
		assert_non_null(found->refused);
		if (!strstr(found->refused, wanted->refused))
			fail_msg("refused for '%s', not '%s'", found->refused, wanted->refused);
		return;
	}
	if (found->refused)
		fail_msg("refused: %s", found->refused);
	assert_true(otp_token_sound(&found->token));
	assert_int_equal(found->used, wanted->used);
	assert_int_equal(found->n_spare, wanted->n_spare);
	assert_int_equal(found->clock_is_off, wanted->clock_is_off);
	assert_int_equal(found->has_password, wanted->has_password);
	if (!wanted->code)
		return;
	assert_int_equal(otp_code(&found->token, otp_step(&found->token, NOW), code), 0);
	assert_string_equal(code, wanted->code);
}

static void check_row(void **state)
{
	const struct row *row = *state;
	scoped(otp_source_clear) struct otp_source source = { 0 };
	char text[TEXT_SIZE];

	read_row(row, text);
	assert_int_equal(row->read(text, NOW, &source), 0);
	assert_int_equal(source.n, row->n);
	for (size_t i = 0; i < row->n; i++)
		assert_token(&source.found[i], &row->token[i]);
}

/* Whatever the bytes are: what is not refused is within bounds. */
static void read_anything(otp_source_read *read, const char *bytes, size_t length)
{
	scoped(otp_source_clear) struct otp_source source = { 0 };
	scoped_free char *text = malloc(length + 1); /* of its own, for the address sanitizer */

	assert_non_null(text);
	memcpy(text, bytes, length);
	text[length] = '\0';
	assert_int_equal(read(text, NOW, &source), 0);
	for (size_t i = 0; i < source.n; i++)
		if (!source.found[i].refused)
			assert_true(otp_token_sound(&source.found[i].token));
}

static void cut_short_at_every_byte(void **state)
{
	char text[TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		read_row(&rows[i], text);
		for (size_t length = 0; length <= strlen(text); length++)
			read_anything(rows[i].read, text, length);
	}
}

static void every_byte_another(void **state)
{
	static const char others[] = "\x01\xff\n \"/%=&0";
	char text[TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		read_row(&rows[i], text);
		for (size_t at = 0; text[at]; at++) {
			const char was = text[at];

			for (size_t j = 0; others[j]; j++) {
				text[at] = others[j];
				read_anything(rows[i].read, text, strlen(text));
			}
			text[at] = was;
		}
	}
}

static void many_lines(void **state)
{
	static const char line[] = "HOTP/T30 ana - 31323334353637383940\n";
	scoped(otp_source_clear) struct otp_source source = { 0 };
	scoped_free char *text = malloc(20000 * sizeof(line));

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < 20000; i++)
		memcpy(text + i * (sizeof(line) - 1), line, sizeof(line));
	assert_int_equal(otp_source_oath(text, NOW, &source), 0);
	assert_int_equal(source.n, 20000);
	assert_int_equal(source.found[19999].line, 20000);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 3] = {
		cmocka_unit_test(cut_short_at_every_byte),
		cmocka_unit_test(every_byte_another),
		cmocka_unit_test(many_lines),
	};

	if (setenv("TZ", "UTC", 1) < 0)
		return 1;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i + 3] = (struct CMUnitTest){ .name = rows[i].name,
						    .test_func = check_row,
						    .initial_state = (void *)(uintptr_t)&rows[i] };
	return cmocka_run_group_tests_name("tokens of other programs", tests, NULL, NULL);
}
