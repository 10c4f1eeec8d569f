/* SPDX-License-Identifier: MIT */
/*
 * calendar.c - tests of weekly hours, across changes of the zone's offset.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sereno/calendar.h>
#include <sereno/scoped.h>

#define MINUTE 60
#define HOUR   3600
#define DAY    86400

enum { MON = 1, TUE = 2, WED = 4, THU = 8, FRI = 16, SAT = 32, SUN = 64, WORKDAYS = 31, ALL = 127 };

/* clang-format off */
/* Written by hand, so that what is tested here needs no zone files. */
static const struct zone utc = {
	.end = INT64_C(2000000000), .n = 1, .step = { { 0, 0 } },
};
static const struct zone kathmandu = {
	.end = INT64_C(2000000000), .n = 1, .step = { { 0, 20700 } },
};
static const struct zone madrid = { /* 2026: forward on March 29, back on October 25, 01:00Z */
	.end = INT64_C(1800000000), .n = 3,
	.step = { { 1760000000, 3600 }, { 1774746000, 7200 }, { 1792890000, 3600 } },
};
static const struct zone santiago = { /* back on April 5, 03:00Z; forward on September 6, 04:00Z */
	.end = INT64_C(1800000000), .n = 3,
	.step = { { 1760000000, -10800 }, { 1775358000, -14400 }, { 1788667200, -10800 } },
};
static const struct zone apia = { /* Friday 2011-12-30 did not happen */
	.end = INT64_C(1400000000), .n = 2,
	.step = { { 1300000000, -36000 }, { 1325239200, 50400 } },
};

static const struct span_row {
	const char *name;
	unsigned days, start, end;
	size_t n;
	struct week_span span[3];
} span_rows[] = {
	{ "one day",           MON,       420, 1260, 1, { { 420, 1260 } } },
	{ "whole day",         TUE,       0,   1440, 1, { { 1440, 2880 } } },
	{ "equal is a day",    TUE,       0,   0,    1, { { 1440, 2880 } } },
	{ "equal, at noon",    MON,       720, 720,  1, { { 720, 2160 } } },
	{ "whole week",        ALL,       0,   1440, 1, { { 0, 10080 } } },
	{ "touching days",     MON | TUE, 0,   1440, 1, { { 0, 2880 } } },
	{ "weekend",           SAT | SUN, 0,   1440, 1, { { 7200, 10080 } } },
	{ "past midnight",     MON,       1320, 360, 1, { { 1320, 1800 } } },
	{ "past midnight twice", MON | TUE, 1320, 360, 2, { { 1320, 1800 }, { 2760, 3240 } } },
	{ "past the week",     SUN,       1320, 360, 2, { { 0, 360 }, { 9960, 10080 } } },
	{ "to the week's end", SUN,       1320, 1440, 1, { { 9960, 10080 } } },
	{ "to the week's end as 0", SUN,  1320, 0,   1, { { 9960, 10080 } } },
	{ "from 24:00",        MON,       1440, 60,  1, { { 1440, 1500 } } },
	{ "from Sunday 24:00", SUN,       1440, 60,  1, { { 0, 60 } } },
	{ "no day",            0,         0,   1440, 0, { { 0, 0 } } },
	{ "an eighth day",     128,       0,   1440, 0, { { 0, 0 } } },
	{ "one minute",        MON,       0,   1,    1, { { 0, 1 } } },
};

