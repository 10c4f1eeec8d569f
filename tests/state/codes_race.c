/* SPDX-License-Identifier: MIT */
/*
 * codes_race.c - tests: the same races on a real disk and in memory, and many users at once.
 *
 * With ENDURE in the environment 200 rounds, and 100 codes of each process; else some. The disk is
 * whatever holds /var/tmp, its kind is told.
 */
#include "codes_scene.h"

#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>

#define USERS  8
#define TOKENS 4
#define PERIOD 30 /* seconds */

static bool endure(void)
{
	return getenv("ENDURE") != NULL;
}

static void *shared(size_t size)
{
	void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(pages != MAP_FAILED);
	return pages;
}

/* A scene below @under. */
static struct scene *scene_below(const char *under, const void *row)
{
	void *state = (void *)(uintptr_t)row;
	char *const before = getenv("TMPDIR") ? strdup(getenv("TMPDIR")) : NULL;
	struct statfs kind;

	assert_int_equal(setenv("TMPDIR", under, 1), 0);
	assert_int_equal(scene_begin(&state), 0);
	assert_int_equal(before ? setenv("TMPDIR", before, 1) : unsetenv("TMPDIR"), 0);
	free(before);
	assert_int_equal(statfs(under, &kind), 0);
	print_message("%s: a file system of kind %#lx\n", under, (unsigned long)kind.f_type);
	return state;
}

static void wait_for(unsigned n)
{
	int status;

	for (unsigned i = 0; i < n; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
}

struct race {
	const char *name, *under;
	unsigned clients, quick;
	bool recovery;
};

/* clang-format off */
static const struct race races[] = {
	{ "2 processes, one code, on disk",            "/var/tmp", 2,  4, false },
	{ "8 processes, one code, on disk",            "/var/tmp", 8,  3, false },
	{ "32 processes, one code, on disk",           "/var/tmp", 32, 2, false },
	{ "2 processes, one recovery code, on disk",   "/var/tmp", 2,  1, true },
	{ "8 processes, one recovery code, on disk",   "/var/tmp", 8,  1, true },
	{ "32 processes, one recovery code, on disk",  "/var/tmp", 32, 0, true },
	{ "2 processes, one code, in memory",          "/dev/shm", 2,  10, false },
	{ "8 processes, one code, in memory",          "/dev/shm", 8,  5, false },
	{ "32 processes, one code, in memory",         "/dev/shm", 32, 3, false },
	{ "2 processes, one recovery code, in memory", "/dev/shm", 2,  1, true },
	{ "8 processes, one recovery code, in memory", "/dev/shm", 8,  1, true },
	{ "32 processes, one recovery code, in memory", "/dev/shm", 32, 0, true },
};
/* clang-format on */

static struct count {
	atomic_uint ready, yes, no, failed;
} * count;

static void ask(const char *root, const struct codes_account *account, const char *typed,
		int64_t now)
{
	const struct codes_attempt attempt = { typed, now, 1 };
	struct codes_result result;

	if (codes_check(root, account, &attempt, &result) < 0)
		atomic_fetch_add(&count->failed, 1);
	else if (result.verdict == CODES_ACCEPTED || result.verdict == CODES_RECOVERED)
		atomic_fetch_add(&count->yes, 1);
	else
		atomic_fetch_add(&count->no, 1);
}

static void at_once(const struct race *race, const char *root, const char *typed, int64_t now)
{
	memset(count, 0, sizeof(*count));
	for (unsigned i = 0; i < race->clients; i++) {
		const pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid > 0)
			continue;
		atomic_fetch_add(&count->ready, 1);
		while (atomic_load(&count->ready) < race->clients)
			(void)sched_yield();
		ask(root, &person, typed, now);
		_exit(0);
	}
	wait_for(race->clients);
}

