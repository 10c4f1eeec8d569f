/* SPDX-License-Identifier: MIT */
/* token.c - tests: codes as RFC 6238 has them, windows, replays, pairs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/otp.h>
#include <sereno/scoped.h>

/* Appendix B: the secret is these digits, repeated to the length of the hash. */
static struct otp_token rfc_token(enum otp_algorithm algorithm, uint32_t digits)
{
	static const uint32_t lengths[] = { 20, 32, 64 };
	struct otp_token token = { algorithm, digits, 30, lengths[algorithm], { 0 } };

	for (uint32_t i = 0; i < token.secret_length; i++)
		token.secret[i] = (uint8_t)("1234567890"[i % 10]);
	return token;
}

struct vector {
	const char *name;
	int64_t now;
	enum otp_algorithm algorithm;
	const char *code;
};

/* clang-format off */
static const struct vector vectors[] = {
	{ "SHA1 59",              59,          OTP_SHA1,   "94287082" },
	{ "SHA256 59",            59,          OTP_SHA256, "46119246" },
	{ "SHA512 59",            59,          OTP_SHA512, "90693936" },
	{ "SHA1 1111111109",      1111111109,  OTP_SHA1,   "07081804" },
	{ "SHA256 1111111109",    1111111109,  OTP_SHA256, "68084774" },
	{ "SHA512 1111111109",    1111111109,  OTP_SHA512, "25091201" },
	{ "SHA1 1111111111",      1111111111,  OTP_SHA1,   "14050471" },
	{ "SHA256 1111111111",    1111111111,  OTP_SHA256, "67062674" },
	{ "SHA512 1111111111",    1111111111,  OTP_SHA512, "99943326" },
	{ "SHA1 1234567890",      1234567890,  OTP_SHA1,   "89005924" },
	{ "SHA256 1234567890",    1234567890,  OTP_SHA256, "91819424" },
	{ "SHA512 1234567890",    1234567890,  OTP_SHA512, "93441116" },
	{ "SHA1 2000000000",      2000000000,  OTP_SHA1,   "69279037" },
	{ "SHA256 2000000000",    2000000000,  OTP_SHA256, "90698825" },
	{ "SHA512 2000000000",    2000000000,  OTP_SHA512, "38618901" },
	{ "SHA1 20000000000",     20000000000, OTP_SHA1,   "65353130" },
	{ "SHA256 20000000000",   20000000000, OTP_SHA256, "77737706" },
	{ "SHA512 20000000000",   20000000000, OTP_SHA512, "47863826" },
};
/* clang-format on */

static void as_the_rfc(void **state)
{
	const struct vector *vector = *state;

	for (uint32_t digits = OTP_DIGITS_MIN; digits <= OTP_DIGITS_MAX; digits++) {
		const struct otp_token token = rfc_token(vector->algorithm, digits);
		const char *expected = vector->code + 8 - digits;
		const uint64_t step = otp_step(&token, vector->now);
		struct otp_range range = otp_range_around(&token, vector->now, 0, 0);
		enum otp_match match;
		uint64_t found;
		char code[OTP_CODE_SIZE];

		assert_int_equal(otp_code(&token, step, code), 0);
		assert_string_equal(code, expected);
		assert_int_equal(otp_search(&token, &range, expected, &match, &found), 0);
		assert_int_equal(match, OTP_RIGHT);
		assert_int_equal(found, step);
	}
}

struct search {
	const char *name;
	int64_t code_at, now, drift; /* seconds, seconds, steps */
	uint32_t window;
	int64_t used_at; /* 0 never */
	enum otp_match expected;
};

#define NOW 1750000020 /* a step begins */

