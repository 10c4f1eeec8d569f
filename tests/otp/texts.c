/* SPDX-License-Identifier: MIT */
/* texts.c - tests: base32, URIs, what was typed, recovery codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include <sereno/otp.h>
#include <sereno/scoped.h>

struct base32 {
	const char *name, *text;
	int expected;	   /* of decoding */
	const char *bytes; /* decoded */
	const char *again; /* encoded */
};

/* clang-format off */
static const struct base32 base32s[] = {
	{ "f",                 "MY======",         0, "f",      "MY" },
	{ "fo",                "MZXQ====",         0, "fo",     "MZXQ" },
	{ "foo",               "MZXW6===",         0, "foo",    "MZXW6" },
	{ "foob",              "MZXW6YQ=",         0, "foob",   "MZXW6YQ" },
	{ "fooba",             "MZXW6YTB",         0, "fooba",  "MZXW6YTB" },
	{ "foobar",            "MZXW6YTBOI======", 0, "foobar", "MZXW6YTBOI" },
	{ "without padding",   "MZXW6YTBOI",       0, "foobar", "MZXW6YTBOI" },
	{ "lower case, groups", "mzxw 6ytb-oi",    0, "foobar", "MZXW6YTBOI" },
	{ "bits left over",    "MZ",               0, "f",      "MY" },
	{ "empty",             "",           -EINVAL, NULL, NULL },
	{ "only padding",      "====",       -EINVAL, NULL, NULL },
	{ "one digit",         "M",          -EINVAL, NULL, NULL },
	{ "three digits",      "MZX",        -EINVAL, NULL, NULL },
	{ "six digits",        "MZXW6Y",     -EINVAL, NULL, NULL },
	{ "too little padding", "MY=====",   -EINVAL, NULL, NULL },
	{ "too much padding",  "MY=======",  -EINVAL, NULL, NULL },
	{ "padding inside",    "MY==MY==",   -EINVAL, NULL, NULL },
	{ "digit 0",           "MZXW6YT0",   -EINVAL, NULL, NULL },
	{ "digit 1",           "MZXW6YT1",   -EINVAL, NULL, NULL },
	{ "digit 8",           "MZXW6YT8",   -EINVAL, NULL, NULL },
	{ "a tab",             "MZXW\t6YTB", -EINVAL, NULL, NULL },
	{ "not ASCII",         "MZXW6YT\xc3\x84", -EINVAL, NULL, NULL },
	{ "too long",          "MZXW6YTBOIMZXW6YTBOI", -ENOBUFS, NULL, NULL },
};
/* clang-format on */

static void base32_row(void **state)
{
	const struct base32 *row = *state;
	uint8_t bytes[8] = { 0 };
	char text[OTP_BASE32_SIZE];
	size_t length = 99;

	assert_int_equal(otp_base32_decode(row->text, bytes, sizeof(bytes), &length),
			 row->expected);
	if (row->expected < 0) {
		assert_int_equal(length, 99);
		for (size_t i = 0; i < sizeof(bytes); i++)
			assert_int_equal(bytes[i], 0);
		return;
	}
	assert_int_equal(length, strlen(row->bytes));
	assert_memory_equal(bytes, row->bytes, length);
	assert_int_equal(otp_base32_encode(bytes, length, text, sizeof(text)), 0);
	assert_string_equal(text, row->again);
	assert_int_equal(otp_base32_encode(bytes, length, text, strlen(row->again)), -ENOBUFS);
}

static void base32_all_lengths(void **state)
{
	uint8_t bytes[OTP_SECRET_MAX], back[OTP_SECRET_MAX];
	char text[OTP_BASE32_SIZE];
	size_t length;

	(void)state;
	for (size_t n = 1; n <= OTP_SECRET_MAX; n++) {
		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)(n * 37 + i * 101);
		assert_int_equal(otp_base32_encode(bytes, n, text, sizeof(text)), 0);
		assert_int_equal(strlen(text), (n * 8 + 4) / 5);
		assert_int_equal(otp_base32_decode(text, back, sizeof(back), &length), 0);
		assert_int_equal(length, n);
		assert_memory_equal(back, bytes, n);
	}
}

struct typed {
	const char *name, *typed;
	enum otp_answer_kind kind;
	const char *text;
};

