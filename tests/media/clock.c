/* SPDX-License-Identifier: MIT */
/* clock.c - the timer of the watcher of seats, where the clock is set just as it is waited on. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/timerfd.h>

#include <cmocka.h>

#include "clock.h"

#define NOW INT64_C(1800000000)

/* The kernel's part, in place of libc's: how often it says that the clock was set. */
static int canceled, times;
static int64_t moment;

int timerfd_settime(int fd, int flags, const struct itimerspec *when, struct itimerspec *before)
{
	(void)fd;
	(void)before;
	assert_int_equal(flags, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET);
	moment = when->it_value.tv_sec;
	times++;
	if (canceled == 0)
		return 0;
	canceled--;
	errno = ECANCELED;
	return -1;
}

static struct wait_case {
	const char *name;
	int canceled;
	int64_t until;
	int64_t moment;
	int times;
} cases[] = {
	{ "it is waited for", 0, NOW + 60, NOW + 60, 1 },
	{ "it is over", 0, NOW - 60, NOW + 1, 1 },
	{ "the clock was set meanwhile", 1, NOW + 60, 1, 2 },
	{ "and set again", 2, NOW + 60, 1, 2 },
};

static void check_wait(void **state)
{
	const struct wait_case *given = *state;

	canceled = given->canceled;
	times = 0;
	assert_int_equal(clock_wait(3, given->until, NOW), 0);
	assert_int_equal(moment, given->moment);
	assert_int_equal(times, given->times);
}

int main(void)
{
	struct CMUnitTest tests[sizeof(cases) / sizeof(cases[0])];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		tests[i] = (struct CMUnitTest){ .name = cases[i].name,
						.test_func = check_wait,
						.initial_state = &cases[i] };
	return cmocka_run_group_tests_name("the clock of seats", tests, NULL, NULL);
}
