/* SPDX-License-Identifier: MIT */
/* otp_parallel.c - many at once: one code lets one in, and guesses are checked only so often. */
#include "otp_talk.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <sereno/attempts.h>

#define CLIENTS 32
#define ROUNDS	3

static struct tally {
	unsigned in, refused, ready;
} * tally;

static const struct entry by_ssh = { "sshd", HELD, "10.1.2.3", "ssh", NULL };

/* Nobody types before all are asked. */
static void wait_for_all(struct dialogue *dialogue)
{
	(void)dialogue;
	(void)__atomic_add_fetch(&tally->ready, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&tally->ready, __ATOMIC_SEQ_CST) < CLIENTS)
		(void)sched_yield();
}

static void client(struct host *host, const char *typed)
{
	struct dialogue dialogue = { .codes = { typed }, .when_asked = wait_for_all };
	const int code = log_in(host, &by_ssh, ONLY_AUTH, &dialogue);

	if (code == PAM_SUCCESS)
		(void)__atomic_add_fetch(&tally->in, 1, __ATOMIC_SEQ_CST);
	else if (code == PAM_AUTH_ERR)
		(void)__atomic_add_fetch(&tally->refused, 1, __ATOMIC_SEQ_CST);
	_exit(0);
}

/* All type what @typed gives for their number. */
static void burst(struct host *host, const char *(*typed)(unsigned number))
{
	int status;

	*tally = (struct tally){ 0 };
	for (unsigned i = 0; i < CLIENTS; i++) {
		const pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			client(host, typed(i));
	}
	for (unsigned i = 0; i < CLIENTS; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
}

static struct shown right, wrong;

static const char *the_right_one(unsigned number)
{
	(void)number;
	return right.code;
}

static const char *a_wrong_one(unsigned number)
{
	(void)number;
	return wrong.code;
}

static void start(struct host *host, const char *policy)
{
	close_p(&host->journal); /* nobody listens: a full socket would hold the clients up */
	host->journal = -1;
	host_policy(host, policy);
	stack_code_alone(host, "sshd");
	give_phone(host, HELD);
}

/* As many as are allowed look at the record, one of them is first. */
static void one_code_lets_one_in(void **state)
{
	static const char lenient[] =
		HEAD "      - {services: [sshd], from: [anywhere], second-factor: required}\n"
		     "attempts: {allow: 20, within: 15m, then: {delay: 1s}, allow-per-user: 100}\n";

	for (unsigned round = 0; round < ROUNDS; round++) {
		assert_int_equal(otp_set_up(state), 0);
		start(*state, lenient);
		right = show(0);
		burst(*state, the_right_one);
		assert_int_equal(tally->in, 1);
		assert_int_equal(tally->refused, CLIENTS - 1);
		assert_int_equal(host_tear_down(state), 0);
	}
}

static unsigned failed(const struct host *host)
{
	const struct attempt_limits limits = ATTEMPT_LIMITS_STRICT;
	const struct attempt_subject subject = { .user = HELD,
						 .uid = getpwnam(HELD)->pw_uid,
						 .known = true };
	struct attempt_status status[16] = { { .failed = 0 } };
	struct attempt_clock now;

	assert_int_equal(attempt_clock_now(&now), 0);
	assert_true(attempt_status(host->root, &limits, &subject, &now, status, 16) >= 0);
	return status[0].failed;
}

/* Three may be wrong; after them the right code is not looked at. */
static void guesses_at_once_are_counted_exactly(void **state)
{
	struct host *host = *state;
	struct dialogue late = { .codes = { right.code } };

	wrong = show_wrong();
	right = show(0);
	start(host, POLICY);
	burst(host, a_wrong_one);
	assert_int_equal(tally->in, 0);
	assert_int_equal(tally->refused, CLIENTS);
	assert_int_equal(failed(host), 3);
	assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &late), PAM_AUTH_ERR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_code_lets_one_in),
		AT_CODES(guesses_at_once_are_counted_exactly),
	};

	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (tally == MAP_FAILED)
		return 1;
	return cmocka_run_group_tests_name("codes at once", tests, NULL, NULL);
}