/* clang-format off */
static const struct typed typeds[] = {
	{ "six digits",            "123456",           OTP_ANSWER_CODE,      "123456" },
	{ "eight digits",          "01234567",         OTP_ANSWER_CODE,      "01234567" },
	{ "spaces around",         "  123456 ",        OTP_ANSWER_CODE,      "123456" },
	{ "spaces inside",         "123 456",          OTP_ANSWER_CODE,      "123456" },
	{ "empty",                 "",                 OTP_ANSWER_EMPTY,     "" },
	{ "only spaces",           "    ",             OTP_ANSWER_EMPTY,     "" },
	{ "five digits",           "12345",            OTP_ANSWER_MALFORMED, "" },
	{ "nine digits",           "123456789",        OTP_ANSWER_MALFORMED, "" },
	{ "a sign",                "+12345",           OTP_ANSWER_MALFORMED, "" },
	{ "a minus",               "-123456",          OTP_ANSWER_MALFORMED, "" },
	{ "a hyphen in a code",    "123-456",          OTP_ANSWER_MALFORMED, "" },
	{ "only hyphens",          "---",              OTP_ANSWER_MALFORMED, "" },
	{ "hexadecimal",           "0x1234",           OTP_ANSWER_MALFORMED, "" },
	{ "letters that look so",  "l23456",           OTP_ANSWER_MALFORMED, "" },
	{ "a line end",            "123456\n",         OTP_ANSWER_MALFORMED, "" },
	{ "a tab",                 "123456\t",         OTP_ANSWER_MALFORMED, "" },
	{ "digits not of ASCII",   "\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4\xd9\xa5\xd9\xa6", OTP_ANSWER_MALFORMED, "" },
	{ "full width digits",     "\xef\xbc\x91\xef\xbc\x92", OTP_ANSWER_MALFORMED, "" },
	{ "what sshd sends",       "\b\n\r\177INCORRECT", OTP_ANSWER_MALFORMED, "" },
	{ "a recovery code",       "0a5k-m9q2-7rtz",   OTP_ANSWER_RECOVERY,  "0a5km9q27rtz" },
	{ "without hyphens",       "0a5km9q27rtz",     OTP_ANSWER_RECOVERY,  "0a5km9q27rtz" },
	{ "in capitals",           "0A5K M9Q2 7RTZ",   OTP_ANSWER_RECOVERY,  "0a5km9q27rtz" },
	{ "o, i, l",               "Oi5k-l9q2-7rtz",   OTP_ANSWER_RECOVERY,  "015k19q27rtz" },
	{ "twelve digits",         "1234-5678-9012",   OTP_ANSWER_RECOVERY,  "123456789012" },
	{ "a u",                   "0u5k-m9q2-7rtz",   OTP_ANSWER_MALFORMED, "" },
	{ "eleven characters",     "0a5k-m9q2-7rt",    OTP_ANSWER_MALFORMED, "" },
	{ "thirteen characters",   "0a5k-m9q2-7rtzz",  OTP_ANSWER_MALFORMED, "" },
	{ "a password",            "correct horse battery", OTP_ANSWER_MALFORMED, "" },
	{ "64 bytes", "                                                          123456", OTP_ANSWER_CODE, "123456" },
	{ "65 bytes", "                                                           123456", OTP_ANSWER_MALFORMED, "" },
};
/* clang-format on */

static void typed_row(void **state)
{
	const struct typed *row = *state;
	struct otp_answer answer;

	otp_answer_read(row->typed, &answer);
	assert_int_equal(answer.kind, row->kind);
	assert_string_equal(answer.text, row->text);
	assert_int_equal(answer.length, strlen(row->text));
	assert_int_equal(otp_answer_kind(row->typed), row->kind);
	assert_int_equal(!otp_answer_flaw(row->kind), row->text[0] != '\0');
}

struct uri {
	const char *name, *issuer, *person;
	enum otp_algorithm algorithm;
	uint32_t digits, period_sec;
	const char *expected; /* NULL: -EINVAL */
};