static void raced(void **state)
{
	const struct race *race = *state;
	const unsigned rounds = endure() ? 200 : race->quick;
	struct scene *scene = scene_below(race->under, race);
	char codes[1][OTP_RECOVERY_SIZE];

	*state = scene;
	give(scene, &person, &phone, "phone");
	for (unsigned i = 0; i < rounds; i++) {
		const int64_t now = NOW + (int64_t)i * 300;

		if (race->recovery)
			assert_int_equal(codes_recovery_issue(scene->root, &person, now, 1, codes),
					 0);
		at_once(race, scene->root, race->recovery ? codes[0] : show(&phone, now).code, now);
		assert_int_equal(count->failed, 0);
		assert_int_equal(count->yes, 1);
		assert_int_equal(count->no, race->clients - 1);
	}
	assert_int_equal(scene_end(state), 0);
}

/* Whose turn it is with each token: its codes are good in their order only. */
static atomic_uint (*turns)[TOKENS];

/* Of eight digits: a code that two of a user's tokens made would be used up for both. */
static struct otp_token token_of(unsigned number)
{
	struct otp_token token = phone;

	token.digits = 8;
	token.secret[0] = (uint8_t)number;
	return token;
}

/* Two processes share a token: one has the even steps, one the odd ones. */
static void use_token(const char *root, unsigned user, unsigned number, unsigned n)
{
	const struct codes_account account = { "somebody", 2000 + user };
	const struct timespec pause = { .tv_nsec = 200000 };
	atomic_uint *turn = &turns[user][number / 2];
	const struct otp_token own = token_of(number / 2);

	for (unsigned step = number % 2; step < 2 * n; step += 2) {
		const int64_t now = NOW + (int64_t)step * PERIOD;

		while (atomic_load(turn) < step) /* asleep: 64 of them would starve the one */
			(void)nanosleep(&pause, NULL);
		ask(root, &account, show(&own, now).code, now);
		atomic_fetch_add(turn, 1);
	}
}

/* 8 users with 8 processes each: every code is right, and each must count; the four tokens of a
 * user lie in one record, which all 8 of his write. */
static void users_at_once(void **state)
{
	static const char *const labels[TOKENS] = { "1", "2", "3", "4" };
	const char *under = *state;
	const unsigned n = endure() ? 100 : 10;
	struct scene *scene = scene_below(under, NULL);

	*state = scene;
	turns = shared(USERS * sizeof(*turns));
	memset(count, 0, sizeof(*count));
	for (unsigned user = 0; user < USERS; user++) {
		const struct codes_account account = { "somebody", 2000 + user };

		for (unsigned i = 0; i < TOKENS; i++) {
			const struct otp_token token = token_of(i);

			give(scene, &account, &token, labels[i]);
		}
	}
	for (unsigned i = 0; i < USERS * 2 * TOKENS; i++) {
		const pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid > 0)
			continue;
		use_token(scene->root, i % USERS, i / USERS, n);
		_exit(0);
	}
	wait_for(USERS * 2 * TOKENS);
	assert_int_equal(count->no, 0);
	assert_int_equal(count->failed, 0);
	assert_int_equal(count->yes, USERS * 2 * TOKENS * n);
	for (unsigned user = 0; user < USERS; user++) {
		const struct codes_account account = { "somebody", 2000 + user };
		const int64_t last = NOW + (int64_t)(2 * n - 1) * PERIOD;
		struct codes_status status;

		assert_int_equal(codes_status(scene->root, &account, &status), 0);
		assert_false(status.fell_back);
		for (unsigned i = 0; i < TOKENS; i++)
			assert_int_equal(status.token[i].used, last);
	}
	assert_int_equal(munmap(turns, USERS * sizeof(*turns)), 0);
	assert_int_equal(scene_end(state), 0);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(races) + 2];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(races); i++)
		tests[n++] = (struct CMUnitTest){ .name = races[i].name,
						  .test_func = raced,
						  .initial_state = (void *)(uintptr_t)&races[i] };
	tests[n++] = (struct CMUnitTest){ .name = "8 users, 8 processes each, in memory",
					  .test_func = users_at_once,
					  .initial_state = (void *)(uintptr_t) "/dev/shm" };
	tests[n++] = (struct CMUnitTest){ .name = "8 users, 8 processes each, on disk",
					  .test_func = users_at_once,
					  .initial_state = (void *)(uintptr_t) "/var/tmp" };
	count = shared(sizeof(*count));
	return cmocka_run_group_tests_name("races for codes", tests, NULL, NULL);
}
