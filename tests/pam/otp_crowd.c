/* SPDX-License-Identifier: MIT */
/*
 * otp_crowd.c - many log in at once: one code lets in one, so many guesses are looked at and no
 * more, and who is right is not held up by who was wrong.
 *
 * With ENDURE in the environment 200 rounds of the races for a code, 50 of all others.
 */
#include "otp_talk.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "calls.h"

#define A_WHILE 7200 /* seconds: waits are over, codes are new */

#define RULES	HEAD "      - {services: [sshd], from: [anywhere], second-factor: required}\n"
#define LENIENT RULES "attempts: {allow: 20, within: 15m, then: {delay: 1s}, allow-per-user: 100}\n"
#define FIVE                                                                                  \
	RULES "attempts: {allow: 5, within: 15m, then: {delay: 30s, doubling-to: 1h}, allow-" \
	      "per-user: 50}\n"

static const struct entry by_ssh = { "sshd", HELD, "10.1.2.3", "ssh", NULL };
static const struct entry from_elsewhere = { "sshd", HELD, "10.7.7.7", "ssh", NULL };

/* What came of all, in memory that they share. */
static struct tally {
	unsigned in, refused, other, evaluated, ready;
} * tally;

static unsigned clients;

static void add(unsigned *count)
{
	(void)__atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
}

/* Nobody types before all are asked. */
static void wait_for_all(struct dialogue *dialogue)
{
	(void)dialogue;
	add(&tally->ready);
	while (__atomic_load_n(&tally->ready, __ATOMIC_SEQ_CST) < clients)
		(void)sched_yield();
}

static void client(struct host *host, const char *typed)
{
	struct dialogue dialogue = { .codes = { typed }, .when_asked = wait_for_all };
	int code;

	calls_arm(CALL_oath_totp_generate2, 0, FAIL_ONCE, 0);
	code = log_in(host, &by_ssh, ONLY_AUTH, &dialogue);
	add(code == PAM_SUCCESS	   ? &tally->in
	    : code == PAM_AUTH_ERR ? &tally->refused
				   : &tally->other);
	if (calls.seen[CALL_oath_totp_generate2] > 0)
		add(&tally->evaluated);
	_exit(0);
}