static const struct open_row {
	const char *name;
	const struct zone *zone;
	unsigned days, start, end;
	int64_t time;
	bool open;
	int64_t closes; /* 0: at once */
} open_rows[] = {
	/* 2026-03-02 is a Monday; 00:00Z is 1772409600. */
	{ "first second",       &utc, MON, 420, 1260, 1772409600 + 7 * HOUR, true, 1772409600 + 21 * HOUR },
	{ "second before",      &utc, MON, 420, 1260, 1772409600 + 7 * HOUR - 1, false, 0 },
	{ "last second",        &utc, MON, 420, 1260, 1772409600 + 21 * HOUR - 1, true, 1772409600 + 21 * HOUR },
	{ "end is excluded",    &utc, MON, 420, 1260, 1772409600 + 21 * HOUR, false, 0 },
	{ "another day",        &utc, TUE, 420, 1260, 1772409600 + 12 * HOUR, false, 0 },
	{ "night, evening",     &utc, MON, 1320, 360, 1772409600 + 23 * HOUR, true, 1772409600 + 30 * HOUR },
	{ "night, morning",     &utc, MON, 1320, 360, 1772409600 + 29 * HOUR, true, 1772409600 + 30 * HOUR },
	{ "night, its own morning", &utc, MON, 1320, 360, 1772409600 + 5 * HOUR, false, 0 },
	{ "Sunday night",       &utc, SUN, 1320, 360, 1772409600 - HOUR, true, 1772409600 + 6 * HOUR },
	{ "Sunday night, Monday", &utc, SUN, 1320, 360, 1772409600 + 5 * HOUR, true, 1772409600 + 6 * HOUR },
	{ "Sunday night, over", &utc, SUN, 1320, 360, 1772409600 + 6 * HOUR, false, 0 },
	{ "always",             &utc, ALL, 0, 1440, 1772409600, true, TIME_NO_END },
	{ "always, zone over",  &utc, ALL, 0, 1440, INT64_C(2000000000), true, TIME_NO_END },
	{ "never",              &utc, 0, 0, 1440, 1772409600, false, 0 },
	{ "weekdays on end",    &utc, WORKDAYS, 0, 1440, 1772409600, true, 1772409600 + 5 * DAY },
	{ "zone's last second", &utc, ALL & ~MON, 0, 1440, 1999999999, true, 2000000000 },
	{ "zone is over",       &utc, ALL & ~MON, 0, 1440, 2000000000, false, 0 },
	{ "zone not begun",     &utc, ALL & ~MON, 0, 1440, -1, false, 0 },
	{ "zone's first second", &utc, ALL & ~MON, 0, 1440, 0, true, 4 * DAY },
	{ "end of time",        &utc, ALL & ~MON, 0, 1440, INT64_MAX, false, 0 },
	{ "start of time",      &utc, ALL & ~MON, 0, 1440, INT64_MIN, false, 0 },
	{ "quarter hours",      &kathmandu, MON, 0, 60, 1772409600 - 20700, true, 1772409600 - 17100 },
	{ "quarter hours before", &kathmandu, MON, 0, 60, 1772409600 - 20701, false, 0 },
	/* 2026-03-29, a Sunday: 02:00 to 03:00 do not happen. */
	{ "gap, ends inside",   &madrid, SUN, 0, 150, 1774746000 - 1, true, 1774746000 },
	{ "gap, begins inside", &madrid, SUN, 150, 300, 1774746000 - 1, false, 0 },
	{ "gap, begins inside, after", &madrid, SUN, 150, 300, 1774746000, true, 1774746000 + 2 * HOUR },
	{ "gap, inside only",   &madrid, SUN, 120, 180, 1774746000, false, 0 },
	{ "gap, across",        &madrid, SUN, 60, 240, 1774742400, true, 1774746000 + HOUR },
	{ "gap, night",         &madrid, SAT, 1320, 360, 1774746000 - 2 * HOUR, true, 1774746000 + 3 * HOUR },
	/* 2026-10-25, a Sunday: 02:00 to 03:00 happen twice. */
	{ "overlap, ends inside", &madrid, SUN, 0, 150, 1792890000 - HOUR, true, 1792890000 - HOUR / 2 },
	{ "overlap, second time", &madrid, SUN, 0, 150, 1792890000, true, 1792890000 + HOUR / 2 },
	{ "overlap, between",   &madrid, SUN, 0, 150, 1792890000 - 1, false, 0 },
	{ "overlap, across",    &madrid, SUN, 60, 240, 1792890000 - HOUR, true, 1792890000 + 2 * HOUR },
	{ "overlap, begins at 3", &madrid, SUN, 180, 240, 1792890000, false, 0 },
	/* Midnight happens twice on 2026-04-05, and not at all on 2026-09-06: both Sundays. */
	{ "overlap at midnight", &santiago, SAT, 0, 1440, 1775358000 - 2 * HOUR, true, 1775358000 + HOUR },
	{ "Sunday comes later", &santiago, SUN, 0, 1440, 1775358000, false, 0 },
	{ "gap at midnight",    &santiago, SAT, 0, 1440, 1788667200 - 1, true, 1788667200 },
	{ "gap at midnight, Sunday", &santiago, SUN, 60, 120, 1788667200, true, 1788667200 + HOUR },
	{ "Friday did not happen", &apia, FRI, 0, 1440, 1325239200, false, 0 },
	{ "Thursday before",    &apia, THU, 0, 1440, 1325239200 - 1, true, 1325239200 },
	{ "Saturday at once",   &apia, SAT, 0, 1440, 1325239200, true, 1325239200 + DAY },
};

