/* SPDX-License-Identifier: MIT */
/* plan.c - tests of what is due for a session, by passed clocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sereno/calendar.h>
#include <sereno/scoped.h>
#include <sereno/sessions.h>

#define NOW  1000000
#define BOOT 5000
#define END  ACCESS_END_ENDS
#define LOCK ACCESS_END_LOCKS
#define ONLY ACCESS_END_TELLS

static const struct row {
	const char *name;
	struct session_view view;
	struct session_memory memory;
	struct session_plan expected;
} rows[] = {
	/* clang-format off */
	{ "for ever: stays",
	  { .allowed = true, .until = TIME_NO_END, .way = END }, { 0 },
	  { SESSION_STAYS, true, 0 } },
	{ "eleven minutes left: stays",
	  { .allowed = true, .until = NOW + 660, .way = END }, { 0 }, { SESSION_STAYS, true, 0 } },
	{ "ten minutes and a second: stays",
	  { .allowed = true, .until = NOW + 601, .way = END }, { 0 }, { SESSION_STAYS, true, 0 } },
	{ "ten minutes left: told, with the end as it is",
	  { .allowed = true, .until = NOW + 600, .way = END }, { 0 }, { SESSION_TELL, true, BOOT + 600 } },
	{ "a minute left: told, the end does not wait",
	  { .allowed = true, .until = NOW + 60, .way = END }, { 0 }, { SESSION_TELL, true, BOOT + 60 } },
	{ "told, not over: waits",
	  { .allowed = true, .until = NOW + 60, .way = END }, { .told = true, .deadline = BOOT + 60 },
	  { SESSION_IS_TOLD, true, BOOT + 60 } },
	{ "told, deadline past, access goes on to its end: waits",
	  { .allowed = true, .until = NOW + 60, .way = END }, { .told = true, .deadline = BOOT - 60 },
	  { SESSION_IS_TOLD, true, BOOT - 60 } },
	{ "told, then made longer: stays, and is forgotten",
	  { .allowed = true, .until = NOW + 9999, .way = END }, { .told = true, .deadline = BOOT + 60 },
	  { SESSION_STAYS, true, 0 } },
	{ "over, without a word: ten minutes from now",
	  { .allowed = false, .way = END }, { 0 }, { SESSION_TELL, true, BOOT + 600 } },
	{ "over, told, a second left: waits",
	  { .allowed = false, .way = END }, { .told = true, .deadline = BOOT + 1 },
	  { SESSION_IS_TOLD, true, BOOT + 1 } },
	{ "over, told, time is up: ended",
	  { .allowed = false, .way = END }, { .told = true, .deadline = BOOT }, { SESSION_END, true, BOOT } },
	{ "revoked after having been told of an earlier end: that stands",
	  { .allowed = false, .way = END }, { .told = true, .deadline = BOOT + 30 },
	  { SESSION_IS_TOLD, true, BOOT + 30 } },
	{ "a group too many: told, though its rule goes on",
	  { .allowed = true, .until = TIME_NO_END, .lost_group = true, .way = END }, { 0 },
	  { SESSION_TELL, true, BOOT + 600 } },
	{ "a group too many, a rule of two minutes: ten minutes all the same",
	  { .allowed = true, .until = NOW + 120, .lost_group = true, .way = END }, { 0 },
	  { SESSION_TELL, true, BOOT + 600 } },
	{ "a group too many, time is up: ended",
	  { .allowed = true, .until = TIME_NO_END, .lost_group = true, .way = END },
	  { .told = true, .deadline = BOOT - 1 }, { SESSION_END, true, BOOT - 1 } },
	{ "tell: told once",
	  { .allowed = false, .way = ONLY }, { 0 }, { SESSION_TELL, false, BOOT + 600 } },
	{ "tell: never ended",
	  { .allowed = false, .way = ONLY }, { .told = true, .deadline = BOOT - 9999 },
	  { SESSION_IS_TOLD, false, BOOT - 9999 } },
	{ "lock: never ended",
	  { .allowed = false, .way = LOCK }, { .told = true, .deadline = BOOT - 9999 },
	  { SESSION_IS_TOLD, false, BOOT - 9999 } },
	{ "departed: ended at once, not told",
	  { .departed = true, .way = END }, { 0 }, { SESSION_END, true, 0 } },
	{ "departed: whatever the policy says of others",
	  { .departed = true, .way = ONLY }, { 0 }, { SESSION_END, true, 0 } },
	{ "root, break-glass, ungoverned: left alone",
	  { .exempt = true, .allowed = false, .way = END }, { .told = true, .deadline = BOOT - 1 },
	  { SESSION_STAYS, true, 0 } },
	{ "exempt and departed: left alone",
	  { .exempt = true, .departed = true, .lost_group = true, .way = END }, { 0 },
	  { SESSION_STAYS, true, 0 } },
	{ "an end far in the past that is still allowed: told, no time left",
	  { .allowed = true, .until = INT64_MIN, .way = END }, { 0 }, { SESSION_TELL, true, BOOT } },
	/* clang-format on */
};

