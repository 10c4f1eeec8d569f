/* SPDX-License-Identifier: MIT */
/*
 * instant.h - moments on the command line and in messages.
 */
#ifndef ADMIN_INSTANT_H
#define ADMIN_INSTANT_H

#include <sereno/calendar.h>

#include "messages.h"

#define INSTANT_TEXT_MAX 64

/*
 * Read RFC 3339 ("2026-03-01T22:10:00+01:00", "...Z") or a time without an offset
 * ("2026-03-01T22:10", "2026-03-01 22:10:30"), which is local to @zone; one that happens twice is
 * the earlier, one that never happens is when the clock goes forward. Returns 0, -EINVAL (no
 * time) or -ERANGE (written as one, but there is none).
 */
int instant_parse(const char *text, const struct zone *zone, int64_t *ret);

/* The same for --at: what is wrong is said on stderr, and also which time is meant where the clock
 * is put forward or back. */
enum exit_status instant_read(const char *text, const struct zone *zone, int64_t *ret);

/* Write "2026-03-01T21:10:00Z". Returns 0, or -ERANGE for TIME_NO_END, TIME_NO_START and years past
 * 9999. */
int instant_utc(int64_t time, char text[static INSTANT_TEXT_MAX]);

/* Write "Sun 2026-03-01 22:10 +01:00" in @zone, "for ever" for TIME_NO_END. Returns @text. */
const char *instant_local(int64_t time, const struct zone *zone,
			  char text[static INSTANT_TEXT_MAX]);

/* The same to the second, "22:10:07": for what lasts no longer. */
const char *instant_local_second(int64_t time, const struct zone *zone,
				 char text[static INSTANT_TEXT_MAX]);

#endif
