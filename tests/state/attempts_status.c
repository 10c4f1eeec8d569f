/* SPDX-License-Identifier: MIT */
/* attempts_status.c - tests: what is told about the attempts at an account. */
#include "attempts_play.h"

#define SCRIPT_MAX 12
#define TOLD_MAX   8
#define START	   1700000000 /* where the wall clock of a script begins */
#define HOME	   "192.0.2.10"
#define AWAY	   "198.51.100.1"

struct told {
	const char *from; /* NULL ends the list */
	struct attempt_status status;
};

struct report {
	const char *name;
	const struct attempt_limits *limits;
	struct step steps[SCRIPT_MAX];
	struct told told[TOLD_MAX];
	bool never_locked;
};

/* clang-format off */
static const struct report reports[] = {
	{ "nobody was here", &delays, { { 0 } }, { { 0 } }, false },
	{ "another was here", &delays, { WRONG(BERTA, HOME, 1) }, { { 0 } }, false },
	{ "known origins", &delays, { RIGHT(ANA, AWAY), RIGHT(ANA, HOME) }, {
		{ HOME, { .known_origin = true } },
		{ AWAY, { .known_origin = true } } }, false },
	{ "failures and open charges", &delays, { WRONG(ANA, HOME, 1), PASS(5), OPEN(ANA, HOME, 0) }, {
		{ "unknown", { .total = true, .failed = 1, .pending = 1, .since = START } },
		{ HOME, { .failed = 1, .pending = 1, .since = START } } }, false },
	{ "a wait", &delays, { PASS(7), WRONG(ANA, HOME, 3), PASS(5) }, {
		{ "unknown", { .total = true, .failed = 3, .since = START + 7 } },
		{ HOME, { .failed = 3, .since = START + 7, .until = START + 37 } } }, false },
	{ "a wait that is over", &delays, { WRONG(ANA, "seat", 3), PASS(30) }, {
		{ "seat", { .failed = 3, .since = START } } }, false },
	{ "a wait of charges never settled", &locks, {
		OPEN(ANA, "serial", 0), OPEN(ANA, "serial", 1), OPEN(ANA, "serial", 2), PASS(60) }, {
		{ "serial", { .failed = 3, .since = START, .until = START + 600 } } }, false },
	{ "locked until unlocked", &locks_for_good, { RIGHT(ANA, HOME), WRONG(ANA, HOME, 3), PASS(9) }, {
		{ HOME, { .known_origin = true, .failed = 3, .since = START, .until = INT64_MAX } } }, false },
	{ "who is never locked", &locks_for_good, { WRONG(BREAK_GLASS_ANA, "seat", 3) }, {
		{ "seat", { .failed = 3, .since = START, .until = START + 30 } } }, true },
	{ "unlocking", &delays, { UNLOCK_WRONG(ANA, 2) }, {
		{ "unknown", { .class = ATTEMPT_UNLOCK, .failed = 2, .since = START } } }, false },
	{ "after a reboot", &locks, { WRONG(ANA, "seat", 3), REBOOT(100, 100) }, {
		{ "seat", { .failed = 3, .since = START, .until = START + 600 } } }, false },
	{ "cleared", &locks, { WRONG(ANA, "seat", 3), WRONG(ANA, HOME, 3), UNLOCK_WRONG(ANA, 1), CLEAR(ANA) },
		{ { 0 } }, false },
	{ "forgotten", &delays, { WRONG(ANA, HOME, 2), PASS(1200) }, { { 0 } }, false },
	{ "an IPv6 network", &delays, { RIGHT(ANA, "2001:db8:1:2:3:4:5:6") }, {
		{ "2001:db8:1:2::", { .known_origin = true } } }, false },
};
/* clang-format on */

static void expect_told(const struct told *told, const struct attempt_status *found)
{
	struct origin origin;

	assert_int_equal(origin_parse(told->from, &origin), 0);
	assert_memory_equal(&found->origin, &origin, sizeof(origin));
	assert_int_equal(found->total, told->status.total);
	assert_int_equal(found->known_origin, told->status.known_origin);
	assert_int_equal(found->class, told->status.class);
	assert_int_equal(found->failed, told->status.failed);
	assert_int_equal(found->pending, told->status.pending);
	assert_int_equal(found->since, told->status.since);
	assert_int_equal(found->until, told->status.until);
}

static void report_is_told(void **state)
{
	struct scene *scene = *state;
	const struct report *report = scene->row;
	struct play play = play_begin(scene->root, report->limits);
	const struct attempt_subject subject = { ANA, .never_locked = report->never_locked };
	struct attempt_status found[TOLD_MAX];
	ssize_t n;

	play_all(&play, report->steps);
	for (int i = 0; i < 2; i++) { /* telling changes nothing */
		n = attempt_status(scene->root, report->limits, &subject, &play.clock, found,
				   TOLD_MAX);
		for (ssize_t k = 0; k < n && report->told[k].from; k++)
			expect_told(&report->told[k], &found[k]);
		assert_true(n >= 0 && n < TOLD_MAX);
		assert_null(report->told[n].from);
		assert_true(n == 0 || report->told[n - 1].from);
	}
}

static void no_more_than_there_is_room_for(void **state)
{
	struct scene *scene = *state;
	struct play play = play_begin(scene->root, &delays);
	const struct attempt_subject subject = { ANA };
	const struct step steps[] = { RIGHT(ANA, HOME), RIGHT(ANA, AWAY), { 0 } };
	struct attempt_status found[2] = { [1] = { .failed = 77 } };

	play_all(&play, steps);
	assert_int_equal(attempt_status(scene->root, &delays, &subject, &play.clock, found, 1), 1);
	assert_int_equal(found[1].failed, 77);
}

static void nobody_to_clear(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(attempt_clear(scene->root, 1000), -ENOENT);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(reports) + 2];
	size_t n = 0;

	for (; n < ARRAY_SIZE(reports); n++)
		tests[n] = a_test(reports[n].name, report_is_told, &reports[n]);
	tests[n++] = a_test("no more than there is room for", no_more_than_there_is_room_for, NULL);
	tests[n++] = a_test("nobody to clear", nobody_to_clear, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
