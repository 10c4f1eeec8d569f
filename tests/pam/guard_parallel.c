/* SPDX-License-Identifier: MIT */
/* guard_parallel.c - many clients at once: never more passwords checked than the policy allows. */
#include "guarded.h"

#include <sys/mman.h>
#include <sys/wait.h>

#define ALLOW	       3
#define ALLOW_PER_USER 9

/* Shared by all clients. */
static struct tally {
	unsigned checked, asked;
} * tally;

static const struct row {
	const char *name;
	unsigned clients, tries, origins, checked;
} rows[] = {
	{ "1 client", 1, 5, 1, ALLOW },
	{ "10 clients from one origin", 10, 3, 1, ALLOW },
	{ "30 clients from one origin", 30, 3, 1, ALLOW },
	{ "100 clients from one origin", 100, 1, 1, ALLOW },
	{ "100 clients from 100 origins", 100, 1, 100, ALLOW_PER_USER },
};

static void count_checked(struct talk *talk, pam_handle_t *pamh)
{
	(void)talk;
	(void)pamh;
	(void)__atomic_add_fetch(&tally->checked, 1, __ATOMIC_SEQ_CST);
}

static void client(struct host *host, const struct row *row, unsigned number)
{
	char address[32];
	const struct entry entry = { "sshd", HELD, address, "ssh", NULL };
	struct talk talk = { .password = "wrong", .when_checked = count_checked };
	pam_handle_t *pamh;
	int code = PAM_AUTH_ERR;

	(void)snprintf(address, sizeof(address), "192.0.2.%u", number % row->origins + 1);
	pamh = start_guarded(host, &entry, &talk);
	for (unsigned i = 0; i < row->tries; i++) {
		code = pam_authenticate(pamh, 0);
		if (code != PAM_AUTH_ERR)
			_exit(1);
	}
	(void)__atomic_add_fetch(&tally->asked, talk.asked, __ATOMIC_SEQ_CST);
	(void)pam_end(pamh, code);
	_exit(0);
}

static void check_row(void **state)
{
	const struct row *row = *state;
	struct host *host;
	int status;

	assert_int_equal(host_set_up(state), 0);
	host = *state;
	close_p(&host->journal); /* nobody listens: a full socket would hold the clients up */
	host->journal = -1;
	host_policy(host, POLICY_DELAYS);
	use_stack(host, "sshd", BEHIND_DENIES);
	*tally = (struct tally){ 0 };
	for (unsigned i = 0; i < row->clients; i++) {
		const pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			client(host, row, i);
	}
	for (unsigned i = 0; i < row->clients; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(tally->asked, row->clients * row->tries);
	assert_int_equal(tally->checked, row->checked);
	assert_int_equal(host_tear_down(state), 0);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows)];

	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (tally == MAP_FAILED)
		return 1;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest){ .name = rows[i].name,
						.test_func = check_row,
						.initial_state = (void *)(uintptr_t)&rows[i] };
	return cmocka_run_group_tests_name("clients at once", tests, NULL, NULL);
}
