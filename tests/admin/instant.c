/* SPDX-License-Identifier: MIT */
/* instant.c - moments as typed, and as shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sereno/scoped.h>

#include "instant.h"

/* UTC+1 until 2026-03-29 01:00 UTC, then UTC+2. */
static const struct zone madrid = {
	.end = INT64_C(1900000000),
	.n = 2,
	.step = { { 0, 3600 }, { 1774746000, 7200 } },
};

static const struct row {
	const char *text;
	int error;
	int64_t time;
} rows[] = {
	{ "2026-03-01T22:10", 0, 1772399400 },
	{ "2026-03-01 22:10", 0, 1772399400 },
	{ "2026-03-01t22:10:30", 0, 1772399430 },
	{ "2026-03-01T22:10:00Z", 0, 1772403000 },
	{ "2026-03-01T22:10Z", 0, 1772403000 },
	{ "2026-03-01T22:10:00.999Z", 0, 1772403000 },
	{ "2026-03-01T22:10:00+01:00", 0, 1772399400 },
	{ "2026-03-01T22:10:00-05:30", 0, 1772422800 },
	{ "2026-03-29T02:30", 0, 1774746000 },
	{ "2026-03-29T03:00", 0, 1774746000 },
	{ "2024-02-29T00:00Z", 0, 1709164800 },
	{ "1970-01-01T00:00Z", 0, 0 },
	{ "", -EINVAL, 0 },
	{ "now", -EINVAL, 0 },
	{ "2026-03-01", -EINVAL, 0 },
	{ "2026-3-1T22:10", -EINVAL, 0 },
	{ "2026-02-30T22:10", -ERANGE, 0 },
	{ "2023-02-29T22:10", -ERANGE, 0 },
	{ "2026-00-01T22:10", -ERANGE, 0 },
	{ "2026-03-00T22:10", -ERANGE, 0 },
	{ "2026-13-01T22:10", -ERANGE, 0 },
	{ "2026-03-01T24:00", -ERANGE, 0 },
	{ "2026-03-01T22:60", -ERANGE, 0 },
	{ "2026-03-01T22:10:60", -ERANGE, 0 },
	{ "2026-03-01T22:10x", -EINVAL, 0 },
	{ "2026-03-01T22:10ZZ", -EINVAL, 0 },
	{ "2026-03-01T22:10+1:00", -EINVAL, 0 },
	{ "2026-03-01T22:10+01:60", -EINVAL, 0 },
	{ "2026-03-01T22:10+01:00 ", -EINVAL, 0 },
	{ "1960-01-01T00:00", -ERANGE, 0 },
	{ "2026-03-01T25:00", -ERANGE, 0 },
	{ "2026-03-01T25:00x", -ERANGE, 0 },
	{ "0000-01-01T00:00", -ERANGE, 0 },
	{ "12026-01-01T00:00", -EINVAL, 0 },
	{ "-026-01-01T00:00", -EINVAL, 0 },
};

static void check_row(void **state)
{
	const struct row *row = *state;
	int64_t time = -1;

	assert_int_equal(instant_parse(row->text, &madrid, &time), row->error);
	assert_int_equal(time, row->error ? -1 : row->time);
}

static void check_shown(void **state)
{
	char text[INSTANT_TEXT_MAX];

	(void)state;
	assert_string_equal(instant_local(1772399400, &madrid, text),
			    "Sun 2026-03-01 22:10 +01:00");
	assert_string_equal(instant_local(1774746000, &madrid, text),
			    "Sun 2026-03-29 03:00 +02:00");
	assert_string_equal(instant_local(0, &madrid, text), "Thu 1970-01-01 01:00 +01:00");
	assert_string_equal(instant_local(TIME_NO_END, &madrid, text), "for ever");
	assert_string_equal(instant_local_second(1772399407, &madrid, text),
			    "Sun 2026-03-01 22:10:07 +01:00");
	assert_string_equal(instant_local_second(-1, &madrid, text),
			    "Thu 1970-01-01 00:59:59 +01:00");
	assert_string_equal(instant_local_second(TIME_NO_END, &madrid, text), "for ever");
	assert_int_equal(instant_utc(1772403000, text), 0);
	assert_string_equal(text, "2026-03-01T22:10:00Z");
	assert_int_equal(instant_utc(TIME_NO_END, text), -ERANGE);
	assert_int_equal(instant_utc(TIME_NO_START, text), -ERANGE);
	assert_int_equal(instant_utc(INT64_C(253402300800), text), -ERANGE);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 1];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].text,
			.test_func = check_row,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	tests[ARRAY_SIZE(rows)] = (struct CMUnitTest)cmocka_unit_test(check_shown);
	return cmocka_run_group_tests_name("instant", tests, NULL, NULL);
}