static const struct utc_row {
	const char *name;
	const struct zone *zone;
	struct civil civil;
	int64_t earlier, later;
} utc_rows[] = {
	{ "epoch",           &utc,       { 1970, 1, 1, 0 },       0, 0 },
	{ "leap day",        &utc,       { 2024, 2, 29, 0 },      1709164800, 1709164800 },
	{ "March after",     &utc,       { 2024, 3, 1, 0 },       1709251200, 1709251200 },
	{ "no leap in 2100", &utc,       { 2100, 3, 1, 0 },       4107542400, 4107542400 },
	{ "last minute",     &utc,       { 9999, 12, 31, 1439 },  253402300740, 253402300740 },
	{ "quarter hours",   &kathmandu, { 2026, 3, 2, 0 },       1772388900, 1772388900 },
	{ "winter",          &madrid,    { 2026, 1, 1, 0 },       1767222000, 1767222000 },
	{ "summer",          &madrid,    { 2026, 7, 1, 720 },     1782900000, 1782900000 },
	{ "minute before gap", &madrid,  { 2026, 3, 29, 119 },    1774745940, 1774745940 },
	{ "gap begins",      &madrid,    { 2026, 3, 29, 120 },    1774746000, 1774746000 },
	{ "in the gap",      &madrid,    { 2026, 3, 29, 150 },    1774746000, 1774746000 },
	{ "gap's last minute", &madrid,  { 2026, 3, 29, 179 },    1774746000, 1774746000 },
	{ "after the gap",   &madrid,    { 2026, 3, 29, 180 },    1774746000, 1774746000 },
	{ "before overlap",  &madrid,    { 2026, 10, 25, 119 },   1792886340, 1792886340 },
	{ "overlap begins",  &madrid,    { 2026, 10, 25, 120 },   1792886400, 1792890000 },
	{ "in the overlap",  &madrid,    { 2026, 10, 25, 150 },   1792888200, 1792891800 },
	{ "after overlap",   &madrid,    { 2026, 10, 25, 180 },   1792893600, 1792893600 },
	{ "midnight in gap", &santiago,  { 2026, 9, 6, 0 },       1788667200, 1788667200 },
	{ "23:30 twice",     &santiago,  { 2026, 4, 4, 1410 },    1775356200, 1775359800 },
	{ "skipped day",     &apia,      { 2011, 12, 30, 720 },   1325239200, 1325239200 },
	{ "before the zone", &madrid,    { 2000, 7, 1, 0 },       962406000, 962406000 },
	{ "after the zone",  &madrid,    { 2080, 7, 1, 0 },       3487014000, 3487014000 },
};

static const struct valid_row {
	const char *name;
	struct civil civil;
	bool valid;
} valid_rows[] = {
	{ "first",            { 1970, 1, 1, 0 },      true },
	{ "last",             { 9999, 12, 31, 1439 }, true },
	{ "1969",             { 1969, 12, 31, 0 },    false },
	{ "10000",            { 10000, 1, 1, 0 },     false },
	{ "negative year",    { -1, 1, 1, 0 },        false },
	{ "month 0",          { 2026, 0, 1, 0 },      false },
	{ "month 13",         { 2026, 13, 1, 0 },     false },
	{ "month 255",        { 2026, 255, 1, 0 },    false },
	{ "day 0",            { 2026, 1, 0, 0 },      false },
	{ "January 31",       { 2026, 1, 31, 0 },     true },
	{ "April 31",         { 2026, 4, 31, 0 },     false },
	{ "February 29",      { 2024, 2, 29, 0 },     true },
	{ "no February 29",   { 2026, 2, 29, 0 },     false },
	{ "February 29, 2000", { 2000, 2, 29, 0 },    true },
	{ "February 29, 2100", { 2100, 2, 29, 0 },    false },
	{ "24:00",            { 2026, 1, 1, 1440 },   false },
};
/* clang-format on */

static void check_spans(void **state)
{
	const struct span_row *row = *state;
	struct calendar calendar = { 0 };

	for (int twice = 0; twice < 2; twice++) { /* adding the same again changes nothing */
		assert_int_equal(calendar_add(&calendar, row->days, row->start, row->end), 0);
		assert_int_equal(calendar.n, row->n);
		assert_memory_equal(calendar.span, row->span, row->n * sizeof(row->span[0]));
	}
}

