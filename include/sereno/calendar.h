/* SPDX-License-Identifier: MIT */
/*
 * calendar.h - weekly hours and the time zone they are read in.
 *
 * The functions on struct calendar and on a loaded struct zone are pure: no clock, no
 * environment, callable from every room and any thread. zone_load() is for the compiler only.
 * Times are seconds since the epoch, UTC (int64_t).
 */
#ifndef SERENO_CALENDAR_H
#define SERENO_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIME_NO_END   INT64_MAX /* "until" of what never stops */
#define TIME_NO_START INT64_MIN /* "since" of what always was */

#define WEEK_MINUTES 10080
#define CALENDAR_MAX 64 /* spans after merging; more is a fault of the policy */

/* Minutes of the week from Monday 00:00 local time; start < end <= WEEK_MINUTES, end excluded. */
struct week_span {
	uint16_t start, end;
};

/* Sorted, merged, not touching. n = 0 is never open. A full week is one span 0-10080. */
struct calendar {
	size_t n;
	struct week_span span[CALENDAR_MAX];
};

/* Add [start, end) of each day in @days (bit 0 Monday .. bit 6 Sunday), minutes of the day 0 to
 * 1440. end <= start wraps past midnight and belongs to the day on which it starts. Returns 0 or
 * -E2BIG when more than CALENDAR_MAX spans would be needed (@calendar then is unchanged). */
int calendar_add(struct calendar *calendar, unsigned days, unsigned start, unsigned end);

/* Make @calendar the union of itself and @other. Returns 0 or -E2BIG (unchanged). */
int calendar_join(struct calendar *calendar, const struct calendar *other);

#define ZONE_MAX	 128 /* transitions kept */
#define ZONE_AHEAD_YEARS 30  /* how far ahead of the compilation the zone is known */

struct zone_step {
	int64_t at;	/* from this moment on */
	int32_t offset; /* local time = UTC + offset seconds */
};

/* Known from step[0].at up to @end; outside of that hours never fit (fail closed), those of a
 * full week excepted, which need no zone. */
struct zone {
	int64_t end;
	size_t n; /* at least 1 */
	struct zone_step step[ZONE_MAX];
};

/*
 * Load zone @name ("Europe/Madrid"; NULL is the host's own) from below @root ("" is the host; a
 * tree without /usr/share/zoneinfo uses the host's), from one year before @now to
 * ZONE_AHEAD_YEARS after. Uses and restores the process's TZ
 * variable: only for our own single-threaded commands. Returns 0, -ENOENT (no such zone),
 * -EINVAL (not a zone name) or -E2BIG (more than ZONE_MAX changes).
 */
int zone_load(const char *root, const char *name, int64_t now, struct zone *ret);

/* Whether @calendar is open at @time. */
bool calendar_open(const struct calendar *calendar, const struct zone *zone, int64_t time);

/* The first moment from @time on at which @calendar is closed; @time itself when it is closed
 * then, TIME_NO_END when it never closes. Exact across changes of the zone's offset. */
int64_t calendar_closes(const struct calendar *calendar, const struct zone *zone, int64_t time);

/* A moment as a policy writes it, in the policy's zone; minute counts from 0 in the day. */
struct civil {
	int16_t year;
	uint8_t month, day; /* from 1 */
	uint16_t minute;    /* 0 to 1439 */
};

enum civil_pick { CIVIL_EARLIER, CIVIL_LATER };

/* @civil in UTC. A time that happens twice (autumn) is the one @pick says; a time that does not
 * happen (spring) is the moment of the change. Dates outside of the loaded zone use its first or
 * last offset. */
int64_t zone_utc(const struct zone *zone, struct civil civil, enum civil_pick pick);

/* The local time of @time, for messages, and with @ret_offset (seconds, may be NULL) its offset. */
struct civil zone_civil(const struct zone *zone, int64_t time, int32_t *ret_offset);

/* Whether year, month, day and minute are a date of the Gregorian calendar, years 1970 to 9999. */
bool civil_valid(struct civil civil);

#endif
