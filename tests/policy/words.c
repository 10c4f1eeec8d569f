/* SPDX-License-Identifier: MIT */
/* words.c - tests of single values: numbers, durations, dates, hours, names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sereno/scoped.h>

#include "language/words.h"

/* Each checks what @text is read as: a number, or -1 where it is refused. */
typedef int64_t reading(const char *text);

static int64_t as_number(const char *text)
{
	const char *why = NULL;
	uint64_t number;

	if (word_number(text, 0, 1000, &number, &why) == 0)
		return (int64_t)number;
	assert_non_null(why);
	return -1;
}

static int64_t as_duration(const char *text)
{
	const char *why = NULL;
	uint64_t seconds;

	if (word_duration(text, &seconds, &why) == 0)
		return (int64_t)seconds;
	assert_non_null(why);
	return -1;
}

/* The number reads YYYYMMDDHHMM. */
static int64_t as_date(const char *text)
{
	enum word_precision precision;
	const char *why = NULL;
	struct civil civil;

	if (word_civil(text, &civil, &precision, &why) < 0) {
		assert_non_null(why);
		return -1;
	}
	assert_int_equal(precision, strchr(text, 'T') ? WORD_MINUTE : WORD_DAY);
	return ((civil.year * 100LL + civil.month) * 100 + civil.day) * 10000 +
	       civil.minute / 60 * 100 + civil.minute % 60;
}

static int64_t as_next_day(const char *text)
{
	enum word_precision precision;
	const char *why;
	struct civil civil;

	assert_int_equal(word_civil(text, &civil, &precision, &why), 0);
	civil = word_next_day(civil);
	return (civil.year * 100LL + civil.month) * 100 + civil.day;
}

/* Days as bits, then start and end in minutes of four digits each. */
static int64_t as_hours(const char *text)
{
	struct word_hours hours;
	const char *why = NULL;

	if (word_hours(text, &hours, &why) < 0) {
		assert_non_null(why);
		return -1;
	}
	return (int64_t)hours.days * 100000000 + hours.start * 10000 + hours.end;
}

static int64_t like_hours(const char *text)
{
	return word_looks_like_hours(text);
}

static int64_t name(const char *text)
{
	return word_is_name(text);
}

static int64_t account(const char *text)
{
	return word_is_account(text);
}

static int64_t service(const char *text)
{
	return word_is_service(text);
}

static int64_t host(const char *text)
{
	return word_is_host(text);
}

static int64_t path(const char *text)
{
	return word_is_path(text);
}

#define ALL_DAYS 12700000000
#define WEEKDAYS 3100000000
#define X10	 "xxxxxxxxxx"
#define X60	 X10 X10 X10 X10 X10 X10

