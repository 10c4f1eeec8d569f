/* SPDX-License-Identifier: MIT */
/* moments.c - dates and hours as a policy writes them. */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include <sereno/scoped.h>

#include "words.h"

#define DAY_MINUTES 1440

static const char days[7][4] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };

static int refuse(const char *why, const char **ret_why)
{
	*ret_why = why;
	return -EINVAL;
}

/* @count digits at *@text, which moves behind them. Returns the number or -1. */
static int take_digits(const char **text, int count)
{
	int number = 0;

	for (int i = 0; i < count; i++) {
		const char c = (*text)[i];

		if (c < '0' || c > '9')
			return -1;
		number = 10 * number + (c - '0');
	}
	*text += count;
	return number;
}

static bool take_char(const char **text, char wanted)
{
	if (**text != wanted)
		return false;
	(*text)++;
	return true;
}

enum midnight { MIDNIGHT_IS_0000, MIDNIGHT_MAY_BE_2400 };

/* "07:00" at *@text as minutes of the day, or -1. */
static int take_time(const char **text, enum midnight midnight)
{
	const int hour = take_digits(text, 2);
	int minute;

	if (hour < 0 || !take_char(text, ':'))
		return -1;
	minute = take_digits(text, 2);
	if (hour == 24 && minute == 0 && midnight == MIDNIGHT_MAY_BE_2400)
		return DAY_MINUTES;
	return hour > 23 || minute < 0 || minute > 59 ? -1 : 60 * hour + minute;
}

int word_civil(const char *text, struct civil *ret, enum word_precision *ret_precision,
	       const char **ret_why)
{
	static const char how[] = "is not a date such as 2026-12-31 or 2026-12-31T18:00";
	const char *at = text;
	const int year = take_digits(&at, 4);
	int month, day, minute = 0;
	struct civil civil;

	if (year < 0 || !take_char(&at, '-'))
		return refuse(how, ret_why);
	month = take_digits(&at, 2);
	if (month < 0 || !take_char(&at, '-'))
		return refuse(how, ret_why);
	day = take_digits(&at, 2);
	if (day < 0 || (*at != '\0' && *at != 'T'))
		return refuse(how, ret_why);
	*ret_precision = *at == 'T' ? WORD_MINUTE : WORD_DAY;
	if (take_char(&at, 'T'))
		minute = take_time(&at, MIDNIGHT_IS_0000);
	if (minute < 0 || *at)
		return refuse("has a time that is not one from T00:00 to T23:59", ret_why);
	civil = (struct civil){ .year = (int16_t)year,
				.month = (uint8_t)month,
				.day = (uint8_t)day,
				.minute = (uint16_t)minute };
	if (!civil_valid(civil))
		return refuse("is not in the calendar", ret_why);
	*ret = civil;
	return 0;
}

struct civil word_next_day(struct civil day)
{
	struct civil next = day;

	next.minute = 0;
	next.day++;
	if (civil_valid(next))
		return next;
	next.day = 1;
	next.month++;
	if (civil_valid(next))
		return next;
	next.month = 1;
	next.year++;
	return next;
}

/* The day at *@text, which moves behind it. Returns 0 to 6 or -1. */
static int take_day(const char **text)
{
	for (size_t i = 0; i < ARRAY_SIZE(days); i++) {
		if (strncmp(*text, days[i], 3) == 0) {
			*text += 3;
			return (int)i;
		}
	}
	return -1;
}

/* "Mon", "Mon-Fri" or "Sat-Mon" at *@text as bits, or 0. */
static unsigned take_days(const char **text)
{
	const int first = take_day(text);
	int last = first;
	unsigned bits = 0;

	if (first < 0)
		return 0;
	if (take_char(text, '-'))
		last = take_day(text);
	if (last < 0)
		return 0;
	for (int day = first; day != last; day = (day + 1) % 7)
		bits |= 1u << day;
	return bits | 1u << last;
}

static int read_days(const char **text, unsigned *ret, const char **ret_why)
{
	static const char how[] =
		"has a day that is not one of Mon Tue Wed Thu Fri Sat Sun, written so; as Mon-Fri or Mon,Wed";
	unsigned bits = 0;

	do {
		const unsigned more = take_days(text);

		if (!more)
			return refuse(how, ret_why);
		bits |= more;
	} while (take_char(text, ','));
	if (**text && **text != ' ')
		return refuse(how, ret_why);
	*ret = bits;
	return 0;
}

static int read_times(const char *text, struct word_hours *ret, const char **ret_why)
{
	static const char how[] =
		"has times that are not from 00:00 to 24:00, written as 07:00-21:00";
	const int start = take_time(&text, MIDNIGHT_IS_0000);
	int end;

	if (start < 0 || !take_char(&text, '-'))
		return refuse(how, ret_why);
	end = take_time(&text, MIDNIGHT_MAY_BE_2400);
	if (end < 0 || *text)
		return refuse(how, ret_why);
	if (start == end)
		return refuse("ends when it begins; the whole day is 00:00-24:00", ret_why);
	ret->start = (unsigned)start;
	ret->end = (unsigned)end;
	return 0;
}

int word_hours(const char *text, struct word_hours *ret, const char **ret_why)
{
	struct word_hours hours = { .days = 0x7f, .start = 0, .end = DAY_MINUTES };
	const char *at = text;
	int r;

	if (!isdigit((unsigned char)*at)) {
		r = read_days(&at, &hours.days, ret_why);
		if (r < 0)
			return r;
		if (!take_char(&at, ' ')) {
			*ret = hours;
			return 0;
		}
	}
	r = read_times(at, &hours, ret_why);
	if (r < 0)
		return r;
	*ret = hours;
	return 0;
}

bool word_looks_like_hours(const char *text)
{
	static const char *const whole[] = { "monday", "tuesday",  "wednesday", "thursday",
					     "friday", "saturday", "sunday" };

	if (strchr(text, ':') || strchr(text, ' ') || strchr(text, ',') ||
	    isdigit((unsigned char)*text))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(days); i++) {
		if (strncasecmp(text, days[i], 3) == 0 && (!text[3] || text[3] == '-'))
			return true;
		if (strcasecmp(text, whole[i]) == 0)
			return true;
	}
	return false;
}
