/* SPDX-License-Identifier: MIT */
/* otp_clock.c - this host's clock jumps: no code is good again, and its owner gets in. */
#include "otp_talk.h"

#include "calls.h"

#define HOUR	 3600
#define LONG_AGO 1750000020 /* a step begins */

static const struct entry by_ssh = { "sshd", HELD, "10.1.2.3", "ssh", NULL };

#define LENIENT                                                                        \
	HEAD "      - {services: [sshd], from: [anywhere], second-factor: required}\n" \
	     "attempts: {allow: 20, within: 15m, then: {delay: 30s}, allow-per-user: 50}\n"

static int try(struct host *host, const char *typed)
{
	struct dialogue dialogue = { .codes = { typed } };
	const int code = log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &dialogue);

	assert_int_equal(dialogue.asked, 1);
	return code;
}

/* What the phone shows at @when, and whether that lets in at @now. */
struct answer {
	int64_t code_at, now;
	bool lets_in;
};

/* Seconds after @start. Whatever the clock did: the last one is the owner, who gets in. */
struct story {
	const char *name;
	int64_t start;
	struct answer answers[8];
	unsigned n;
};

/* clang-format off */
static const struct story stories[] = {
	{ "an hour back", LONG_AGO,
	  { { 0, 0, true }, { 0, -HOUR, false }, { -HOUR, -HOUR, false }, { 0, 0, false }, { 30, 30, true } }, 5 },
	{ "an hour back, and on from there", LONG_AGO,
	  { { 0, 0, true }, { -HOUR, -HOUR, false }, { -60, -60, false }, { 0, 15, false }, { 30, 45, true } }, 5 },
	{ "ten hours on, and back", LONG_AGO,
	  { { 0, 0, true }, { 10 * HOUR, 10 * HOUR, true }, { 30, 30, false }, { 10 * HOUR, 30, false },
	    { 10 * HOUR, 10 * HOUR, false }, { 10 * HOUR + 30, 10 * HOUR + 30, true } }, 6 },
	{ "ten hours on and back with nobody there", LONG_AGO,
	  { { 0, 0, true }, { 0, 10 * HOUR, false }, { 30, 30, true } }, 3 },
	{ "three used codes typed ten hours later", LONG_AGO,
	  { { 0, 0, true }, { 30, 30, true }, { 60, 60, true }, { 0, 10 * HOUR, false }, { 30, 10 * HOUR, false },
	    { 60, 10 * HOUR + HOUR, false }, { 12 * HOUR, 12 * HOUR, true } }, 7 },
	{ "the last second of the step before", LONG_AGO, { { 0, -1, true } }, 1 },
	{ "two steps ahead by a second", LONG_AGO, { { 0, -31, false }, { 0, -30, true } }, 2 },
	{ "the last second of the step after", LONG_AGO, { { 0, 59, true } }, 1 },
	{ "a second later than that", LONG_AGO, { { 0, 60, false }, { 60, 60, true } }, 2 },
	{ "a used code a second before and after its step", LONG_AGO,
	  { { 0, 29, true }, { 0, 30, false }, { 0, -1, false }, { 30, 29, true } }, 4 },
	{ "the year 2038", 2147483640,
	  { { 0, 0, true }, { 0, 15, false }, { 30, 15, true }, { 60, 60, true } }, 4 },
	{ "32 bits without a sign are over", 4294967280,
	  { { 0, 0, true }, { 30, 30, true }, { 30, 31, false }, { 60, 60, true } }, 4 },
	{ "the year 2603", 20000000000,
	  { { 0, 0, true }, { 0, 1, false }, { 30, 30, true } }, 3 },
};
/* clang-format on */

/* What the phone shows at @when. */
static struct shown show_at(int64_t when)
{
	struct shown shown = { "" };

	assert_int_equal(otp_code(&phone, otp_step(&phone, when), shown.code), 0);
	return shown;
}

static void use(struct host *host, const char *policy, int64_t now)
{
	calls.wall = now - 86400 * 2;
	host_policy(host, policy);
	stack_code_alone(host, "sshd");
	give_phone(host, HELD);
	calls.wall = now;
}

static void told(void **state)
{
	const struct story *story = *state;

	assert_int_equal(otp_set_up(state), 0);
	use(*state, LENIENT, story->start);
	for (unsigned i = 0; i < story->n; i++) {
		const struct answer *answer = &story->answers[i];
		int code;

		calls.wall = story->start + answer->now;
		code = try(*state, show_at(story->start + answer->code_at).code);
		if ((code == PAM_SUCCESS) != answer->lets_in)
			fail_msg("answer %u: %d", i + 1, code);
	}
	assert_int_equal(host_tear_down(state), 0);
}

/* Who has to wait, waits as long by the clock that nobody sets, wherever the wall clock jumps. */
static const struct jump {
	const char *name;
	int64_t by;
} jumps[] = {
	{ "a wait, an hour back", -HOUR },
	{ "a wait, ten hours on", 10 * HOUR },
	{ "a wait, to the year 2603", 20000000000 - LONG_AGO },
	{ "a wait, no jump", 0 },
};

static void waited(void **state)
{
	const struct jump *jump = *state;
	const int64_t now = LONG_AGO + jump->by;

	assert_int_equal(otp_set_up(state), 0);
	use(*state, POLICY, LONG_AGO);
	calls.moved_sec = 0;
	for (unsigned i = 0; i < 3; i++) {
		const struct shown other = show_at(LONG_AGO - 86400);

		assert_int_equal(try(*state, other.code), PAM_AUTH_ERR);
	}
	assert_int_equal(try(*state, show_at(LONG_AGO).code), PAM_AUTH_ERR);
	calls.wall = now;
	assert_int_equal(try(*state, show_at(now).code), PAM_AUTH_ERR);
	calls.moved_sec = 32;
	calls.wall = now + 32;
	assert_int_equal(try(*state, show_at(now + 32).code), PAM_SUCCESS);
	assert_int_equal(host_tear_down(state), 0);
}

#define NAMED(table, n, test)                                             \
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)                    \
		tests[(n)++] = (struct CMUnitTest)                        \
		{                                                         \
			.name = (table)[i].name, .test_func = (test),     \
			.initial_state = (void *)(uintptr_t) & (table)[i] \
		}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(stories) + ARRAY_SIZE(jumps)];
	size_t n = 0;

	NAMED(stories, n, told);
	NAMED(jumps, n, waited);
	if (!calls_keep("pam_sereno_otp") || !calls_keep("pam_sereno_access"))
		return 1;
	return cmocka_run_group_tests_name("codes and clocks", tests, NULL, NULL);
}
