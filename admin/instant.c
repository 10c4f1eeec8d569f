/* SPDX-License-Identifier: MIT */
/* instant.c - moments read from the command line and written for people. */
#include "instant.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "messages.h"

/* Read exactly @digits digits at *@cursor, then the character @behind unless that is 0. */
static int read_number(const char **cursor, unsigned digits, char behind, unsigned *ret)
{
	const char *at = *cursor;
	unsigned value = 0;

	for (unsigned i = 0; i < digits; i++, at++) {
		if (*at < '0' || *at > '9')
			return -EINVAL;
		value = value * 10 + (unsigned)(*at - '0');
	}
	if (behind && *at++ != behind)
		return -EINVAL;
	*cursor = at;
	*ret = value;
	return 0;
}

static int read_date(const char **cursor, struct civil *ret)
{
	unsigned year, month, day;

	if (read_number(cursor, 4, '-', &year) < 0 || read_number(cursor, 2, '-', &month) < 0 ||
	    read_number(cursor, 2, 0, &day) < 0)
		return -EINVAL;
	if (**cursor != 'T' && **cursor != 't' && **cursor != ' ')
		return -EINVAL;
	(*cursor)++;
	*ret = (struct civil){ (int16_t)year, (uint8_t)month, (uint8_t)day, 0 };
	return 0;
}

static int read_clock(const char **cursor, unsigned *ret_minute, unsigned *ret_second)
{
	unsigned hour, minute, second = 0;

	if (read_number(cursor, 2, ':', &hour) < 0 || read_number(cursor, 2, 0, &minute) < 0)
		return -EINVAL;
	if (**cursor == ':') {
		(*cursor)++;
		if (read_number(cursor, 2, 0, &second) < 0)
			return -EINVAL;
	}
	if (hour > 23 || minute > 59 || second > 59)
		return -EINVAL;
	if (**cursor == '.') /* fractions of a second are legal in RFC 3339 and decide nothing */
		*cursor += 1 + strspn(*cursor + 1, "0123456789");
	*ret_minute = hour * 60 + minute;
	*ret_second = second;
	return 0;
}

/* "Z", "+01:00": seconds ahead of UTC. */
static int read_offset(const char *text, int *ret)
{
	const char *cursor = text + 1;
	unsigned hour, minute;

	if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0) {
		*ret = 0;
		return 0;
	}
	if ((*text != '+' && *text != '-') || read_number(&cursor, 2, ':', &hour) < 0 ||
	    read_number(&cursor, 2, 0, &minute) < 0 || *cursor || hour > 23 || minute > 59)
		return -EINVAL;
	*ret = (int)(hour * 3600 + minute * 60) * (*text == '-' ? -1 : 1);
	return 0;
}

int instant_parse(const char *text, const struct zone *zone, int64_t *ret)
{
	const struct zone utc = { .end = TIME_NO_END, .n = 1, .step = { { TIME_NO_START, 0 } } };
	const char *cursor = text;
	unsigned minute, second;
	struct civil civil;
	int offset;

	if (read_date(&cursor, &civil) < 0 || read_clock(&cursor, &minute, &second) < 0)
		return -EINVAL;
	civil.minute = (uint16_t)minute;
	if (!civil_valid(civil))
		return -EINVAL;
	if (!*cursor) {
		*ret = zone_utc(zone, civil, CIVIL_EARLIER) + second;
		return 0;
	}
	if (read_offset(cursor, &offset) < 0)
		return -EINVAL;
	*ret = zone_utc(&utc, civil, CIVIL_EARLIER) + second - offset;
	return 0;
}

int instant_utc(int64_t time, char text[static INSTANT_TEXT_MAX])
{
	const time_t seconds = (time_t)time;
	struct tm tm;

	if (time == TIME_NO_END || time == TIME_NO_START || !gmtime_r(&seconds, &tm) ||
	    tm.tm_year > 9999 - 1900 || tm.tm_year < 0)
		return -ERANGE;
	if (strftime(text, INSTANT_TEXT_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return -ERANGE;
	return 0;
}

const char *instant_local(int64_t time, const struct zone *zone, char text[static INSTANT_TEXT_MAX])
{
	static const char days[][4] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	const int64_t day_sec = 86400;
	struct civil civil;
	int32_t offset = 0;
	int64_t day;

	if (time == TIME_NO_END || time == TIME_NO_START) {
		(void)snprintf(text, INSTANT_TEXT_MAX, "%s", _("for ever")); /* cut is harmless */
		return text;
	}
	civil = zone_civil(zone, time, &offset);
	day = (time + offset) / day_sec - ((time + offset) % day_sec < 0);
	/* The epoch was a Thursday. */
	(void)snprintf(text, INSTANT_TEXT_MAX, "%s %04d-%02u-%02u %02u:%02u %c%02d:%02d",
		       days[((day + 3) % 7 + 7) % 7], civil.year, civil.month, civil.day,
		       civil.minute / 60U, civil.minute % 60U, offset < 0 ? '-' : '+',
		       abs(offset) / 3600, abs(offset) / 60 % 60);
	return text;
}
