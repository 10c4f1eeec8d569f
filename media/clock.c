/* SPDX-License-Identifier: MIT */
/*
 * clock.c - a timerfd of CLOCK_REALTIME that is cancelled when the clock is set.
 *
 * The kernel sets it by the time it has slept, too: so waking up is noticed.
 */
#include "clock.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>

#include <sereno/calendar.h>
#include <sereno/scoped.h>

/* Far away, and nothing overflows: a timer that is not set is not cancelled either. */
#define FAR_SEC ((int64_t)1 << 33)

struct clock_now clock_read(void)
{
	struct timespec utc = { 0 }, boot = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &utc); /* these cannot fail */
	(void)clock_gettime(CLOCK_BOOTTIME, &boot);
	return (struct clock_now){ utc.tv_sec, boot.tv_sec };
}

int clock_open(sd_event *event, sd_event_io_handler_t due, void *context, int *ret_fd,
	       sd_event_source **ret)
{
	scoped_fd int fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	int r;

	if (fd < 0)
		return neg_errno();
	r = sd_event_add_io(event, ret, fd, EPOLLIN, due, context);
	if (r < 0)
		return r;
	*ret_fd = take(fd, -1);
	return 0;
}

static int set(int fd, int64_t moment)
{
	const struct itimerspec when = { .it_value.tv_sec = moment };

	return timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL) == 0
		       ? 0
		       : neg_errno();
}

/* ECANCELED: the clock was set, by which what has been looked at is over; and the timer is set all
 * the same, so that nothing else would tell. It is set to a moment long ago: it tells at once. */
int clock_wait(int fd, int64_t until, int64_t now)
{
	int r;

	if (until <= now)
		until = now + 1;
	r = set(fd, until < now + FAR_SEC ? until : now + FAR_SEC);
	if (r == -ECANCELED)
		r = set(fd, 1);
	return r == -ECANCELED ? 0 : r;
}

void clock_taken(int fd)
{
	uint64_t times;

	(void)!read(fd, &times, sizeof(times)); /* ECANCELED: the clock was set; both are news */
}
