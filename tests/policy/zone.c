/* SPDX-License-Identifier: MIT */
/*
 * zone.c - tests of loading a time zone, from the host and from a tree of our own.
 */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include <sereno/calendar.h>
#include <sereno/scoped.h>

#define NOW	  INT64_C(1772409600) /* 2026-03-02T00:00Z */
#define DAY	  86400
#define NO_CHANGE INT64_C(0)

/* clang-format off */
static const struct step_row {
	const char *name;
	int64_t now, at; /* a moment of change, or NO_CHANGE: one offset throughout */
	int32_t before, after;
} step_rows[] = {
	{ "Europe/Madrid",     NOW,        1774746000, 3600,   7200 },
	{ "Europe/Madrid",     NOW,        1792890000, 7200,   3600 },
	{ "America/Santiago",  NOW,        1775358000, -10800, -14400 },
	{ "America/Santiago",  NOW,        1788667200, -14400, -10800 },
	{ "Africa/Casablanca", NOW,        1774144800, 0,      3600 },
	{ "Pacific/Apia",      1320000000, 1325239200, -36000, 50400 },
	{ "Asia/Kathmandu",    NOW,        NO_CHANGE,  20700,  20700 },
	{ "UTC",               NOW,        NO_CHANGE,  0,      0 },
	{ "Etc/GMT+5",         NOW,        NO_CHANGE,  -18000, -18000 },
};

static const struct refused_row {
	const char *name;
	int error;
} refused_rows[] = {
	{ "",                            -EINVAL },
	{ "/",                           -EINVAL },
	{ "/etc/localtime",              -EINVAL },
	{ "..",                          -EINVAL },
	{ "../../../etc/passwd",         -EINVAL },
	{ "Europe/../UTC",               -EINVAL },
	{ "./UTC",                       -EINVAL },
	{ ":UTC",                        -EINVAL },
	{ "CET-1CEST,M3.5.0,M10.5.0/3",  -EINVAL },
	{ "Europe//Madrid",              -EINVAL },
	{ "Europe/Madrid/",              -EINVAL },
	{ "Europe/Madrid\n",             -EINVAL },
	{ "Europe/Madrid ",              -EINVAL },
	{ "Europe/Madr\xc3\xad" "d",        -EINVAL },
	{ "zone.tab",                    -EINVAL },
	{ "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", -EINVAL },
	{ "Europe",                      -ENOENT },
	{ "Europe/Madird",               -ENOENT },
	{ "UTC/UTC",                     -ENOENT },
	{ "leapseconds",                 -ENOENT },
};
/* clang-format on */

static bool is_sound(const struct zone *zone, int64_t now)
{
	if (zone->n < 1 || zone->n > ZONE_MAX || zone->step[0].at > now - 365 * DAY ||
	    zone->end < now + INT64_C(365) * DAY * ZONE_AHEAD_YEARS)
		return false;
	for (size_t i = 1; i < zone->n; i++)
		if (zone->step[i].at <= zone->step[i - 1].at ||
		    zone->step[i].offset == zone->step[i - 1].offset)
			return false;
	return true;
}

static void check_step(void **state)
{
	const struct step_row *row = *state;
	struct zone zone;
	int32_t offset;

	assert_int_equal(zone_load("", row->name, row->now, &zone), 0);
	assert_true(is_sound(&zone, row->now));
	if (row->at == NO_CHANGE) {
		assert_int_equal(zone.n, 1);
		assert_int_equal(zone.step[0].offset, row->after);
		return;
	}
	(void)zone_civil(&zone, row->at, &offset);
	assert_int_equal(offset, row->after);
	(void)zone_civil(&zone, row->at - 1, &offset);
	assert_int_equal(offset, row->before);
}

static void check_refused(void **state)
{
	const struct refused_row *row = *state;
	struct zone zone = { .n = 77 };

	assert_int_equal(zone_load("", row->name, NOW, &zone), row->error);
	assert_int_equal(zone.n, 77);
}

/* The C library's own answer for every hour of the years ahead. */
static void every_hour_agrees_with_the_library(void **state)
{
	struct zone zone;

	(void)state;
	assert_int_equal(zone_load("", "Africa/Casablanca", NOW, &zone), 0);
	setenv("TZ", "Africa/Casablanca", 1);
	tzset();
	for (time_t time = zone.step[0].at; time < zone.end; time += 3600) {
		struct tm tm;
		int32_t offset;

		(void)zone_civil(&zone, time, &offset);
		assert_non_null(localtime_r(&time, &tm));
		assert_int_equal(offset, tm.tm_gmtoff);
	}
	unsetenv("TZ");
	tzset();
}