/* clang-format off */
static const struct row {
	reading *as;
	const char *text;
	int64_t expected;
} rows[] = {
	{ as_number, "0", 0 }, { as_number, "1", 1 }, { as_number, "1000", 1000 }, { as_number, "1001", -1 },
	{ as_number, "", -1 }, { as_number, "-1", -1 }, { as_number, "+1", -1 }, { as_number, " 1", -1 },
	{ as_number, "1 ", -1 }, { as_number, "00", -1 }, { as_number, "010", -1 }, { as_number, "0x1", -1 },
	{ as_number, "1e3", -1 }, { as_number, "1.0", -1 }, { as_number, "1_0", -1 }, { as_number, "no", -1 },
	{ as_number, "18446744073709551616", -1 }, { as_number, "18446744073709551617", -1 },
	{ as_number, "99999999999999999999999999999999999999999999", -1 },

	{ as_duration, "90s", 90 }, { as_duration, "15m", 900 }, { as_duration, "8h", 28800 },
	{ as_duration, "45d", 3888000 }, { as_duration, "1y", 31536000 }, { as_duration, "100y", 3153600000 },
	{ as_duration, "101y", -1 }, { as_duration, "36501d", -1 }, { as_duration, "0s", -1 },
	{ as_duration, "", -1 }, { as_duration, "s", -1 }, { as_duration, "90", -1 }, { as_duration, "90 s", -1 },
	{ as_duration, "1h30m", -1 }, { as_duration, "090s", -1 }, { as_duration, "1w", -1 },
	{ as_duration, "1S", -1 }, { as_duration, "-1s", -1 }, { as_duration, "1.5h", -1 },
	{ as_duration, "99999999999999999999s", -1 }, { as_duration, "999999999999999s", -1 },

	{ as_date, "2026-12-31", 202612310000 }, { as_date, "2026-12-31T18:05", 202612311805 },
	{ as_date, "2028-02-29", 202802290000 }, { as_date, "2026-02-29", -1 }, { as_date, "2026-04-31", -1 },
	{ as_date, "2026-13-01", -1 }, { as_date, "2026-00-01", -1 }, { as_date, "2026-01-00", -1 },
	{ as_date, "1969-12-31", -1 }, { as_date, "9999-12-31", 999912310000 }, { as_date, "26-12-31", -1 },
	{ as_date, "2026-1-1", -1 }, { as_date, "2026/12/31", -1 }, { as_date, "2026-12-31T", -1 },
	{ as_date, "2026-12-31T24:00", -1 }, { as_date, "2026-12-31T23:60", -1 }, { as_date, "2026-12-31T9:00", -1 },
	{ as_date, "2026-12-31 18:00", -1 }, { as_date, "2026-12-31T18:00Z", -1 }, { as_date, "", -1 },
	{ as_next_day, "2026-12-31", 20270101 }, { as_next_day, "2026-02-28", 20260301 },
	{ as_next_day, "2028-02-28", 20280229 }, { as_next_day, "2026-04-30T18:00", 20260501 },

	{ as_hours, "Mon-Fri 07:00-21:00", WEEKDAYS + 4201260 }, { as_hours, "07:00-21:00", ALL_DAYS + 4201260 },
	{ as_hours, "Mon-Fri", WEEKDAYS + 1440 }, { as_hours, "Sat", 3200000000 + 1440 },
	{ as_hours, "Mon,Wed 08:00-12:00", 500000000 + 4800720 }, { as_hours, "Sat-Mon", 9700000000 + 1440 },
	{ as_hours, "Mon-Tue,Sat-Sun", 9900000000 + 1440 }, { as_hours, "Mon-Mon", 100000000 + 1440 },
	{ as_hours, "Mon 22:00-06:00", 100000000 + 13200360 }, { as_hours, "22:00-24:00", ALL_DAYS + 13201440 },
	{ as_hours, "00:00-24:00", ALL_DAYS + 1440 }, { as_hours, "22:00-00:00", ALL_DAYS + 13200000 },
	{ as_hours, "24:00-06:00", -1 }, { as_hours, "07:00-25:00", -1 }, { as_hours, "07:00-24:01", -1 },
	{ as_hours, "12:60-13:00", -1 }, { as_hours, "7:00-8:00", -1 }, { as_hours, "07:00", -1 },
	{ as_hours, "07:00-", -1 }, { as_hours, "07:00-07:00", -1 }, { as_hours, "00:00-00:00", -1 },
	{ as_hours, "07:00-08:00 ", -1 }, { as_hours, "Mon ", -1 }, { as_hours, "Mon  07:00-08:00", -1 },
	{ as_hours, "mon", -1 }, { as_hours, "MON", -1 }, { as_hours, "Monday", -1 }, { as_hours, "Mon-", -1 },
	{ as_hours, "Mon,", -1 }, { as_hours, ",Mon", -1 }, { as_hours, "Mon-Fri-Sat", -1 }, { as_hours, "", -1 },
	{ as_hours, "Mon07:00-08:00", -1 }, { as_hours, "07:00-08:00 Mon", -1 },

	{ like_hours, "Mon-Fri", 1 }, { like_hours, "mon", 1 }, { like_hours, "Monday", 1 }, { like_hours, "07:00-08:00", 1 },
	{ like_hours, "Mon,Wed", 1 }, { like_hours, "a b", 1 }, { like_hours, "month", 0 }, { like_hours, "working-day", 0 },
	{ like_hours, "sunrise", 0 }, { like_hours, "", 0 },

	{ name, "a", 1 }, { name, "A9._-", 1 }, { name, "", 0 }, { name, "9a", 0 }, { name, "-a", 0 }, { name, ".a", 0 },
	{ name, "a b", 0 }, { name, "\xc3\xb1", 0 }, { name, X60 "xxxx", 1 }, { name, X60 "xxxxx", 0 },

	{ account, "ana", 1 }, { account, "DOM\\ana", 1 }, { account, "ana@example.org", 1 }, { account, "host$", 1 },
	{ account, "domain users", 1 }, { account, "\xc3\xb1u", 1 }, { account, "1000", 1 }, { account, "", 0 },
	{ account, "-ana", 0 }, { account, "a:b", 0 }, { account, "a/b", 0 }, { account, "a,b", 0 }, { account, " a", 0 },
	{ account, "a ", 0 }, { account, "a\tb", 0 }, { account, "a\x7f", 0 },
	{ account, X60 X60 X60 X60 X10 "xxxxx", 1 }, { account, X60 X60 X60 X60 X10 "xxxxxx", 0 },

	{ service, "sshd", 1 }, { service, "polkit-1", 1 }, { service, "gdm-password", 1 }, { service, "", 0 },
	{ service, "../sshd", 0 }, { service, ".hidden", 0 }, { service, "..", 0 }, { service, "a b", 0 }, { service, "a/b", 0 },

	{ host, "pg-01", 1 }, { host, "pg-1*", 1 }, { host, "*.example.org", 1 }, { host, "web?", 1 }, { host, "", 0 },
	{ host, "a/b", 0 }, { host, "[ab]", 0 }, { host, "a b", 0 },

	{ path, "/x", 1 }, { path, "/var/lib/sereno/blocklist", 1 }, { path, "/a b/.hidden", 1 }, { path, "/...", 1 },
	{ path, "/..x/x..", 1 }, { path, "", 0 }, { path, "x", 0 }, { path, "./x", 0 }, { path, "/", 0 }, { path, "//x", 0 },
	{ path, "/x/", 0 }, { path, "/x//y", 0 }, { path, "/.", 0 }, { path, "/./x", 0 }, { path, "/x/..", 0 }, { path, "/../x", 0 },
};
/* clang-format on */

static void check_row(void **state)
{
	const struct row *row = *state;

	assert_int_equal(row->as(row->text), row->expected);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows)];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest){ .name = rows[i].text,
						.test_func = check_row,
						.initial_state = (void *)(uintptr_t)&rows[i] };
	return cmocka_run_group_tests_name("single values", tests, NULL, NULL);
}
