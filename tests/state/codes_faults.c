/* SPDX-License-Identifier: MIT */
/* codes_faults.c - tests: every call below a check fails, and nobody is let in for it. */
#include "slot_wraps.h"

#include "codes_scene.h"

/* clang-format off */
static const enum call calls[] = {
	CALL_OPEN, CALL_OPENAT, CALL_FSTAT, CALL_FSTATAT, CALL_FLOCK, CALL_PREAD, CALL_PWRITE, CALL_FDATASYNC,
	CALL_FSYNC, CALL_FTRUNCATE, CALL_FCHMOD, CALL_MKDIRAT, CALL_RENAMEAT2, CALL_UNLINKAT, CALL_GETRANDOM,
	CALL_MALLOC, CALL_CALLOC,
};
/* clang-format on */

static bool is_yes(int r, const struct codes_result *result)
{
	return r == 0 && (result->verdict == CODES_ACCEPTED || result->verdict == CODES_RECOVERED);
}

/* The nth call fails: no yes, or a yes that did not need it; and never two. Returns whether the
 * call was there to fail. */
static bool fail_one(struct scene *scene, enum call call, unsigned nth, const char *typed,
		     int64_t now)
{
	const struct codes_attempt attempt = { typed, now, 1 };
	struct codes_result result = { 0 }, again = { 0 };
	bool yes, struck;
	int r;

	arm(call, nth, FAIL_ONCE, EIO);
	r = codes_check(scene->root, &person, &attempt, &result);
	disarm();
	struck = plan.struck > 0;
	yes = is_yes(r, &result);
	if (struck && (call == CALL_FDATASYNC || call == CALL_PWRITE || call == CALL_FLOCK))
		assert_true(r < 0);
	r = codes_check(scene->root, &person, &attempt, &again);
	assert_int_equal(r, 0);
	if (yes)
		assert_false(is_yes(r, &again));
	return struck;
}

static void a_code(void **state)
{
	struct scene *scene = *state;
	const enum call call = *(const enum call *)scene->row;
	int64_t now = NOW;

	give(scene, &person, &phone, "phone");
	for (unsigned nth = 1; nth < 200; nth++, now += 300)
		if (!fail_one(scene, call, nth, show(&phone, now).code, now))
			return;
	fail_msg("there is no end of %s", call_names[call]);
}

static void a_recovery_code(void **state)
{
	struct scene *scene = *state;
	const enum call call = *(const enum call *)scene->row;
	char codes[1][OTP_RECOVERY_SIZE];

	give(scene, &person, &phone, "phone");
	for (unsigned nth = 1; nth < 200; nth++) {
		assert_int_equal(codes_recovery_issue(scene->root, &person, NOW, 1, codes), 0);
		if (!fail_one(scene, call, nth, codes[0], NOW))
			return;
	}
	fail_msg("there is no end of %s", call_names[call]);
}

/* An enrolment that fails leaves a user as he was, or enrolled; one write more tells which. */
static void an_enrolment(void **state)
{
	struct scene *scene = *state;
	const enum call call = *(const enum call *)scene->row;
	const struct shown code = show(&phone, NOW);
	const struct codes_enrolment enrolment = { .token = &phone,
						   .label = "phone",
						   .warrant = CODES_BY_CALLER,
						   .confirm = { code.code, NOW, 1 } };

	for (unsigned nth = 1; nth < 200; nth++) {
		enum codes_enrolled enrolled = CODES_UNCONFIRMED;
		int r;

		arm(call, nth, FAIL_ONCE, EIO);
		r = codes_enrol(scene->root, &person, &enrolment, &enrolled);
		disarm();
		if (r == 0) {
			assert_int_equal(enrolled, CODES_ENROLLED);
			assert_int_equal(verdict(scene, code.code, NOW), CODES_REPLAYED);
		}
		if (plan.struck == 0)
			return;
		assert_true(r < 0 || (call != CALL_FDATASYNC && call != CALL_PWRITE));
		r = codes_forget(scene->root, &person);
		assert_true(r == 0 || r == -ENOENT);
	}
	fail_msg("there is no end of %s", call_names[call]);
}

/* One write and one sync a code, none for a wrong one; the lock is not held while hashing. */
static void as_few_syncs(void **state)
{
	struct scene *scene = *state;
	const struct shown right = show(&phone, NOW), wrong = show_wrong(&phone, NOW);
	const struct {
		const char *typed, *order;
	} rows[] = { { wrong.code, "" }, { right.code, "wd" }, { right.code, "" } };

	give(scene, &person, &phone, "phone");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		arm(CALL_FDATASYNC, 1000, FAIL_ONCE, EIO);
		(void)check(scene->root, rows[i].typed, NOW);
		disarm();
		assert_string_equal(plan.order, rows[i].order);
	}
}

/* No block that is given back holds the secret. */
static void secrets_erased(void **state)
{
	struct scene *scene = *state;

	give(scene, &person, &phone, "phone");
	arm(CALL_FDATASYNC, 1000, FAIL_ONCE, EIO);
	plan.secret = phone.secret;
	plan.secret_length = 8;
	(void)check(scene->root, show(&phone, NOW).code, NOW);
	(void)check(scene->root, show(&phone, NOW).code, NOW);
	plan.secret = NULL;
	disarm();
	assert_int_equal(plan.secrets_released, 0);
}

int main(void)
{
	static char names[3][ARRAY_SIZE(calls)][64];
	static const struct {
		const char *what;
		CMUnitTestFunction test;
	} kinds[] = {
		{ "a code", a_code },
		{ "a recovery code", a_recovery_code },
		{ "an enrolment", an_enrolment },
	};
	struct CMUnitTest tests[3 * ARRAY_SIZE(calls) + 2];
	size_t n = 0;

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
			(void)snprintf(names[k][i], sizeof(names[k][i]), "%s, %s fails",
				       kinds[k].what, call_names[calls[i]]);
			tests[n++] = a_test(names[k][i], kinds[k].test, &calls[i]);
		}
	}
	tests[n++] = a_test("as few syncs as can be", as_few_syncs, NULL);
	tests[n++] = a_test("secrets are erased", secrets_erased, NULL);
	return cmocka_run_group_tests_name("codes, calls that fail", tests, NULL, NULL);
}