static void caller_keeps_his_zone(void **state)
{
	const time_t now = NOW;
	struct zone zone;
	struct tm tm;

	(void)state;
	setenv("TZ", "XYZ-3", 1);
	tzset();
	assert_int_equal(zone_load("", "Asia/Kathmandu", NOW, &zone), 0);
	assert_int_equal(zone_load("", "Nowhere/None", NOW, &zone), -ENOENT);
	assert_string_equal(getenv("TZ"), "XYZ-3");
	assert_int_equal(localtime_r(&now, &tm)->tm_gmtoff, 10800);
	unsetenv("TZ");
	assert_int_equal(zone_load("", "Asia/Kathmandu", NOW, &zone), 0);
	assert_null(getenv("TZ"));
}

static void clocks_that_cannot_be_are_refused(void **state)
{
	static const int64_t clocks[] = { INT64_MIN, -1, INT64_MAX };
	struct zone zone;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++)
		assert_int_equal(zone_load("", "UTC", clocks[i], &zone), -EINVAL);
}

/* A tree below a directory of its own, made for one test. */
struct tree {
	char root[32];
};

static void path_in(const struct tree *tree, const char *path, char full[static PATH_MAX])
{
	assert_in_range(snprintf(full, PATH_MAX, "%s/%s", tree->root, path), 1, PATH_MAX - 1);
}