/* clang-format off */
static const struct search searches[] = {
	{ "this step",                     NOW,      NOW,      0, 0, 0,        OTP_RIGHT },
	{ "last second of the step",       NOW,      NOW + 29, 0, 0, 0,        OTP_RIGHT },
	{ "a second too late",             NOW,      NOW + 30, 0, 0, 0,        OTP_WRONG },
	{ "a second too early",            NOW,      NOW - 1,  0, 0, 0,        OTP_WRONG },
	{ "one step old, window 1",        NOW,      NOW + 59, 0, 1, 0,        OTP_RIGHT },
	{ "two steps old, window 1",       NOW,      NOW + 60, 0, 1, 0,        OTP_WRONG },
	{ "one step ahead, window 1",      NOW,      NOW - 30, 0, 1, 0,        OTP_RIGHT },
	{ "two steps ahead, window 1",     NOW,      NOW - 31, 0, 1, 0,        OTP_WRONG },
	{ "two steps old, window 2",       NOW,      NOW + 89, 0, 2, 0,        OTP_RIGHT },
	{ "three steps old, window 2",     NOW,      NOW + 90, 0, 2, 0,        OTP_WRONG },
	{ "two steps ahead, window 2",     NOW,      NOW - 60, 0, 2, 0,        OTP_RIGHT },
	{ "three steps ahead, window 2",   NOW,      NOW - 61, 0, 2, 0,        OTP_WRONG },
	{ "used",                          NOW,      NOW,      0, 1, NOW,      OTP_REPLAYED },
	{ "older than the used one",       NOW - 30, NOW,      0, 1, NOW,      OTP_REPLAYED },
	{ "newer than the used one",       NOW + 30, NOW,      0, 1, NOW,      OTP_RIGHT },
	{ "used, the clock went back",     NOW,      NOW - 20, 0, 1, NOW,      OTP_REPLAYED },
	{ "unused, used one in the future", NOW,     NOW,      0, 1, NOW + 3600, OTP_REPLAYED },
	{ "phone two hours ahead",         NOW + 7200, NOW,  240, 0, 0,        OTP_RIGHT },
	{ "phone two hours behind",        NOW - 7200, NOW, -240, 0, 0,        OTP_RIGHT },
	{ "phone right, thought ahead",    NOW,      NOW,    240, 1, 0,        OTP_WRONG },
	{ "first step of all, window 2",   0,        0,        0, 2, 0,        OTP_REPLAYED },
	{ "year 2038",                     2147483648, 2147483648, 0, 1, 0,    OTP_RIGHT },
	{ "year 2603",                     20000000000, 20000000000, 0, 1, 0,  OTP_RIGHT },
};
/* clang-format on */

static void searched(void **state)
{
	const struct search *search = *state;
	const struct otp_token token = rfc_token(OTP_SHA1, 6);
	struct otp_range range =
		otp_range_around(&token, search->now, search->drift, search->window);
	enum otp_match match;
	uint64_t step;
	char code[OTP_CODE_SIZE];

	range.used = otp_step(&token, search->used_at);
	assert_int_equal(otp_code(&token, otp_step(&token, search->code_at), code), 0);
	assert_int_equal(otp_search(&token, &range, code, &match, &step), 0);
	assert_int_equal(match, search->expected);
	if (match == OTP_RIGHT)
		assert_int_equal(step, otp_step(&token, search->code_at));
}

static void other_lengths_are_wrong(void **state)
{
	static const char *const codes[] = { "",	 "28708",   "4287082",
					     "94287082", "287082 ", "2870820000000000000000000" };
	const struct otp_token token = rfc_token(OTP_SHA1, 6);
	const struct otp_range range = otp_range_around(&token, 59, 0, 2);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		enum otp_match match = OTP_RIGHT;
		uint64_t step;

		assert_int_equal(otp_search(&token, &range, codes[i], &match, &step), 0);
		assert_int_equal(match, OTP_WRONG);
	}
}

#define CODES 1000000 /* of six digits */

/* A code that two steps of a range share is used up with the later one. */
static void greatest_step_counts(void **state)
{
	static uint16_t last_seen[CODES];
	const struct otp_token token = rfc_token(OTP_SHA1, 6);
	struct otp_range range = { 1, 8000, 0 };
	char code[OTP_CODE_SIZE];
	enum otp_match match;
	uint64_t step, earlier = 0, later = 0;

	(void)state;
	for (uint16_t i = 1; i <= 8000; i++) {
		uint16_t *seen;

		assert_int_equal(otp_code(&token, i, code), 0);
		seen = &last_seen[strtoul(code, NULL, 10)];
		if (*seen > 0) {
			earlier = *seen;
			later = i;
		}
		*seen = i;
	}
	assert_true(earlier > 0);
	assert_int_equal(otp_code(&token, earlier, code), 0);
	assert_int_equal(otp_search(&token, &range, code, &match, &step), 0);
	assert_int_equal(match, OTP_RIGHT);
	assert_int_equal(step, later);
	range.used = later;
	assert_int_equal(otp_search(&token, &range, code, &match, &step), 0);
	assert_int_equal(match, OTP_REPLAYED);
	range.last = later - 1;
	range.used = 0;
	assert_int_equal(otp_search(&token, &range, code, &match, &step), 0);
	assert_int_equal(match, OTP_RIGHT);
	assert_true(step >= earlier && step < later);
}