static void check_row(void **state)
{
	const struct row *row = *state;
	const struct session_clock clock = { .now = NOW, .boot = BOOT };
	const struct session_plan plan = session_plan(&row->view, &row->memory, clock);

	assert_int_equal(plan.step, row->expected.step);
	assert_int_equal(plan.deadline, row->expected.deadline);
	if (plan.step != SESSION_STAYS)
		assert_int_equal(plan.ends, row->expected.ends);
}

/* What a follower does each minute, with the clocks that are passed. */
static enum session_step minute(const struct session_view *view, struct session_memory *memory,
				struct session_clock clock)
{
	const struct session_plan plan = session_plan(view, memory, clock);

	if (plan.step == SESSION_TELL) {
		memory->told = true;
		memory->deadline = plan.deadline;
	}
	if (plan.step == SESSION_STAYS)
		memory->told = false;
	return plan.step;
}

/* Taken back without a warning: told in the first minute, ended in the tenth after it. */
static void ten_minutes(void **state)
{
	const struct session_view view = { .allowed = false, .way = END };
	struct session_memory memory = { 0 };
	struct session_clock clock = { NOW, BOOT };

	(void)state;
	assert_int_equal(minute(&view, &memory, clock), SESSION_TELL);
	for (int i = 1; i < 10; i++) {
		clock.now += 60;
		clock.boot += 60;
		assert_int_equal(minute(&view, &memory, clock), SESSION_IS_TOLD);
	}
	clock.boot += 60;
	assert_int_equal(minute(&view, &memory, clock), SESSION_END);
}

/* The wall clock jumps: an hour on does not take the ten minutes away, a day back gives none. */
static void clock_jumps(void **state)
{
	struct session_view view = { .allowed = true, .until = NOW + 300, .way = END };
	struct session_memory memory = { 0 };

	(void)state;
	assert_int_equal(minute(&view, &memory, (struct session_clock){ NOW, BOOT }), SESSION_TELL);
	view.allowed = false; /* as the policy says after an hour's jump */
	assert_int_equal(minute(&view, &memory, (struct session_clock){ NOW + 3600, BOOT + 60 }),
			 SESSION_IS_TOLD);
	assert_int_equal(minute(&view, &memory, (struct session_clock){ NOW - 86400, BOOT + 300 }),
			 SESSION_END);
	view.allowed = true; /* by rules with hours, a day back */
	assert_int_equal(minute(&view, &memory, (struct session_clock){ NOW - 86400, BOOT + 300 }),
			 SESSION_STAYS);
	assert_false(memory.told);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 2] = {
		cmocka_unit_test(ten_minutes),
		cmocka_unit_test(clock_jumps),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[2 + i] = (struct CMUnitTest){ .name = rows[i].name,
						    .test_func = check_row,
						    .initial_state = (void *)(uintptr_t)&rows[i] };
	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