/* clang-format off */
static const struct uri uris[] = {
	{ "plain", "DACARTEC", "ana", OTP_SHA1, 6, 30,
	  "otpauth://totp/DACARTEC:ana?secret=GEZDGNBVGY3TQOJQ&issuer=DACARTEC" },
	{ "nothing is a default", "DACARTEC", "ana", OTP_SHA256, 8, 60,
	  "otpauth://totp/DACARTEC:ana?secret=GEZDGNBVGY3TQOJQ&issuer=DACARTEC&algorithm=SHA256&digits=8&period=60" },
	{ "SHA512", "D", "a", OTP_SHA512, 7, 30,
	  "otpauth://totp/D:a?secret=GEZDGNBVGY3TQOJQ&issuer=D&algorithm=SHA512&digits=7" },
	{ "no issuer", "", "ana", OTP_SHA1, 6, 30, "otpauth://totp/ana?secret=GEZDGNBVGY3TQOJQ" },
	{ "space, @, &, ?, #, /, %, +", "A & B", "a@h?#/%+", OTP_SHA1, 6, 30,
	  "otpauth://totp/A%20%26%20B:a%40h%3F%23%2F%25%2B?secret=GEZDGNBVGY3TQOJQ&issuer=A%20%26%20B" },
	{ "UTF-8", "Mu\xc3\xb1oz", "jos\xc3\xa9", OTP_SHA1, 6, 30,
	  "otpauth://totp/Mu%C3%B1oz:jos%C3%A9?secret=GEZDGNBVGY3TQOJQ&issuer=Mu%C3%B1oz" },
	{ "colon in the issuer", "A:B", "ana", OTP_SHA1, 6, 30, NULL },
	{ "colon in the person", "A", "an:a", OTP_SHA1, 6, 30, NULL },
	{ "no person", "A", "", OTP_SHA1, 6, 30, NULL },
	{ "a line end", "A", "ana\n", OTP_SHA1, 6, 30, NULL },
	{ "DEL", "A\x7f", "ana", OTP_SHA1, 6, 30, NULL },
	{ "a C1 control", "A\xc2\x85", "ana", OTP_SHA1, 6, 30, NULL },
	{ "broken UTF-8", "A\xc3", "ana", OTP_SHA1, 6, 30, NULL },
	{ "overlong UTF-8", "A\xc0\xaf", "ana", OTP_SHA1, 6, 30, NULL },
	{ "overlong of three", "A\xe0\x80\xaf", "ana", OTP_SHA1, 6, 30, NULL },
	{ "a surrogate", "A\xed\xa0\x80", "ana", OTP_SHA1, 6, 30, NULL },
	{ "beyond Unicode", "A\xf4\x90\x80\x80", "ana", OTP_SHA1, 6, 30, NULL },
	{ "a direction mark", "A\xe2\x80\xae", "ana", OTP_SHA1, 6, 30, NULL },
	{ "an issuer too long", "12345678901234567890123456789012345678901234567890123456789012345", "a",
	  OTP_SHA1, 6, 30, NULL },
	{ "nine digits", "A", "ana", OTP_SHA1, 9, 30, NULL },
};
/* clang-format on */

static void uri_row(void **state)
{
	const struct uri *row = *state;
	const struct otp_token token = { row->algorithm, row->digits, row->period_sec, 10,
					 "1234567890" };
	char uri[OTP_URI_SIZE];

	memset(uri, 'x', sizeof(uri));
	if (!row->expected) {
		assert_int_equal(otp_uri(&token, row->issuer, row->person, uri, sizeof(uri)),
				 -EINVAL);
		return;
	}
	assert_int_equal(otp_uri(&token, row->issuer, row->person, uri, sizeof(uri)), 0);
	assert_string_equal(uri, row->expected);
	for (size_t size = 0; size <= strlen(row->expected); size++)
		assert_int_equal(otp_uri(&token, row->issuer, row->person, uri, size), -ENOBUFS);
	assert_int_equal(otp_uri(&token, row->issuer, row->person, uri, strlen(row->expected) + 1),
			 0);
}

/* The longest that is allowed fits into OTP_URI_SIZE. */
static void longest_uri(void **state)
{
	struct otp_token token;
	char issuer[OTP_ISSUER_SIZE] = { 0 }, person[OTP_PERSON_SIZE] = { 0 }, uri[OTP_URI_SIZE];

	(void)state;
	memset(issuer, '&', sizeof(issuer) - 1);
	memset(person, '@', sizeof(person) - 1);
	assert_int_equal(otp_token_new(OTP_SHA512, 8, 300, &token), 0);
	assert_int_equal(otp_uri(&token, issuer, person, uri, sizeof(uri)), 0);
}