/* @n clients at once type @typed[0], @typed[1] and so on, round and round. */
static void at_once(struct host *host, unsigned n, const char *const *typed, unsigned n_typed)
{
	int status;

	*tally = (struct tally){ 0 };
	clients = n;
	for (unsigned i = 0; i < n; i++) {
		const pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			client(host, typed[i % n_typed]);
	}
	for (unsigned i = 0; i < n; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(tally->other, 0);
}

static unsigned rounds(unsigned quick, unsigned full)
{
	return getenv("ENDURE") ? full : quick;
}

static void start(struct host *host, const char *policy)
{
	memset(&calls, 0, sizeof(calls));
	calls.raised = 5000;
	close_p(&host->journal); /* nobody listens: a full socket would hold the clients up */
	host->journal = -1;
	host_policy(host, policy);
	stack_code_alone(host, "sshd");
	give_phone(host, HELD);
	calls.moved_sec += A_WHILE;
}

static const struct race {
	const char *name;
	unsigned clients, quick;
	bool recovery;
} races[] = {
	{ "2 at once, one code", 2, 12, false },
	{ "8 at once, one code", 8, 4, false },
	{ "32 at once, one code", 32, 2, false },
	{ "2 at once, one recovery code", 2, 3, true },
	{ "8 at once, one recovery code", 8, 1, true },
	{ "32 at once, one recovery code", 32, 1, true },
};

static void one_gets_in(void **state)
{
	const struct race *race = *state;
	struct codes_account account;
	struct host *host;

	assert_int_equal(otp_set_up(state), 0);
	host = *state;
	start(host, LENIENT);
	account = account_of(HELD);
	for (unsigned i = 0; i < rounds(race->quick, race->recovery ? 50 : 200); i++) {
		const struct shown right = show(0);
		char recovery[1][OTP_RECOVERY_SIZE];
		const char *typed = right.code;

		if (race->recovery) {
			assert_int_equal(
				codes_recovery_issue(host->root, &account, time(NULL), 1, recovery),
				0);
			typed = recovery[0];
		}
		at_once(host, race->clients, &typed, 1);
		assert_int_equal(tally->in, 1);
		assert_int_equal(tally->refused, race->clients - 1);
		calls.moved_sec += A_WHILE;
	}
	assert_int_equal(host_tear_down(state), 0);
}

static int try(struct host *host, const struct entry *entry, const char *typed)
{
	struct dialogue dialogue = { .codes = { typed } };

	return log_in(host, entry, AUTH_AND_ACCOUNT, &dialogue);
}

/* Neither do 32 guesses, of which one is right, become more than five. */
static void five_of_32_guesses_are_looked_at(void **state)
{
	struct host *host = *state;

	start(host, FIVE);
	for (unsigned i = 0; i < rounds(3, 50); i++) {
		const struct shown wrong = show_wrong();
		const char *typed[] = { wrong.code, wrong.code };

		at_once(host, 32, typed, ARRAY_SIZE(typed));
		assert_int_equal(tally->in, 0);
		assert_in_range(tally->evaluated, 1, 5);
		/* they were five in all, or the rest is left to who comes next */
		for (unsigned more = tally->evaluated; more < 5; more++)
			assert_int_equal(try(host, &by_ssh, wrong.code), PAM_AUTH_ERR);
		assert_int_equal(try(host, &by_ssh, show(0).code), PAM_AUTH_ERR);
		calls.moved_sec += 32;
		assert_int_equal(try(host, &by_ssh, show(0).code), PAM_SUCCESS);
		calls.moved_sec += A_WHILE;
	}
}

static void one_of_the_guesses_is_right(void **state)
{
	struct host *host = *state;

	start(host, FIVE);
	for (unsigned i = 0; i < rounds(3, 50); i++) {
		const struct shown wrong = show_wrong(), right = show(0);
		const char *typed[] = { wrong.code, wrong.code, wrong.code, right.code };

		at_once(host, 32, typed, ARRAY_SIZE(typed));
		assert_in_range(tally->in, 0, 1);
		/* the right one takes back what was charged up to then: five more */
		assert_in_range(tally->evaluated, 1, 10);
		calls.moved_sec += A_WHILE;
	}
}

/* One wrong code, here or elsewhere, costs the owner nothing. */
static void right_after_a_strangers_guess(void **state)
{
	const struct entry *const entries[] = { &by_ssh, &from_elsewhere };
	struct host *host = *state;

	start(host, FIVE);
	for (unsigned i = 0; i < 2 * rounds(4, 50); i++) {
		assert_int_equal(try(host, entries[i % 2], show_wrong().code), PAM_AUTH_ERR);
		assert_int_equal(try(host, &by_ssh, show(0).code), PAM_SUCCESS);
		calls.moved_sec += 60;
	}
}

int main(void)
{
	const struct CMUnitTest single[] = {
		AT_CODES(five_of_32_guesses_are_looked_at),
		AT_CODES(one_of_the_guesses_is_right),
		AT_CODES(right_after_a_strangers_guess),
	};
	struct CMUnitTest tests[ARRAY_SIZE(races) + ARRAY_SIZE(single)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(races); i++)
		tests[n++] = (struct CMUnitTest){ .name = races[i].name,
						  .test_func = one_gets_in,
						  .initial_state = (void *)(uintptr_t)&races[i] };
	for (size_t i = 0; i < ARRAY_SIZE(single); i++)
		tests[n++] = single[i];
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (tally == MAP_FAILED || !calls_keep("pam_sereno_otp") ||
	    !calls_keep("pam_sereno_access"))
		return 1;
	return cmocka_run_group_tests_name("many codes at once", tests, NULL, NULL);
}
