/* SPDX-License-Identifier: MIT */
/*
 * calendar.c - weekly hours, and moments in the zone they are read in.
 *
 * The zone and calendar may come from a compiled file: their counts and order are checked where
 * they are read, the numbers in them are not. So every sum saturates.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/calendar.h>

enum { MINUTE = 60, DAY = 86400, DAY_MINUTES = 1440, WEEK = 7 * DAY, WEEK_DAYS = 7 };

/* Local seconds of 0001-01-01T00:00 and 9999-12-31T23:59, all that struct civil shows. */
#define FIRST_SECOND INT64_C(-62135596800)
#define LAST_SECOND  INT64_C(253402300740)

/* Spans on their way into a calendar: unsorted, overlapping. */
struct collection {
	size_t n;
	struct week_span span[2 * CALENDAR_MAX];
};

_Static_assert(CALENDAR_MAX >= 2 * WEEK_DAYS, "calendar_add() needs room for two spans a day");

static int64_t add_saturating(int64_t a, int64_t b)
{
	int64_t sum;

	if (!__builtin_add_overflow(a, b, &sum))
		return sum;
	return b < 0 ? INT64_MIN : INT64_MAX;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int64_t floor_modulo(int64_t a, int64_t b)
{
	const int64_t rest = a % b;

	return rest < 0 ? rest + b : rest;
}

static void collect(struct collection *all, unsigned start, unsigned end)
{
	if (start < end)
		all->span[all->n++] = (struct week_span){ (uint16_t)start, (uint16_t)end };
}

static void collect_calendar(struct collection *all, const struct calendar *calendar)
{
	for (size_t i = 0; i < calendar->n; i++)
		collect(all, calendar->span[i].start, calendar->span[i].end);
}

static int compare_spans(const void *a, const void *b)
{
	const struct week_span *x = a, *y = b;

	return x->start != y->start ? x->start - y->start : x->end - y->end;
}

/* Sort and merge @all into @ret. */
static int settle(struct collection *all, struct calendar *ret)
{
	size_t n = 0;

	qsort(all->span, all->n, sizeof(all->span[0]), compare_spans);
	for (size_t i = 0; i < all->n; i++) {
		if (n == 0 || all->span[i].start > all->span[n - 1].end)
			all->span[n++] = all->span[i];
		else if (all->span[i].end > all->span[n - 1].end)
			all->span[n - 1].end = all->span[i].end;
	}
	if (n > CALENDAR_MAX)
		return -E2BIG;
	memcpy(ret->span, all->span, n * sizeof(all->span[0]));
	ret->n = n;
	return 0;
}

int calendar_add(struct calendar *calendar, unsigned days, unsigned start, unsigned end)
{
	struct collection all = { 0 };

	collect_calendar(&all, calendar);
	if (end <= start)
		end += DAY_MINUTES;
	for (unsigned day = 0; day < WEEK_DAYS; day++) {
		const unsigned from = day * DAY_MINUTES + start, to = day * DAY_MINUTES + end;

		if (!(days & (1u << day)))
			continue;
		collect(&all, from, to < WEEK_MINUTES ? to : WEEK_MINUTES);
		if (to > WEEK_MINUTES) /* Sunday's night goes on in Monday */
			collect(&all, 0, to - WEEK_MINUTES);
	}
	return settle(&all, calendar);
}

int calendar_join(struct calendar *calendar, const struct calendar *other)
{
	struct collection all = { 0 };

	collect_calendar(&all, calendar);
	collect_calendar(&all, other);
	return settle(&all, calendar);
}

/* The step of @zone that holds at @time; the first one also holds before itself. */
static size_t step_at(const struct zone *zone, int64_t time)
{
	size_t low = 0, high = zone->n;

	while (high - low > 1) {
		const size_t middle = low + (high - low) / 2;

		if (zone->step[middle].at <= time)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* A full week needs no zone: it is open in every one, known or not. */
static bool is_full(const struct calendar *calendar)
{
	return calendar->n == 1 && calendar->span[0].start == 0 &&
	       calendar->span[0].end == WEEK_MINUTES;
}

/* Seconds since Monday 00:00, local. */
static int64_t second_of_week(int64_t time, int32_t offset)
{
	/* The epoch was a Thursday. Reduced first, so that nothing overflows. */
	return floor_modulo(floor_modulo(time, WEEK) + 3 * DAY + offset, WEEK);
}

/* The span that holds @second of the week, or NULL. */
static const struct week_span *span_at(const struct calendar *calendar, int64_t second)
{
	const int64_t minute = second / MINUTE;

	for (size_t i = 0; i < calendar->n; i++)
		if (minute >= calendar->span[i].start && minute < calendar->span[i].end)
			return &calendar->span[i];
	return NULL;
}

/* The span that is open at @time, or NULL; the local second of the week goes to @ret_second. */
static const struct week_span *open_span(const struct calendar *calendar, const struct zone *zone,
					 int64_t time, int64_t *ret_second)
{
	if (time < zone->step[0].at || time >= zone->end)
		return NULL;
	*ret_second = second_of_week(time, zone->step[step_at(zone, time)].offset);
	return span_at(calendar, *ret_second);
}

bool calendar_open(const struct calendar *calendar, const struct zone *zone, int64_t time)
{
	int64_t second;

	return is_full(calendar) || open_span(calendar, zone, time, &second) != NULL;
}

/* The end of the stretch with one offset in which @time lies. */
static int64_t step_end(const struct zone *zone, int64_t time)
{
	const size_t next = step_at(zone, time) + 1;

	return next < zone->n && zone->step[next].at < zone->end ? zone->step[next].at : zone->end;
}

/* Each round passes a change of offset, or the end of a span, after which only Sunday midnight
 * can be open again: the rounds are bounded by the number of steps. */
int64_t calendar_closes(const struct calendar *calendar, const struct zone *zone, int64_t time)
{
	const struct week_span *span;
	int64_t second;

	if (is_full(calendar))
		return TIME_NO_END;
	while ((span = open_span(calendar, zone, time, &second))) {
		const int64_t closes = add_saturating(time, (int64_t)span->end * MINUTE - second);
		const int64_t changes = step_end(zone, time);

		time = closes < changes ? closes : changes;
	}
	return time;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar. Years are counted from March, so
 * that the leap day is the last of a year and the months before it have a fixed pattern. */
static int64_t days_of(struct civil civil)
{
	const int64_t year = civil.year - (civil.month <= 2);
	const int64_t era = floor_divide(year, 400), year_of_era = year - era * 400;
	const int64_t month = (civil.month + 9) % 12;
	const int64_t day_of_year = (153 * month + 2) / 5 + civil.day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - 719468;
}

static struct civil civil_of(int64_t local)
{
	const int64_t days = floor_divide(local, DAY) + 719468;
	const int64_t era = floor_divide(days, 146097), day_of_era = days - era * 146097;
	const int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	const int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	const int64_t month = (5 * day_of_year + 2) / 153;

	return (struct civil){
		.year = (int16_t)(year_of_era + era * 400 + (month >= 10)),
		.month = (uint8_t)(month < 10 ? month + 3 : month - 9),
		.day = (uint8_t)(day_of_year - (153 * month + 2) / 5 + 1),
		.minute = (uint16_t)(floor_modulo(local, DAY) / MINUTE),
	};
}

int64_t zone_utc(const struct zone *zone, struct civil civil, enum civil_pick pick)
{
	const int64_t local = days_of(civil) * DAY + civil.minute * MINUTE;
	int64_t found = 0, gap = 0;
	bool is_found = false, is_gap = false;

	for (size_t i = 0; i < zone->n; i++) {
		const int64_t from = i > 0 ? zone->step[i].at : INT64_MIN;
		const int64_t to = i + 1 < zone->n ? zone->step[i + 1].at : INT64_MAX;
		const int64_t time = local - zone->step[i].offset;

		if (time >= from && time < to && (!is_found || pick == CIVIL_LATER)) {
			found = time;
			is_found = true;
		}
		if (time < from && !is_gap) {
			gap = from;
			is_gap = true;
		}
	}
	return is_found ? found : gap;
}

struct civil zone_civil(const struct zone *zone, int64_t time, int32_t *ret_offset)
{
	const int32_t offset = zone->step[step_at(zone, time)].offset;
	int64_t local = add_saturating(time, offset);

	if (local < FIRST_SECOND)
		local = FIRST_SECOND;
	if (local > LAST_SECOND)
		local = LAST_SECOND;
	if (ret_offset)
		*ret_offset = offset;
	return civil_of(local);
}

static uint8_t days_in_month(int16_t year, uint8_t month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return (uint8_t)(days[month - 1] + (month == 2 && leap));
}

bool civil_valid(struct civil civil)
{
	return civil.year >= 1970 && civil.year <= 9999 && civil.month >= 1 && civil.month <= 12 &&
	       civil.day >= 1 && civil.day <= days_in_month(civil.year, civil.month) &&
	       civil.minute < DAY_MINUTES;
}
