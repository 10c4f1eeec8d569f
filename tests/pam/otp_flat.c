/* SPDX-License-Identifier: MIT */
/*
 * otp_flat.c - a process that asks for codes again and again stays as it was: memory, descriptors,
 * mask, identity; also with two handles at once.
 *
 * A hundred authentications, or a hundred thousand with ENDURE in the environment.
 */
#include "otp_talk.h"

#include <dirent.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>

#include "calls.h"

#define PERIOD 30 /* seconds */

static const struct entry by_ssh = { "sshd", HELD, "10.1.2.3", "ssh", NULL };

struct footprint {
	unsigned descriptors;
	size_t allocated, resident; /* bytes */
};

static unsigned descriptors(void)
{
	DIR *stream = opendir("/proc/self/fd");
	unsigned n = 0;

	assert_non_null(stream);
	while (readdir(stream))
		n++;
	assert_int_equal(closedir(stream), 0);
	return n;
}

static size_t resident(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	char text[64], *end;

	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	assert_int_equal(fclose(file), 0);
	(void)strtoul(text, &end, 10); /* the first number is the address space */
	return strtoul(end, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE);
}

static struct footprint footprint(void)
{
	const struct footprint now = { descriptors(), mallinfo2().uordblks, resident() };

	return now;
}

/* The code of two steps in a row is used up with the later one: one in a million. */
static struct shown show_own(void)
{
	while (strcmp(show(0).code, show(-1).code) == 0 || strcmp(show(0).code, show(1).code) == 0)
		calls.moved_sec += 2 * PERIOD;
	return show(0);
}

/* One authentication. Of eight one goes wrong, each time in another way, and one goes on. */
static void once(struct host *host, unsigned long i)
{
	const struct shown right = show_own();
	const char *const typed[8] = { "000000", "nonsense", NULL, "0x5k-m9q2-7rtz" };
	const bool goes_wrong = i % 8 == 7;
	struct dialogue dialogue = { .codes = { goes_wrong ? typed[i / 8 % 8] : right.code } };
	int code;

	code = log_in(host, &by_ssh, i % 8 == 0 ? AUTH_AND_ACCOUNT : ONLY_AUTH, &dialogue);
	assert_true(goes_wrong || code == PAM_SUCCESS);
	drop_events(host);
	calls.moved_sec += PERIOD;
}

static void use(struct host *host)
{
	calls.raised = 5000;
	host_policy(host, POLICY);
	stack_code_alone(host, "sshd");
	give_phone(host, HELD);
}

static void flat(void **state)
{
	struct host *host = *state;
	const unsigned long n = getenv("ENDURE") ? 100000 : 100;
	struct footprint before, after;

	use(host);
	for (unsigned long i = 0; i < 64; i++)
		once(host, i);
	before = footprint();
	for (unsigned long i = 0; i < n; i++)
		once(host, i);
	after = footprint();
	print_message("%lu authentications: descriptors %u to %u, allocated %zu to %zu, resident "
		      "%zu to %zu KiB\n",
		      n, before.descriptors, after.descriptors, before.allocated, after.allocated,
		      before.resident / 1024, after.resident / 1024);
	assert_int_equal(after.descriptors, before.descriptors);
	if (!CALLS_OWN_MALLOC)
		return; /* a sanitizer keeps what was freed */
	assert_true(after.allocated <= before.allocated + 4096);
	assert_true(after.resident <= before.resident + 512 * 1024);
}

/* One handle, as sudo and lockers have it. */
static void one_handle_again_and_again(void **state)
{
	struct host *host = *state;
	struct dialogue dialogue = { .password = "right" };
	struct footprint before = { 0 }, after;
	pam_handle_t *pamh;

	use(host);
	pamh = begin(host, &by_ssh, &dialogue);
	for (unsigned i = 0; i < 200; i++) {
		const struct shown right = show(0), wrong = show_wrong();

		dialogue.codes[0] = i % 3 == 0 ? right.code : wrong.code;
		dialogue.asked = 0;
		assert_int_equal(pam_authenticate(pamh, 0) == PAM_SUCCESS, i % 3 == 0);
		drop_events(host);
		calls.moved_sec += 3600;
		if (i == 99)
			before = footprint();
	}
	after = footprint();
	assert_int_equal(after.descriptors, before.descriptors);
	if (CALLS_OWN_MALLOC)
		assert_true(after.allocated <= before.allocated + 1024);
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
}

