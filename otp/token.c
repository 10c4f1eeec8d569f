/* SPDX-License-Identifier: MIT */
/* token.c - TOTP (RFC 6238): the code of a step, and the step of a code. */
#include <sereno/otp.h>

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/random.h>

#include <liboath/oath.h>

#include <sereno/scoped.h>

#include "scrub.h"

static const uint32_t secret_lengths[] = { [OTP_SHA1] = 20, [OTP_SHA256] = 32, [OTP_SHA512] = 64 };

static const int hmac_flags[] = {
	[OTP_SHA1] = 0, [OTP_SHA256] = OATH_TOTP_HMAC_SHA256, [OTP_SHA512] = OATH_TOTP_HMAC_SHA512
};

bool otp_token_sound(const struct otp_token *token)
{
	return token->algorithm <= OTP_SHA512 && token->digits >= OTP_DIGITS_MIN &&
	       token->digits <= OTP_DIGITS_MAX && token->period_sec >= OTP_PERIOD_MIN &&
	       token->period_sec <= OTP_PERIOD_MAX && token->secret_length >= OTP_SECRET_MIN &&
	       token->secret_length <= OTP_SECRET_MAX;
}

void otp_token_erase(struct otp_token *token)
{
	explicit_bzero(token, sizeof(*token));
}

int otp_token_new(enum otp_algorithm algorithm, uint32_t digits, uint32_t period_sec,
		  struct otp_token *ret)
{
	scoped(otp_token_erase) struct otp_token token = {
		.algorithm = algorithm,
		.digits = digits,
		.period_sec = period_sec,
		.secret_length = OTP_SECRET_MIN,
	};

	if (!otp_token_sound(&token))
		return -EINVAL;
	token.secret_length = secret_lengths[algorithm];
	/* A request of this size is never cut short once the kernel's pool is ready. */
	if (getrandom(token.secret, token.secret_length, 0) != (ssize_t)token.secret_length)
		return neg_errno();
	*ret = token;
	return 0;
}

uint64_t otp_step(const struct otp_token *token, int64_t now)
{
	return now < 0 ? 0 : (uint64_t)now / token->period_sec;
}

struct otp_range otp_range_around(const struct otp_token *token, int64_t now, int64_t drift,
				  uint32_t window)
{
	const int64_t step = (int64_t)otp_step(token, now) + drift;
	const uint64_t here = step < 0 ? 0 : (uint64_t)step;

	return (struct otp_range){
		.first = here > window ? here - window : 0,
		.last = here + window,
	};
}

/* The library takes a time, not a step: one second a step, from 0 on, so that they are the same. */
static int generate(const struct otp_token *token, uint64_t step, char code[static OTP_CODE_SIZE])
{
	const int r =
		oath_totp_generate2((const char *)token->secret, token->secret_length, (time_t)step,
				    1, 0, token->digits, hmac_flags[token->algorithm], code);

	return r == OATH_OK ? 0 : -EIO;
}

int otp_code(const struct otp_token *token, uint64_t step, char code[static OTP_CODE_SIZE])
{
	int r;

	if (!otp_token_sound(token) || step > INT64_MAX)
		return -EINVAL;
	r = generate(token, step, code);
	otp_scrub_stack();
	return r;
}

/* All ones when the two are equal, else 0; both have @length digits. */
static uint64_t equal_mask(const char *one, const char *other, size_t length)
{
	uint32_t difference = 0;

	for (size_t i = 0; i < length; i++)
		difference |= (uint32_t)((unsigned char)one[i] ^ (unsigned char)other[i]);
	return 0 - (uint64_t)((difference - 1) >> 31);
}

static bool are_searchable(const struct otp_token *token, const struct otp_range *range)
{
	return otp_token_sound(token) && range->first <= range->last &&
	       range->last < (uint64_t)INT64_MAX && range->last - range->first < OTP_RANGE_MAX;
}

static enum otp_match judge(bool found, uint64_t step, uint64_t used)
{
	if (!found)
		return OTP_WRONG;
	return step > used ? OTP_RIGHT : OTP_REPLAYED;
}

/* Two steps may have the same code: the greater one counts, so that it is used up for both. */
int otp_search(const struct otp_token *token, const struct otp_range *range, const char *code,
	       enum otp_match *ret, uint64_t *ret_step)
{
	char expected[OTP_CODE_SIZE] = { 0 };
	uint64_t found = 0, any = 0;
	int r = 0;

	if (!are_searchable(token, range))
		return -EINVAL;
	if (strnlen(code, OTP_CODE_SIZE) != token->digits) {
		*ret = OTP_WRONG;
		return 0;
	}
	for (uint64_t step = range->first; r == 0 && step <= range->last; step++) {
		uint64_t mask;

		r = generate(token, step, expected);
		mask = equal_mask(expected, code, token->digits);
		found = (found & ~mask) | (step & mask);
		any |= mask;
	}
	explicit_bzero(expected, sizeof(expected));
	otp_scrub_stack();
	if (r < 0)
		return r;
	*ret = judge(any != 0, found, range->used);
	*ret_step = found;
	return 0;
}

int otp_search_pair(const struct otp_token *token, const struct otp_range *range,
		    const char *const code[static 2], enum otp_match *ret, uint64_t *ret_step)
{
	char expected[OTP_CODE_SIZE] = { 0 };
	uint64_t found = 0, any = 0, before = 0;
	int r = 0;

	if (!are_searchable(token, range))
		return -EINVAL;
	if (strnlen(code[0], OTP_CODE_SIZE) != token->digits ||
	    strnlen(code[1], OTP_CODE_SIZE) != token->digits) {
		*ret = OTP_WRONG;
		return 0;
	}
	for (uint64_t step = range->first; r == 0 && step <= range->last + 1; step++) {
		uint64_t mask;

		r = generate(token, step, expected);
		mask = before & equal_mask(expected, code[1], token->digits);
		before = equal_mask(expected, code[0], token->digits);
		found = (found & ~mask) | (step & mask);
		any |= mask;
	}
	explicit_bzero(expected, sizeof(expected));
	otp_scrub_stack();
	if (r < 0)
		return r;
	*ret = judge(any != 0, found - 1, range->used);
	*ret_step = found;
	return 0;
}