static void check_open(void **state)
{
	const struct open_row *row = *state;
	struct calendar calendar = { 0 };

	assert_int_equal(calendar_add(&calendar, row->days, row->start, row->end), 0);
	assert_int_equal(calendar_open(&calendar, row->zone, row->time), row->open);
	assert_int_equal(calendar_closes(&calendar, row->zone, row->time),
			 row->closes ? row->closes : row->time);
}

static void check_utc(void **state)
{
	const struct utc_row *row = *state;
	struct civil back;
	int64_t again;

	assert_int_equal(zone_utc(row->zone, row->civil, CIVIL_EARLIER), row->earlier);
	assert_int_equal(zone_utc(row->zone, row->civil, CIVIL_LATER), row->later);
	back = zone_civil(row->zone, row->later, NULL);
	again = zone_utc(row->zone, back, CIVIL_LATER);
	assert_int_equal(again, row->later);
}

static void check_valid(void **state)
{
	const struct valid_row *row = *state;

	assert_int_equal(civil_valid(row->civil), row->valid);
}

static void every_day_goes_there_and_back(void **state)
{
	struct civil before = { 1969, 12, 31, 0 };

	(void)state;
	for (int64_t day = 0; day < 146097; day++) {
		const struct civil civil = zone_civil(&utc, day * DAY, NULL);

		assert_true(civil_valid(civil));
		assert_int_equal(zone_utc(&utc, civil, CIVIL_EARLIER), day * DAY);
		if (civil.day != before.day + 1)
			assert_int_equal(civil.day, 1);
		before = civil;
	}
}

static void offsets_are_shown(void **state)
{
	struct civil civil;
	int32_t offset;

	(void)state;
	civil = zone_civil(&madrid, 1774746000, &offset);
	assert_int_equal(offset, 7200);
	assert_int_equal(civil.day, 29);
	assert_int_equal(civil.minute, 180);
	civil = zone_civil(&madrid, 1774745999, &offset);
	assert_int_equal(offset, 3600);
	assert_int_equal(civil.minute, 119);
}

static void moments_out_of_reach_are_cut(void **state)
{
	(void)state;
	assert_int_equal(zone_civil(&kathmandu, INT64_MAX, NULL).year, 9999);
	assert_int_equal(zone_civil(&santiago, INT64_MIN, NULL).year, 1);
}

static void too_many_spans_change_nothing(void **state)
{
	struct calendar calendar = { 0 }, before, other = { 0 };

	(void)state;
	for (unsigned i = 0; i < CALENDAR_MAX; i++)
		assert_int_equal(calendar_add(&calendar, MON, i * 4, i * 4 + 2), 0);
	assert_int_equal(calendar.n, CALENDAR_MAX);
	before = calendar;
	assert_int_equal(calendar_add(&calendar, SUN, 0, 60), -E2BIG);
	assert_memory_equal(&calendar, &before, sizeof(before));
	assert_int_equal(calendar_add(&other, SUN, 0, 60), 0);
	assert_int_equal(calendar_join(&calendar, &other), -E2BIG);
	assert_memory_equal(&calendar, &before, sizeof(before));
	assert_int_equal(calendar_add(&calendar, MON, 0, 1440), 0);
	assert_int_equal(calendar.n, 1);
}

static void full_calendars_join(void **state)
{
	struct calendar a = { 0 }, b = { 0 };

	(void)state;
	for (unsigned i = 0; i < CALENDAR_MAX; i++) {
		assert_int_equal(calendar_add(&a, MON, i * 4, i * 4 + 2), 0);
		assert_int_equal(calendar_add(&b, MON, i * 4 + 2, i * 4 + 4), 0);
	}
	assert_int_equal(calendar_join(&a, &b), 0);
	assert_int_equal(a.n, 1);
	assert_int_equal(a.span[0].start, 0);
	assert_int_equal(a.span[0].end, 4 * CALENDAR_MAX);
}