/* What a process has that everything in it shares. */
struct self {
	mode_t mask;
	uid_t uid[3];
	gid_t gid[3];
	sigset_t blocked;
	char directory[4096];
	void (*handlers[32])(int);
};

static struct self self(void)
{
	struct sigaction action;
	struct self self;

	memset(&self, 0, sizeof(self));
	self.mask = umask(0);
	(void)umask(self.mask);
	assert_int_equal(getresuid(&self.uid[0], &self.uid[1], &self.uid[2]), 0);
	assert_int_equal(getresgid(&self.gid[0], &self.gid[1], &self.gid[2]), 0);
	assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &self.blocked), 0);
	assert_non_null(getcwd(self.directory, sizeof(self.directory)));
	for (int i = 1; i < 32; i++) {
		assert_int_equal(sigaction(i, NULL, &action), 0);
		self.handlers[i] = action.sa_handler;
	}
	return self;
}

static void the_process_stays_as_it_was(void **state)
{
	struct host *host = *state;
	const mode_t mask = umask(0);
	struct self before, after;

	use(host);
	before = self();
	for (unsigned long i = 0; i < 40; i++)
		once(host, i);
	after = self();
	(void)umask(mask);
	assert_memory_equal(&before, &after, sizeof(before));
}

#define ROUNDS 60

/* Somebody who logs in beside another, round by round. */
struct user {
	struct host host;
	const char *name;
	pthread_barrier_t *round;
	bool moves_clock;
	unsigned let_in;
};

/* No assertions here: they belong to the first thread. */
static void *log_in_often(void *data)
{
	struct user *user = data;
	const struct entry entry = { "sshd", user->name, "10.1.2.3", "ssh", NULL };

	for (unsigned i = 0; i < ROUNDS; i++) {
		const struct shown code = show(0);
		struct dialogue dialogue = { .codes = { i % 4 == 3 ? "nonsense" : code.code } };

		(void)pthread_barrier_wait(user->round);
		if (log_in(&user->host, &entry, AUTH_AND_ACCOUNT, &dialogue) == PAM_SUCCESS)
			user->let_in++;
		drop_events(&user->host);
		(void)pthread_barrier_wait(user->round);
		if (user->moves_clock)
			calls.moved_sec += PERIOD;
		(void)pthread_barrier_wait(user->round);
	}
	return NULL;
}

static void two_handles_at_once(void **state)
{
	struct host *host = *state;
	struct user users[2] = { { .name = HELD, .moves_clock = true }, { .name = "games" } };
	pthread_barrier_t round;
	pthread_t threads[2];
	struct self before, after;
	const unsigned open_before = descriptors();

	use(host);
	give_phone(host, "games");
	assert_int_equal(pthread_barrier_init(&round, NULL, 2), 0);
	before = self();
	for (size_t i = 0; i < 2; i++) {
		users[i].host = *host;
		users[i].round = &round;
		assert_int_equal(pthread_create(&threads[i], NULL, log_in_often, &users[i]), 0);
	}
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	after = self();
	assert_int_equal(pthread_barrier_destroy(&round), 0);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(users[i].let_in, ROUNDS - ROUNDS / 4);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(descriptors(), open_before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_CODES(flat),
		AT_CODES(one_handle_again_and_again),
		AT_CODES(the_process_stays_as_it_was),
		AT_CODES(two_handles_at_once),
	};

	if (!calls_keep("pam_sereno_otp") || !calls_keep("pam_sereno_access"))
		return 1;
	return cmocka_run_group_tests_name("codes, again and again", tests, NULL, NULL);
}
