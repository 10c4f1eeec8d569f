/* SPDX-License-Identifier: MIT */
/*
 * clock.h - a moment of the wall clock that is waited for, also when the clock is set.
 */
#ifndef SERENO_MEDIA_CLOCK_H
#define SERENO_MEDIA_CLOCK_H

#include <stdint.h>
#include <systemd/sd-event.h>

struct clock_now {
	int64_t utc, boot; /* seconds: CLOCK_REALTIME, CLOCK_BOOTTIME */
};

struct clock_now clock_read(void);

/* Have @due called when the moment of clock_wait() has come, and whenever the clock is set: then it
 * has to be waited for anew. *@ret_fd is the caller's, and lasts as long as *@ret. Returns 0 or a
 * negative errno. */
int clock_open(sd_event *event, sd_event_io_handler_t due, void *context, int *ret_fd,
	       sd_event_source **ret);

/* Wait for @until (UTC seconds), not for less than a second from @now; TIME_NO_END: for the clock
 * to be set. */
int clock_wait(int fd, int64_t until, int64_t now);

/* To be called by @due: the next one can come. */
void clock_taken(int fd);

#endif