/* Numbers that a compiled file may hold by damage: any answer will do, none may fail. */
static void damaged_numbers_do_no_harm(void **state)
{
	static const int64_t times[] = { INT64_MIN, -1, 0, 1774746000, INT64_MAX - 1, INT64_MAX };
	const struct calendar calendar = { .n = 3,
					   .span = { { 0, 1 }, { 1, 2 }, { 9000, UINT16_MAX } } };
	const struct zone zone = {
		.end = INT64_MAX,
		.n = 3,
		.step = { { INT64_MIN, INT32_MIN }, { 0, INT32_MAX }, { INT64_MAX - 1, 1 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		const int64_t closes = calendar_closes(&calendar, &zone, times[i]);

		assert_true(closes >= times[i]);
		assert_true(civil_valid(zone_civil(&zone, times[i], NULL)) || times[i] < 1);
		assert_true(zone_utc(&zone, (struct civil){ INT16_MAX, 255, 255, UINT16_MAX },
				     CIVIL_LATER) > INT64_MIN);
	}
}

static struct calendar random_calendar(void)
{
	struct calendar calendar = { 0 };

	for (int spans = rand() % 5; spans >= 0; spans--)
		assert_int_equal(calendar_add(&calendar, (unsigned)rand() % 128,
					      (unsigned)rand() % 1441, (unsigned)rand() % 1441),
				 0);
	return calendar;
}

/* What calendar_open() must say, worked out from the local date alone. */
static bool is_open_by_date(const struct calendar *calendar, struct civil civil)
{
	const int64_t days = zone_utc(&utc, (struct civil){ civil.year, civil.month, civil.day, 0 },
				      CIVIL_EARLIER) /
			     DAY;
	const unsigned minute = (unsigned)((days + 3) % 7) * 1440 + civil.minute;

	for (size_t i = 0; i < calendar->n; i++)
		if (minute >= calendar->span[i].start && minute < calendar->span[i].end)
			return true;
	return false;
}

/* Minute by minute over two weeks with a change in the middle, backwards, so that the closing
 * moment is known when calendar_closes() is asked for it. */
static void sweep(const struct zone *zone, int64_t change)
{
	const struct calendar calendar = random_calendar();
	const int64_t first = change - 7 * DAY, last = change + 7 * DAY;
	int64_t closes = calendar_closes(&calendar, zone, last);

	for (int64_t time = last - MINUTE; time >= first; time -= MINUTE) {
		const bool open = calendar_open(&calendar, zone, time);

		assert_int_equal(open, is_open_by_date(&calendar, zone_civil(zone, time, NULL)));
		if (!open)
			closes = time;
		assert_int_equal(calendar_closes(&calendar, zone, time), closes);
	}
}

static void closing_agrees_with_every_minute(void **state)
{
	(void)state;
	srand(20260329);
	for (int i = 0; i < 10; i++) {
		sweep(&madrid, 1774746000);
		sweep(&madrid, 1792890000);
		sweep(&santiago, 1775358000);
		sweep(&santiago, 1788667200);
		sweep(&apia, 1325239200);
		sweep(&kathmandu, 1772409600);
	}
}

/* clang-format off */
#define ROW(table, i, check)                                                                   \
	(struct CMUnitTest){ .name = table[i].name, .test_func = check,                        \
			     .initial_state = (void *)(uintptr_t)&table[i] }
/* clang-format on */

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(span_rows) + ARRAY_SIZE(open_rows) +
				ARRAY_SIZE(utc_rows) + ARRAY_SIZE(valid_rows) + 7] = {
		cmocka_unit_test(every_day_goes_there_and_back),
		cmocka_unit_test(offsets_are_shown),
		cmocka_unit_test(moments_out_of_reach_are_cut),
		cmocka_unit_test(too_many_spans_change_nothing),
		cmocka_unit_test(full_calendars_join),
		cmocka_unit_test(damaged_numbers_do_no_harm),
		cmocka_unit_test(closing_agrees_with_every_minute),
	};
	size_t n = 7;

	for (size_t i = 0; i < ARRAY_SIZE(span_rows); i++)
		tests[n++] = ROW(span_rows, i, check_spans);
	for (size_t i = 0; i < ARRAY_SIZE(open_rows); i++)
		tests[n++] = ROW(open_rows, i, check_open);
	for (size_t i = 0; i < ARRAY_SIZE(utc_rows); i++)
		tests[n++] = ROW(utc_rows, i, check_utc);
	for (size_t i = 0; i < ARRAY_SIZE(valid_rows); i++)
		tests[n++] = ROW(valid_rows, i, check_valid);
	return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
