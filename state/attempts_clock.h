/* SPDX-License-Identifier: MIT */
/*
 * attempts_clock.h - a clock of the record's own, which only ever runs forward.
 *
 * It runs with CLOCK_BOOTTIME while the host is up. Across a reboot it runs on by what the wall
 * clock says has passed, if that went forward, and by the time since boot at the least: a wall
 * clock that went back never shortens a wait and nothing ever lengthens one.
 */
#ifndef SERENO_STATE_ATTEMPTS_CLOCK_H
#define SERENO_STATE_ATTEMPTS_CLOCK_H

#include <sereno/attempts.h>

#define RECORD_CLOCK_SIZE 36 /* bytes on the disk */

struct record_clock {
	struct attempt_clock seen; /* at the last look */
	uint32_t time;		   /* seconds; never 0 once it runs */
};

/* Let @clock run up to @now, or start it when it is all zero. */
void record_clock_run(struct record_clock *clock, const struct attempt_clock *now);

/* The wall clock at @time of @clock, which has just been run. */
int64_t record_clock_wall(const struct record_clock *clock, uint32_t time);

void record_clock_encode(const struct record_clock *clock, uint8_t **cursor);
void record_clock_decode(struct record_clock *clock, const uint8_t **cursor);

#endif
