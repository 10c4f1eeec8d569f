/* SPDX-License-Identifier: MIT */
/* limits_record.c - limits of attempts, rules of passwords and codes as bytes of a compiled record.
 */
#include <string.h>

#include <sereno/otp.h>

#include "limits_record.h"

#define PER_USER_MAX 1000
#define WAIT_SEC_MAX (UINT32_C(365) * 86400)
#define AGE_SEC_MAX  (UINT64_C(100) * 365 * 86400)
#define CLASSES_MAX  4
#define HOUR_SEC     3600

static bool in_range(uint64_t value, uint64_t min, uint64_t max)
{
	return value >= min && value <= max;
}

void encode_attempt_limits(struct encoder *encoder, const struct attempt_limits *limits)
{
	encode_u32(encoder, limits->allow);
	encode_u32(encoder, limits->within_sec);
	encode_u8(encoder, (uint8_t)limits->then);
	encode_u32(encoder, limits->delay_sec);
	encode_u32(encoder, limits->doubling_to_sec);
	encode_u32(encoder, limits->allow_per_user);
}

void decode_attempt_limits(struct decoder *decoder, struct attempt_limits *ret)
{
	uint8_t then;

	ret->allow = decode_u32(decoder);
	ret->within_sec = decode_u32(decoder);
	then = decode_u8(decoder);
	ret->then = (enum attempt_then)then;
	ret->delay_sec = decode_u32(decoder);
	ret->doubling_to_sec = decode_u32(decoder);
	ret->allow_per_user = decode_u32(decoder);
	if (!in_range(ret->allow, 1, ATTEMPT_ALLOW_MAX) ||
	    !in_range(ret->within_sec, 1, WAIT_SEC_MAX) || then > THEN_LOCK_UNTIL_UNLOCKED ||
	    !in_range(ret->delay_sec, 1, WAIT_SEC_MAX) ||
	    !in_range(ret->doubling_to_sec, ret->delay_sec, WAIT_SEC_MAX) ||
	    !in_range(ret->allow_per_user, ret->allow, PER_USER_MAX))
		decoder->damaged = true;
}

void encode_password_rules(struct encoder *encoder, const struct password_rules *rules)
{
	encode_u32(encoder, rules->min_length);
	encode_u32(encoder, rules->min_classes);
	encode_u32(encoder, rules->max_repeat);
	encode_u32(encoder, rules->differs_by);
	encode_u32(encoder, rules->history);
	encode_u8(encoder, rules->dictionary);
	encode_u64(encoder, rules->min_age_sec);
	encode_u64(encoder, rules->max_age_sec);
	encode_u64(encoder, rules->warn_before_sec);
	encode_text(encoder, rules->blocklist);
	encode_u32(encoder, (uint32_t)rules->n_words);
	for (size_t i = 0; i < rules->n_words; i++)
		encode_text(encoder, rules->word[i]);
}

static void check_password_rules(struct decoder *decoder, const struct password_rules *rules)
{
	if (rules->min_length > PASSWORD_LENGTH_MAX || rules->min_classes > CLASSES_MAX ||
	    rules->max_repeat > PASSWORD_LENGTH_MAX || rules->differs_by > PASSWORD_LENGTH_MAX ||
	    rules->history > PASSWORD_HISTORY_MAX || rules->min_age_sec > AGE_SEC_MAX ||
	    rules->max_age_sec > AGE_SEC_MAX || rules->warn_before_sec > AGE_SEC_MAX)
		decoder->damaged = true;
}

void decode_password_rules(struct decoder *decoder, struct password_rules *ret)
{
	uint8_t dictionary;
	uint32_t n;

	*ret = (struct password_rules){ 0 };
	ret->min_length = decode_u32(decoder);
	ret->min_classes = decode_u32(decoder);
	ret->max_repeat = decode_u32(decoder);
	ret->differs_by = decode_u32(decoder);
	ret->history = decode_u32(decoder);
	dictionary = decode_u8(decoder);
	ret->dictionary = dictionary == 1;
	ret->min_age_sec = decode_u64(decoder);
	ret->max_age_sec = decode_u64(decoder);
	ret->warn_before_sec = decode_u64(decoder);
	decode_text(decoder, ret->blocklist, sizeof(ret->blocklist));
	n = decode_u32(decoder);
	if (n > PASSWORD_WORDS_MAX || dictionary > 1)
		decoder->damaged = true;
	while (!decoder->damaged && ret->n_words < n)
		decode_text(decoder, ret->word[ret->n_words++], PASSWORD_WORD_SIZE);
	check_password_rules(decoder, ret);
}

void encode_second_factor(struct encoder *encoder, const struct second_factor_rules *rules)
{
	encode_u8(encoder, (uint8_t)rules->algorithm);
	encode_u32(encoder, rules->digits);
	encode_u32(encoder, rules->period_sec);
	encode_u32(encoder, rules->window);
	encode_u32(encoder, rules->recovery_codes);
	encode_u8(encoder, (uint8_t)rules->enrol);
	encode_u32(encoder, rules->enrol_within_sec);
	encode_u32(encoder, rules->remember_sec);
	encode_text(encoder, rules->issuer);
}

static void check_second_factor(struct decoder *decoder, const struct second_factor_rules *rules)
{
	if (rules->algorithm > OTP_SHA512 ||
	    !in_range(rules->digits, OTP_DIGITS_MIN, OTP_DIGITS_MAX) ||
	    !in_range(rules->period_sec, OTP_PERIOD_MIN, OTP_PERIOD_MAX) ||
	    rules->window > OTP_WINDOW_MAX || rules->recovery_codes > OTP_RECOVERY_MAX ||
	    rules->remember_sec > WAIT_SEC_MAX)
		decoder->damaged = true;
}

void decode_second_factor(struct decoder *decoder, struct second_factor_rules *ret)
{
	uint8_t enrol;

	*ret = (struct second_factor_rules){ 0 };
	ret->algorithm = decode_u8(decoder);
	ret->digits = decode_u32(decoder);
	ret->period_sec = decode_u32(decoder);
	ret->window = decode_u32(decoder);
	ret->recovery_codes = decode_u32(decoder);
	enrol = decode_u8(decoder);
	ret->enrol = enrol == ENROL_AT_LOGIN ? ENROL_AT_LOGIN : ENROL_BY_TICKET;
	ret->enrol_within_sec = decode_u32(decoder);
	ret->remember_sec = decode_u32(decoder);
	decode_text(decoder, ret->issuer, sizeof(ret->issuer));
	check_second_factor(decoder, ret);
	if (enrol > ENROL_BY_TICKET || strchr(ret->issuer, ':') ||
	    !in_range(ret->enrol_within_sec, enrol == ENROL_AT_LOGIN ? HOUR_SEC : 0,
		      enrol == ENROL_AT_LOGIN ? WAIT_SEC_MAX : 0))
		decoder->damaged = true;
}
