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
	if (**cursor == '.') /* fractions of a second are legal in RFC 3339 and decide nothing */
		*cursor += 1 + strspn(*cursor + 1, "0123456789");
	if (hour > 23 || minute > 59 || second > 59)
		return -ERANGE;
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

/* Read all of @text but the offset, which *@ret_offset then points to. */
static int read_local(const char *text, struct civil *ret, unsigned *ret_second,
		      const char **ret_offset)
{
	const char *cursor = text;
	unsigned minute;
	int r = read_date(&cursor, ret);

	if (r == 0)
		r = read_clock(&cursor, &minute, ret_second);
	if (r < 0)
		return r;
	ret->minute = (uint16_t)minute;
	*ret_offset = cursor;
	return civil_valid(*ret) ? 0 : -ERANGE;
}

int instant_parse(const char *text, const struct zone *zone, int64_t *ret)
{
	const struct zone utc = { .end = TIME_NO_END, .n = 1, .step = { { TIME_NO_START, 0 } } };
	const char *offset_text;
	struct civil civil;
	unsigned second;
	int r, offset;

	r = read_local(text, &civil, &second, &offset_text);
	if (r < 0)
		return r;
	if (!*offset_text) {
		*ret = zone_utc(zone, civil, CIVIL_EARLIER) + second;
		return 0;
	}
	if (read_offset(offset_text, &offset) < 0)
		return -EINVAL;
	*ret = zone_utc(&utc, civil, CIVIL_EARLIER) + second - offset;
	return 0;
}

static bool civil_equal(struct civil a, struct civil b)
{
	return a.year == b.year && a.month == b.month && a.day == b.day && a.minute == b.minute;
}

/* Say which moment is meant where the clock shows @text twice, or never. */
static void note_change(const char *text, const struct zone *zone)
{
	char meant[INSTANT_TEXT_MAX], other[INSTANT_TEXT_MAX];
	int64_t earlier, later;
	const char *offset;
	struct civil civil;
	unsigned second;

	if (read_local(text, &civil, &second, &offset) < 0 || *offset)
		return;
	earlier = zone_utc(zone, civil, CIVIL_EARLIER);
	later = zone_utc(zone, civil, CIVIL_LATER);
	if (earlier != later)
		(void)complain(
			EXIT_YES, _("--at: that time comes twice, %s and %s: the first is meant"),
			instant_local(earlier, zone, meant), instant_local(later, zone, other));
	else if (!civil_equal(zone_civil(zone, earlier, NULL), civil))
		(void)complain(
			EXIT_YES,
			_("--at: that time never comes, the clock is put forward: %s is meant"),
			instant_local(earlier, zone, meant));
}

enum exit_status instant_read(const char *text, const struct zone *zone, int64_t *ret)
{
	const int r = instant_parse(text, zone, ret);

	if (r == -ERANGE)
		return complain(EXIT_USAGE,
				_("--at: there is no such time; years go from 1970 to 9999, "
				  "hours from 00 to 23"));
	if (r < 0)
		return complain(EXIT_USAGE, _("--at wants a time such as 2026-03-01T22:10"));
	note_change(text, zone);
	return EXIT_YES;
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

enum precision { TO_THE_MINUTE, TO_THE_SECOND };

static const char *write_local(int64_t time, const struct zone *zone, enum precision precision,
			       char text[static INSTANT_TEXT_MAX])
{
	static const char days[][4] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	const int64_t day_sec = 86400;
	char second[8] = "";
	struct civil civil;
	int32_t offset = 0;
	int64_t day;

	if (time == TIME_NO_END || time == TIME_NO_START) {
		(void)snprintf(text, INSTANT_TEXT_MAX, "%s", _("for ever")); /* cut is harmless */
		return text;
	}
	civil = zone_civil(zone, time, &offset);
	day = (time + offset) / day_sec - ((time + offset) % day_sec < 0);
	if (precision == TO_THE_SECOND)
		(void)snprintf(second, sizeof(second), ":%02u",
			       (unsigned)(((time + offset) % 60 + 60) % 60)); /* fits */
	/* The epoch was a Thursday. */
	(void)snprintf(text, INSTANT_TEXT_MAX, "%s %04d-%02u-%02u %02u:%02u%s %c%02d:%02d",
		       days[((day + 3) % 7 + 7) % 7], civil.year, civil.month, civil.day,
		       civil.minute / 60U, civil.minute % 60U, second, offset < 0 ? '-' : '+',
		       abs(offset) / 3600, abs(offset) / 60 % 60);
	return text;
}

const char *instant_local(int64_t time, const struct zone *zone, char text[static INSTANT_TEXT_MAX])
{
	return write_local(time, zone, TO_THE_MINUTE, text);
}

const char *instant_local_second(int64_t time, const struct zone *zone,
				 char text[static INSTANT_TEXT_MAX])
{
	return write_local(time, zone, TO_THE_SECOND, text);
}
