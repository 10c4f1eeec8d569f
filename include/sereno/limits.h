/* SPDX-License-Identifier: MIT */
/*
 * limits.h - what a policy limits: attempts, passwords, their age. Plain data, no functions.
 *
 * The policy in force hands these out (policy.h); state/ and password/ work by them.
 */
#ifndef SERENO_LIMITS_H
#define SERENO_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ATTEMPT_ALLOW_MAX 20

enum attempt_then { THEN_DELAY, THEN_LOCK, THEN_LOCK_UNTIL_UNLOCKED };

struct attempt_limits {
	uint32_t allow; /* 1 to ATTEMPT_ALLOW_MAX, per user and origin within @within_sec */
	uint32_t within_sec;
	enum attempt_then then;
	uint32_t delay_sec;	  /* first delay, or length of the lock; not 0 */
	uint32_t doubling_to_sec; /* delays double up to this; delay_sec when they do not grow */
	uint32_t allow_per_user;  /* over all origins he has not come from; not less than @allow */
};

/* Where the policy in force cannot be read, so that damage does not let anybody guess on. */
#define ATTEMPT_LIMITS_STRICT                                                       \
	{                                                                           \
		.allow = 5, .within_sec = 900, .then = THEN_DELAY, .delay_sec = 30, \
		.doubling_to_sec = 3600, .allow_per_user = 50                       \
	}

#define PASSWORD_WORDS_MAX   64 /* of not-containing: */
#define PASSWORD_WORD_SIZE   64 /* bytes, with the NUL */
#define PASSWORD_HISTORY_MAX 32
#define PASSWORD_LENGTH_MAX  128 /* of min-length: */

/* 0, false and "" ask for nothing. */
struct password_rules {
	uint32_t min_length;  /* characters */
	uint32_t min_classes; /* 0 to 4 */
	uint32_t max_repeat;  /* of one character in a row */
	uint32_t differs_by;  /* characters changed from the old one */
	uint32_t history;     /* former passwords not to be used again */
	bool dictionary;
	uint64_t min_age_sec, max_age_sec, warn_before_sec;
	char blocklist[256]; /* path of a blocklist.h file */
	size_t n_words;
	char word[PASSWORD_WORDS_MAX][PASSWORD_WORD_SIZE]; /* not to be contained */
};

/* What follows for a session when the access that it was opened by ends: session.when-access-ends.
 * In all cases people are told first. */
enum access_end { ACCESS_END_ENDS, ACCESS_END_LOCKS, ACCESS_END_TELLS };

enum enrolment_way { ENROL_AT_LOGIN, ENROL_BY_TICKET };

/* The second-factor: block; the numbers are within the bounds of otp.h. */
struct second_factor_rules {
	uint32_t algorithm; /* enum otp_algorithm of the tokens made now */
	uint32_t digits, period_sec;
	uint32_t window; /* steps before and after now */
	uint32_t recovery_codes;
	enum enrolment_way enrol;
	uint32_t
		enrol_within_sec; /* of the first login that needs a code; 0 with ENROL_BY_TICKET */
	uint32_t remember_sec;	  /* 0: never */
	char issuer[65];	  /* as otp_uri() takes it; "" when there is none */
};

/* Where the block is left out; what every phone understands. */
#define SECOND_FACTOR_STANDARD                                                              \
	{                                                                                   \
		.digits = 6, .period_sec = 30, .window = 1, .recovery_codes = 8,            \
		.enrol = ENROL_AT_LOGIN, .enrol_within_sec = 604800, .remember_sec = 28800, \
	}

#endif
