/* SPDX-License-Identifier: MIT */
/* otp_oracle.c - no refusal can be told from another: by its time, its words, its prompts. */
#include "otp_talk.h"

#define ROUNDS	   3
#define ROUNDS_MAX 20 /* on a busy machine */

/* One attempt, and the next one has to wait. */
#define RULES                                                                          \
	HEAD "      - {services: [sshd], from: [anywhere], second-factor: required}\n" \
	     "attempts: {allow: 1, within: 15m, then: {delay: 30s, doubling-to: 1h}}\n"

static struct shown right, wrong;

enum refusal { UNKNOWN, NOT_ENROLLED, WRONG, REPLAYED, THROTTLED, RECOVERY, REFUSALS };

static const char *const names[REFUSALS] = { "unknown",	 "not enrolled", "wrong",
					     "replayed", "throttled",	 "recovery code" };

/* Each round on a host of its own, so that nothing else is throttled. */
static int64_t refuse(struct host *host, enum refusal refusal, struct dialogue *ret)
{
	const struct entry entry = {
		"sshd",
		refusal == UNKNOWN ? "no-such-account" : refusal == NOT_ENROLLED ? "games" : HELD,
		"10.1.2.3",
		"ssh",
		NULL,
	};
	const char *typed = refusal == RECOVERY	  ? "0x5k-m9q2-7rtz"
			    : refusal == REPLAYED ? right.code
						  : wrong.code;
	struct dialogue dialogue = { .codes = { typed } };
	struct timespec before, after;

	(void)clock_gettime(CLOCK_MONOTONIC, &before);
	assert_int_equal(log_in(host, &entry, ONLY_AUTH, &dialogue), PAM_AUTH_ERR);
	(void)clock_gettime(CLOCK_MONOTONIC, &after);
	*ret = dialogue;
	return (after.tv_sec - before.tv_sec) * 1000000 + (after.tv_nsec - before.tv_nsec) / 1000;
}

static void prepare(struct host *host, enum refusal refusal)
{
	const struct codes_account account = account_of(HELD);
	char code[2][OTP_RECOVERY_SIZE];
	struct dialogue dialogue;

	host_policy(host, RULES);
	stack_code_alone(host, "sshd");
	give_phone(host, HELD);
	if (refusal == RECOVERY)
		assert_int_equal(codes_recovery_issue(host->root, &account, time(NULL), 2, code),
				 0);
	if (refusal == REPLAYED) {
		const struct entry entry = { "sshd", HELD, "10.1.2.3", "ssh", NULL };
		struct dialogue first = { .codes = { right.code } };

		assert_int_equal(log_in(host, &entry, ONLY_AUTH, &first), PAM_SUCCESS);
	}
	if (refusal == THROTTLED)
		(void)refuse(host, WRONG, &dialogue);
}

static int64_t take_one(void **state, enum refusal refusal)
{
	struct dialogue dialogue;
	int64_t took;

	assert_int_equal(otp_set_up(state), 0);
	prepare(*state, refusal);
	took = refuse(*state, refusal, &dialogue);
	assert_int_equal(dialogue.asked, 1);
	assert_string_equal(dialogue.told, "");
	assert_int_equal(host_tear_down(state), 0);
	return took;
}

/* The shortest of each so far, in microseconds. By turns, so that a busy moment of the machine is
 * everybody's. */
static void measure(void **state, int64_t shortest[static REFUSALS])
{
	for (enum refusal refusal = 0; refusal < REFUSALS; refusal++) {
		const int64_t took = take_one(state, refusal);

		shortest[refusal] = took < shortest[refusal] ? took : shortest[refusal];
	}
}

/* Within 10 % of each other. */
static bool are_alike(const int64_t shortest[static REFUSALS])
{
	int64_t least = INT64_MAX, most = 0;

	for (enum refusal refusal = 0; refusal < REFUSALS; refusal++) {
		least = shortest[refusal] < least ? shortest[refusal] : least;
		most = shortest[refusal] > most ? shortest[refusal] : most;
	}
	assert_true(least >= 50000);
	return most <= least + least / 10;
}

/* Tests that run beside this one only add to a time, and to any of them; what a refusal takes
 * longer or shorter than the others it does each time. (Medians: make bench.) */
static void all_refusals_take_as_long(void **state)
{
	int64_t shortest[REFUSALS];
	bool alike = false;

	for (enum refusal refusal = 0; refusal < REFUSALS; refusal++)
		shortest[refusal] = INT64_MAX;
	for (unsigned i = 0; i < ROUNDS_MAX && (i < ROUNDS || !alike); i++) {
		right = show(0);
		wrong = show_wrong();
		measure(state, shortest);
		alike = are_alike(shortest);
	}
	for (enum refusal refusal = 0; refusal < REFUSALS; refusal++)
		print_message("%s: %lld us\n", names[refusal], (long long)shortest[refusal]);
	assert_true(alike);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(all_refusals_take_as_long) };

	return cmocka_run_group_tests_name("no oracle", tests, NULL, NULL);
}
