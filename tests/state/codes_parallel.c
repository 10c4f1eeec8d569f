/* SPDX-License-Identifier: MIT */
/*
 * codes_parallel.c - tests: one code, many at once, one yes; and no second one after a kill.
 *
 * Clients are processes that wait for one another before they begin; what they were told is counted
 * in memory that all of them share.
 */
#include "codes_scene.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

struct count {
	atomic_uint yes, no, failed;
};

static struct count *count_new(void)
{
	void *page = mmap(NULL, sizeof(struct count), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(page != MAP_FAILED);
	return page;
}

struct crowd {
	const char *name;
	unsigned clients, rounds;
	bool recovery; /* all use one recovery code */
	bool own;      /* each uses a recovery code of his own: all are right */
	bool killed;   /* each may be killed at any moment, by the one before him */
};

/* clang-format off */
static const struct crowd crowds[] = {
	{ "2 processes, one code",            2,   20, false, false, false },
	{ "8 processes, one code",            8,   5, false, false, false },
	{ "32 processes, one code",           32,  2,  false, false, false },
	{ "100 processes, one code",          100, 1,  false, false, false },
	{ "8 processes, one recovery code",   8,   4,  true,  false, false },
	{ "32 processes, one recovery code",  32,  1,  true,  false, false },
	{ "8 processes, 8 recovery codes",    8,   4,  false, true,  false },
	{ "20 processes, killed",             20,  8, false, false, true },
};
/* clang-format on */

static void ask(struct count *count, const char *root, const char *typed, int64_t now)
{
	const struct codes_attempt attempt = { typed, now, 1 };
	struct codes_result result;

	if (codes_check(root, &person, &attempt, &result) < 0)
		atomic_fetch_add(&count->failed, 1);
	else if (result.verdict == CODES_ACCEPTED || result.verdict == CODES_RECOVERED)
		atomic_fetch_add(&count->yes, 1);
	else
		atomic_fetch_add(&count->no, 1);
}

static pid_t start(int gate[2], struct count *count, const char *root, const char *typed,
		   int64_t now)
{
	const pid_t pid = fork();
	char byte;

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	(void)close(gate[1]);
	while (read(gate[0], &byte, 1) < 0)
		; /* until nobody holds the other end any more */
	ask(count, root, typed, now);
	_exit(0);
}

static void kill_some(const pid_t *pids, unsigned n, unsigned round)
{
	for (unsigned i = 0; i < n; i++) {
		for (unsigned spin = 0; spin < (round * 7919 + i * 104729) % 2000; spin++)
			__asm__ volatile("");
		if ((i + round) % 3 != 0)
			(void)kill(pids[i], SIGKILL);
	}
}

static void run_round(const struct crowd *crowd, struct scene *scene, struct count *count,
		      char (*codes)[OTP_RECOVERY_SIZE], unsigned round)
{
	const int64_t now = NOW + (int64_t)round * 300;
	const struct shown code = show(&phone, now);
	pid_t pids[100];
	int gate[2], status;

	memset(count, 0, sizeof(*count));
	assert_int_equal(pipe(gate), 0);
	for (unsigned i = 0; i < crowd->clients; i++)
		pids[i] = start(gate, count, scene->root,
				crowd->recovery ? codes[0]
				: crowd->own	? codes[i]
						: code.code,
				now);
	(void)close(gate[0]);
	(void)close(gate[1]);
	if (crowd->killed)
		kill_some(pids, crowd->clients, round);
	for (unsigned i = 0; i < crowd->clients; i++)
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
}

static void one_yes(void **state)
{
	struct scene *scene = *state;
	const struct crowd *crowd = scene->row;
	struct count *count = count_new();
	char codes[8][OTP_RECOVERY_SIZE];
	const unsigned right = crowd->own ? crowd->clients : 1;

	give(scene, &person, &phone, "phone");
	for (unsigned round = 0; round < crowd->rounds; round++) {
		const int64_t now = NOW + (int64_t)round * 300;

		if (crowd->recovery || crowd->own)
			assert_int_equal(codes_recovery_issue(scene->root, &person, now, 8, codes),
					 0);
		run_round(crowd, scene, count, codes, round);
		assert_int_equal(count->failed, 0);
		if (!crowd->killed) {
			assert_int_equal(count->yes, right);
			assert_int_equal(count->no, crowd->clients - right);
			continue;
		}
		assert_true(count->yes <= 1);
		/* Whoever was killed, and wherever: with this one there are no two. */
		ask(count, scene->root, show(&phone, now).code, now);
		assert_true(count->yes <= 1);
		assert_int_equal(verdict(scene, show(&phone, now + 30).code, now), CODES_ACCEPTED);
	}
	assert_int_equal(munmap(count, sizeof(*count)), 0);
}

/* Who is killed after his check, and before anybody heard of it, has used up the code. */
static void killed_before_the_answer(void **state)
{
	struct scene *scene = *state;
	char codes[1][OTP_RECOVERY_SIZE];
	const struct shown code = show(&phone, NOW);
	int status;

	give(scene, &person, &phone, "phone");
	assert_int_equal(codes_recovery_issue(scene->root, &person, NOW, 1, codes), 0);
	for (unsigned i = 0; i < 2; i++) {
		const pid_t pid = fork();

		if (pid == 0) {
			(void)check(scene->root, i == 0 ? code.code : codes[0], NOW);
			raise(SIGKILL);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	}
	assert_int_equal(verdict(scene, code.code, NOW), CODES_REPLAYED);
	assert_int_equal(verdict(scene, codes[0], NOW), CODES_WRONG);
}

#define TOKENS 4

/* Each process has a token of its own in the same record: no use is lost. */
static void no_lost_use(void **state)
{
	static const char *const labels[TOKENS] = { "1", "2", "3", "4" };
	struct scene *scene = *state;
	struct count *count = count_new();
	struct otp_token tokens[TOKENS];
	pid_t pids[TOKENS];
	int status;

	for (unsigned i = 0; i < TOKENS; i++) {
		assert_int_equal(otp_token_new(OTP_SHA1, 8, 30, &tokens[i]), 0);
		give(scene, &person, &tokens[i], labels[i]);
	}
	for (unsigned i = 0; i < TOKENS; i++) {
		pids[i] = fork();
		for (int64_t step = 0; pids[i] == 0 && step < 50; step++)
			ask(count, scene->root, show(&tokens[i], NOW + step * 30).code,
			    NOW + step * 30);
		if (pids[i] == 0)
			_exit(0);
	}
	for (unsigned i = 0; i < TOKENS; i++)
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
	assert_int_equal(count->yes, 50 * TOKENS);
	assert_int_equal(count->no + count->failed, 0);
	for (unsigned i = 0; i < TOKENS; i++)
		assert_int_equal(verdict(scene, show(&tokens[i], NOW + 49 * 30).code, NOW + 1470),
				 CODES_REPLAYED);
	assert_int_equal(munmap(count, sizeof(*count)), 0);
}

/* Two people at one door: one is in. */
static void one_enrols(void **state)
{
	struct scene *scene = *state;
	struct count *count = count_new();
	struct codes_needed needed;
	struct codes_status found;
	pid_t pids[16];
	int gate[2], status;
	char byte;

	assert_int_equal(codes_need(scene->root, &person, 3600, NOW, &needed), 0);
	assert_int_equal(pipe(gate), 0);
	for (unsigned i = 0; i < ARRAY_SIZE(pids); i++) {
		struct otp_token token;
		struct codes_enrolment enrolment = { .token = &token,
						     .label = "phone",
						     .within_sec = 3600 };
		enum codes_enrolled enrolled;
		struct shown code;

		pids[i] = fork();
		if (pids[i] > 0)
			continue;
		(void)close(gate[1]);
		while (read(gate[0], &byte, 1) < 0)
			;
		if (otp_token_new(OTP_SHA1, 6, 30, &token) < 0)
			_exit(1);
		code = show(&token, NOW);
		enrolment.confirm = (struct codes_attempt){ code.code, NOW, 1 };
		if (codes_enrol(scene->root, &person, &enrolment, &enrolled) < 0)
			atomic_fetch_add(&count->failed, 1);
		else if (enrolled == CODES_ENROLLED)
			atomic_fetch_add(&count->yes, 1);
		_exit(0);
	}
	(void)close(gate[0]);
	(void)close(gate[1]);
	for (unsigned i = 0; i < ARRAY_SIZE(pids); i++)
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
	assert_int_equal(count->failed, 0);
	assert_int_equal(count->yes, 1);
	assert_int_equal(codes_status(scene->root, &person, &found), 0);
	assert_int_equal(found.n_tokens, 1);
	assert_int_equal(munmap(count, sizeof(*count)), 0);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(crowds) + 3];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(crowds); i++)
		tests[n++] = a_test(crowds[i].name, one_yes, &crowds[i]);
	tests[n++] = a_test("killed before the answer", killed_before_the_answer, NULL);
	tests[n++] = a_test("4 processes with tokens of their own", no_lost_use, NULL);
	tests[n++] = a_test("16 processes enrol", one_enrols, NULL);
	return cmocka_run_group_tests_name("codes, many at once", tests, NULL, NULL);
}