static void pairs(void **state)
{
	const struct otp_token token = rfc_token(OTP_SHA1, 6);
	struct otp_range range = { 1000, 4000, 0 };
	char code[3][OTP_CODE_SIZE];
	enum otp_match match;
	uint64_t step = 0;

	(void)state;
	for (uint64_t i = 0; i < 3; i++)
		assert_int_equal(otp_code(&token, 3000 + i, code[i]), 0);
	assert_int_equal(otp_search_pair(&token, &range, (const char *const[]){ code[0], code[1] },
					 &match, &step),
			 0);
	assert_int_equal(match, OTP_RIGHT);
	assert_int_equal(step, 3001);
	assert_int_equal(otp_search_pair(&token, &range, (const char *const[]){ code[1], code[0] },
					 &match, &step),
			 0);
	assert_int_equal(match, OTP_WRONG);
	assert_int_equal(otp_search_pair(&token, &range, (const char *const[]){ code[0], code[2] },
					 &match, &step),
			 0);
	assert_int_equal(match, OTP_WRONG);
	range.used = 3000;
	assert_int_equal(otp_search_pair(&token, &range, (const char *const[]){ code[0], code[1] },
					 &match, &step),
			 0);
	assert_int_equal(match, OTP_REPLAYED);
	range.used = 2999;
	range.last = 3000; /* of the first code */
	assert_int_equal(otp_search_pair(&token, &range, (const char *const[]){ code[0], code[1] },
					 &match, &step),
			 0);
	assert_int_equal(match, OTP_RIGHT);
	range.last = 2999;
	assert_int_equal(otp_search_pair(&token, &range, (const char *const[]){ code[0], code[1] },
					 &match, &step),
			 0);
	assert_int_equal(match, OTP_WRONG);
}

static void made(void **state)
{
	static const uint32_t lengths[] = { 20, 32, 64 };
	struct otp_token one, other;

	(void)state;
	for (enum otp_algorithm algorithm = OTP_SHA1; algorithm <= OTP_SHA512; algorithm++) {
		assert_int_equal(otp_token_new(algorithm, 6, 30, &one), 0);
		assert_int_equal(otp_token_new(algorithm, 6, 30, &other), 0);
		assert_true(otp_token_sound(&one));
		assert_int_equal(one.secret_length, lengths[algorithm]);
		assert_memory_not_equal(one.secret, other.secret, one.secret_length);
	}
	assert_int_equal(otp_token_new(OTP_SHA1, 5, 30, &one), -EINVAL);
	assert_int_equal(otp_token_new(OTP_SHA1, 9, 30, &one), -EINVAL);
	assert_int_equal(otp_token_new(OTP_SHA1, 6, 14, &one), -EINVAL);
	assert_int_equal(otp_token_new(OTP_SHA1, 6, 301, &one), -EINVAL);
	assert_int_equal(otp_token_new((enum otp_algorithm)3, 6, 30, &one), -EINVAL);
}

static void bounds(void **state)
{
	const struct otp_token token = rfc_token(OTP_SHA1, 6);
	struct otp_token broken = token;
	struct otp_range range = { 0, OTP_RANGE_MAX, 0 };
	char code[OTP_CODE_SIZE];
	enum otp_match match;
	uint64_t step;

	(void)state;
	assert_int_equal(otp_search(&token, &range, "123456", &match, &step), -EINVAL);
	range = (struct otp_range){ 2, 1, 0 };
	assert_int_equal(otp_search(&token, &range, "123456", &match, &step), -EINVAL);
	range = (struct otp_range){ UINT64_MAX - 1, UINT64_MAX, 0 };
	assert_int_equal(otp_search(&token, &range, "123456", &match, &step), -EINVAL);
	assert_int_equal(otp_code(&token, UINT64_MAX, code), -EINVAL);
	broken.secret_length = OTP_SECRET_MAX + 1;
	assert_int_equal(otp_code(&broken, 1, code), -EINVAL);
	assert_int_equal(otp_step(&token, -1), 0);
	range = otp_range_around(&token, 0, -1000, 1);
	assert_int_equal(range.first, 0);
	assert_int_equal(range.last, 1);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(vectors) + ARRAY_SIZE(searches) + 5] = {
		cmocka_unit_test(other_lengths_are_wrong),
		cmocka_unit_test(greatest_step_counts),
		cmocka_unit_test(pairs),
		cmocka_unit_test(made),
		cmocka_unit_test(bounds),
	};
	size_t n = 5;

	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++)
		tests[n++] = (struct CMUnitTest){ vectors[i].name, as_the_rfc, NULL, NULL,
						  (void *)(uintptr_t)&vectors[i] };
	for (size_t i = 0; i < ARRAY_SIZE(searches); i++)
		tests[n++] = (struct CMUnitTest){ searches[i].name, searched, NULL, NULL,
						  (void *)(uintptr_t)&searches[i] };
	return cmocka_run_group_tests_name("codes", tests, NULL, NULL);
}
