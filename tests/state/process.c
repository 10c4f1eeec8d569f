/* SPDX-License-Identifier: MIT */
/* process.c - as whom a process runs, and in which login, by one look at it. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <sereno/login.h>
#include <sereno/scoped.h>

#include "process.h"

static const struct row {
	const char *name, *status;
	int result;
	uid_t uid;
} rows[] = {
	{ "one user", "Name:\tsereno\nUid:\t1001\t1001\t1001\t1001\nGid:\t1\t1\t1\t1\n", 0, 1001 },
	{ "the greatest", "Name:\tx\nUid:\t4294967295\t4294967295\t4294967295\t4294967295\n", 0,
	  UINT32_MAX },
	{ "effective root", "Name:\tx\nUid:\t1001\t0\t0\t0\n", -EPERM, 0 },
	{ "once root", "Name:\tx\nUid:\t1001\t1001\t0\t1001\n", -EPERM, 0 },
	{ "root of the file system", "Name:\tx\nUid:\t1001\t1001\t1001\t0\n", -EPERM, 0 },
	{ "a name that looks like one", "Name:\tx\\nUid:\t0\t0\t0\t0\nUid:\t7\t7\t7\t7\n", 0, 7 },
	{ "nothing", "", -EBADMSG, 0 },
	{ "no users", "Name:\tx\nGid:\t0\t0\t0\t0\n", -EBADMSG, 0 },
	{ "cut", "Name:\tx\nUid:\t7\t7\t7", -EBADMSG, 0 },
	{ "cut at the key", "Name:\tx\nUid:", -EBADMSG, 0 },
	{ "too great", "Name:\tx\nUid:\t4294967296\t4294967296\t4294967296\t4294967296\n", -EBADMSG,
	  0 },
	{ "no numbers", "Name:\tx\nUid:\ta\ta\ta\ta\n", -EBADMSG, 0 },
	{ "very long", "Name:\tx\nUid:\t00000000000000007\t7\t7\t7\n", -EBADMSG, 0 },
};

static void test_parse(void **state)
{
	const struct row *row = *state;
	uid_t uid = 12;

	assert_int_equal(process_parse_uid(row->status, &uid), row->result);
	assert_int_equal(uid, row->result == 0 ? row->uid : 12);
}

/* What it calls itself says nothing. */
static void test_self(void **state)
{
	struct login_process process = { .start = 0 };
	uint32_t session;
	uint64_t start;
	uid_t uid;

	(void)state;
	assert_int_equal(prctl(PR_SET_NAME, "x) 1\nUid:\t0\t0"), 0);
	assert_int_equal(login_process_read(getpid(), &process), 0);
	assert_int_equal(process_start(getpid(), &start), 0);
	assert_int_equal(login_self(&session, &uid), 0);
	assert_int_equal(process.start, start);
	assert_int_equal(process.uid, geteuid());
	assert_int_equal(process.session, session);
	assert_int_equal(process.login_uid, uid);
}

static void test_gone(void **state)
{
	struct login_process process = { .start = 3 };
	const pid_t pid = fork();
	int r;

	(void)state;
	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	r = login_process_read(pid, &process);
	assert_true(r == -ENOENT || r == -ESRCH);
	assert_int_equal(process.start, 3);
}

int main(void)
{
	struct CMUnitTest tests[2 + ARRAY_SIZE(rows)] = {
		cmocka_unit_test(test_self),
		cmocka_unit_test(test_gone),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[2 + i] = (struct CMUnitTest){ .name = rows[i].name,
						    .test_func = test_parse,
						    .initial_state = (void *)(uintptr_t)&rows[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