static void put(const struct tree *tree, const char *path, const void *bytes, size_t n)
{
	char full[PATH_MAX];
	FILE *file;

	path_in(tree, path, full);
	file = fopen(full, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static void link_in(const struct tree *tree, const char *path, const char *target)
{
	char full[PATH_MAX];

	path_in(tree, path, full);
	assert_int_equal(symlink(target, full), 0);
}

static const char *const folders[] = { "etc", "usr", "usr/share", "usr/share/zoneinfo" };

static int set_up(void **state)
{
	static const char template[] = "/tmp/zone-XXXXXX";
	static struct tree tree; /* cmocka hands it on to tear_down() */
	char full[PATH_MAX];

	memcpy(tree.root, template, sizeof(template));
	if (!mkdtemp(tree.root))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		path_in(&tree, folders[i], full);
		if (mkdir(full, 0700) < 0)
			return -1;
	}
	*state = &tree;
	return 0;
}

static int tear_down(void **state)
{
	static const char *const files[] = { "etc/localtime", "usr/share/zoneinfo/Test" };
	const struct tree *tree = *state;
	char full[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		path_in(tree, files[i], full);
		(void)unlink(full);
	}
	for (size_t i = ARRAY_SIZE(folders); i-- > 0;) {
		path_in(tree, folders[i], full);
		(void)rmdir(full);
	}
	return rmdir(tree->root);
}

/* A version 1 zone file (RFC 8536) that jumps between +1 and +2 hours each @stride seconds. */
static size_t make_zone_file(uint8_t bytes[static 2048], uint32_t changes, uint32_t stride)
{
	static const uint8_t types[] = { 0, 0, 0x0e, 0x10, 0, 0, 0, 0, 0x1c, 0x20, 1, 0 };
	uint8_t *next = bytes + 44;

	memset(bytes, 0, 2048);
	memcpy(bytes, "TZif", 4);
	bytes[35] = (uint8_t)changes;
	bytes[39] = 2;
	bytes[43] = 4;
	for (uint32_t i = 0; i < changes; i++) {
		const uint32_t at = (uint32_t)NOW + i * stride;

		*next++ = (uint8_t)(at >> 24);
		*next++ = (uint8_t)(at >> 16);
		*next++ = (uint8_t)(at >> 8);
		*next++ = (uint8_t)at;
	}
	for (uint32_t i = 0; i < changes; i++)
		*next++ = (i + 1) % 2;
	memcpy(next, types, sizeof(types));
	memcpy(next + sizeof(types), "ABC", 4);
	return (size_t)(next - bytes) + sizeof(types) + 4;
}

static void tree_has_its_own_zones(void **state)
{
	const struct tree *tree = *state;
	uint8_t bytes[2048];
	struct zone zone;

	put(tree, "usr/share/zoneinfo/Test", bytes, make_zone_file(bytes, 3, 10 * DAY));
	assert_int_equal(zone_load(tree->root, "Test", NOW, &zone), 0);
	assert_int_equal(zone.n, 4);
	assert_int_equal(zone.step[1].at, NOW);
	assert_int_equal(zone.step[1].offset, 7200);
	assert_int_equal(zone_load(tree->root, "Europe/Madrid", NOW, &zone), -ENOENT);
}

static void too_many_changes_are_refused(void **state)
{
	const struct tree *tree = *state;
	uint8_t bytes[2048];
	struct zone zone;

	put(tree, "usr/share/zoneinfo/Test", bytes, make_zone_file(bytes, ZONE_MAX - 1, 10 * DAY));
	assert_int_equal(zone_load(tree->root, "Test", NOW, &zone), 0);
	assert_int_equal(zone.n, ZONE_MAX);
	put(tree, "usr/share/zoneinfo/Test", bytes, make_zone_file(bytes, ZONE_MAX, 10 * DAY));
	assert_int_equal(zone_load(tree->root, "Test", NOW, &zone), -E2BIG);
}

static void cut_zone_files_are_refused(void **state)
{
	const struct tree *tree = *state;
	uint8_t bytes[2048];
	const size_t n = make_zone_file(bytes, 3, 10 * DAY);
	struct zone zone;

	for (size_t length = 0; length < n; length++) {
		put(tree, "usr/share/zoneinfo/Test", bytes, length);
		assert_int_equal(zone_load(tree->root, "Test", NOW, &zone),
				 length < 4 ? -ENOENT : -EINVAL);
	}
}

static void fifo_is_no_zone(void **state)
{
	const struct tree *tree = *state;
	char full[PATH_MAX];
	struct zone zone;

	path_in(tree, "usr/share/zoneinfo/Test", full);
	assert_int_equal(mkfifo(full, 0600), 0);
	assert_int_equal(zone_load(tree->root, "Test", NOW, &zone), -ENOENT);
}

static void own_zone_is_the_trees(void **state)
{
	const struct tree *tree = *state;
	uint8_t bytes[2048];
	struct zone zone;

	/* An absolute link names a zone of the tree; the host has none called Test. */
	put(tree, "usr/share/zoneinfo/Test", bytes, make_zone_file(bytes, 3, 10 * DAY));
	link_in(tree, "etc/localtime", "/usr/share/zoneinfo/Test");
	assert_int_equal(zone_load(tree->root, NULL, NOW, &zone), 0);
	assert_int_equal(zone.n, 4);
}

static void own_zone_may_be_a_file(void **state)
{
	const struct tree *tree = *state;
	uint8_t bytes[2048];
	struct zone zone;

	put(tree, "etc/localtime", bytes, make_zone_file(bytes, 3, 10 * DAY));
	assert_int_equal(zone_load(tree->root, NULL, NOW, &zone), 0);
	assert_int_equal(zone.n, 4);
}

static void own_zone_missing_is_utc(void **state)
{
	const struct tree *tree = *state;
	struct zone zone;

	assert_int_equal(zone_load(tree->root, NULL, NOW, &zone), 0);
	assert_true(is_sound(&zone, NOW));
	assert_int_equal(zone.n, 1);
	assert_int_equal(zone.step[0].offset, 0);
}

static void tree_without_zones_uses_the_hosts(void **state)
{
	const struct tree *tree = *state;
	char full[PATH_MAX];
	struct zone zone;

	path_in(tree, "usr/share/zoneinfo", full);
	assert_int_equal(rmdir(full), 0);
	assert_int_equal(zone_load(tree->root, "Asia/Kathmandu", NOW, &zone), 0);
	assert_int_equal(zone.step[0].offset, 20700);
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(step_rows) + ARRAY_SIZE(refused_rows) + 11] = {
		cmocka_unit_test(every_hour_agrees_with_the_library),
		cmocka_unit_test(caller_keeps_his_zone),
		cmocka_unit_test(clocks_that_cannot_be_are_refused),
		IN_TREE(tree_has_its_own_zones),
		IN_TREE(too_many_changes_are_refused),
		IN_TREE(cut_zone_files_are_refused),
		IN_TREE(fifo_is_no_zone),
		IN_TREE(own_zone_is_the_trees),
		IN_TREE(own_zone_may_be_a_file),
		IN_TREE(own_zone_missing_is_utc),
		IN_TREE(tree_without_zones_uses_the_hosts),
	};
	size_t n = 11;

	for (size_t i = 0; i < ARRAY_SIZE(step_rows); i++)
		tests[n++] =
			(struct CMUnitTest){ .name = step_rows[i].name,
					     .test_func = check_step,
					     .initial_state = (void *)(uintptr_t)&step_rows[i] };
	for (size_t i = 0; i < ARRAY_SIZE(refused_rows); i++)
		tests[n++] =
			(struct CMUnitTest){ .name = refused_rows[i].name,
					     .test_func = check_refused,
					     .initial_state = (void *)(uintptr_t)&refused_rows[i] };
	return cmocka_run_group_tests_name("zone", tests, NULL, NULL);
}