static void secret_in_groups(void **state)
{
	const struct otp_token token = { OTP_SHA1, 6, 30, 20, "12345678901234567890" };
	char text[OTP_SECRET_TEXT_SIZE];

	(void)state;
	assert_int_equal(otp_secret_text(&token, text, sizeof(text)), 0);
	assert_string_equal(text, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
	assert_int_equal(otp_secret_text(&token, text, 39), -ENOBUFS);
	assert_int_equal(otp_secret_text(&token, text, 40), 0);
}

static void recovery_codes(void **state)
{
	char one[OTP_RECOVERY_SIZE], other[OTP_RECOVERY_SIZE];
	char setting[OTP_SETTING_SIZE], salt[OTP_SETTING_SIZE];
	struct otp_hash hash = { "" }, same = { "" }, different = { "" };
	const struct otp_hash none = { "" };
	struct otp_answer answer, typed;

	(void)state;
	assert_int_equal(otp_recovery_new(one), 0);
	assert_int_equal(otp_recovery_new(other), 0);
	assert_string_not_equal(one, other);
	assert_int_equal(strlen(one), OTP_RECOVERY_SIZE - 1);
	assert_int_equal(otp_setting_new(setting), 0);
	assert_int_equal(otp_setting_new(salt), 0);
	otp_answer_read(one, &answer);
	assert_int_equal(answer.kind, OTP_ANSWER_RECOVERY);
	for (size_t i = 0; one[i]; i++)
		if (one[i] >= 'a' && one[i] <= 'z')
			one[i] = (char)(one[i] - 32);
	otp_answer_read(one, &typed);
	assert_string_equal(answer.text, typed.text);
	assert_int_equal(otp_hash(setting, &answer, &hash), 0);
	assert_int_equal(otp_hash(setting, &typed, &same), 0);
	assert_true(otp_hash_equal(&hash, &same));
	assert_int_equal(otp_hash(salt, &answer, &different), 0);
	assert_false(otp_hash_equal(&hash, &different));
	otp_answer_read(other, &answer);
	assert_int_equal(otp_hash(setting, &answer, &different), 0);
	assert_false(otp_hash_equal(&hash, &different));
	assert_false(otp_hash_equal(&none, &none));
	otp_answer_read("123456", &answer);
	assert_int_equal(otp_hash(setting, &answer, &hash), -EINVAL);
	otp_answer_read(other, &answer);
	assert_int_equal(otp_hash("$1$abc$", &answer, &hash), -EIO);
	assert_int_equal(otp_hash("", &answer, &hash), -EIO);
}

static void issuer_or_host(void **state)
{
	static const char long_name[] =
		"a-host-name-of-sixty-five-characters-is-longer-than-an-issuer-may";

	(void)state;
	assert_string_equal(otp_issuer("DACARTEC", "web-01"), "DACARTEC");
	assert_string_equal(otp_issuer("", "web-01"), "web-01");
	assert_string_equal(otp_issuer("", "web:01"), "");
	assert_string_equal(otp_issuer("", "web\x7f"), "");
	assert_string_equal(otp_issuer("", ""), "");
	assert_int_equal(strlen(long_name), OTP_ISSUER_SIZE);
	assert_string_equal(otp_issuer("", long_name), "");
	assert_string_equal(otp_issuer("", long_name + 1), long_name + 1);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(base32s) + ARRAY_SIZE(typeds) + ARRAY_SIZE(uris) + 5] = {
		cmocka_unit_test(base32_all_lengths), cmocka_unit_test(longest_uri),
		cmocka_unit_test(secret_in_groups),   cmocka_unit_test(recovery_codes),
		cmocka_unit_test(issuer_or_host),
	};
	size_t n = 5;

	for (size_t i = 0; i < ARRAY_SIZE(base32s); i++)
		tests[n++] = (struct CMUnitTest){ base32s[i].name, base32_row, NULL, NULL,
						  (void *)(uintptr_t)&base32s[i] };
	for (size_t i = 0; i < ARRAY_SIZE(typeds); i++)
		tests[n++] = (struct CMUnitTest){ typeds[i].name, typed_row, NULL, NULL,
						  (void *)(uintptr_t)&typeds[i] };
	for (size_t i = 0; i < ARRAY_SIZE(uris); i++)
		tests[n++] = (struct CMUnitTest){ uris[i].name, uri_row, NULL, NULL,
						  (void *)(uintptr_t)&uris[i] };
	return cmocka_run_group_tests_name("texts", tests, NULL, NULL);
}
