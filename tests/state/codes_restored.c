/* SPDX-License-Identifier: MIT */
/* codes_restored.c - tests: a record put back from a copy takes what was used since for used. */
#include "codes_scene.h"

#define HOUR 3600

/* What was given out, then copied, then used, then put back. */
static void put_back(struct scene *scene, const char *used)
{
	const char *path = codes_path(scene);
	scoped_free uint8_t *copy = calloc(2, slot_length(&codes_kind));
	const size_t length = 2 * slot_length(&codes_kind);

	assert_non_null(copy);
	read_bytes(path, 0, copy, length);
	assert_true(verdict(scene, used, NOW) <= CODES_RECOVERED);
	change(codes_path(scene), 0, copy, length);
}

static void code_stays_used(void **state)
{
	struct scene *scene = *state;

	give(scene, &person, &phone, "phone");
	put_back(scene, show(&phone, NOW).code);
	assert_int_equal(codes_restored(scene->root, &person, NOW), 0);
	assert_int_equal(verdict(scene, show(&phone, NOW).code, NOW), CODES_REPLAYED);
	assert_int_equal(verdict(scene, show(&phone, NOW + 30).code, NOW), CODES_REPLAYED);
	assert_int_equal(verdict(scene, show(&phone, NOW + HOUR).code, NOW + HOUR), CODES_ACCEPTED);
}

/* That the copy alone would have revived it. */
static void copy_revives(void **state)
{
	struct scene *scene = *state;

	give(scene, &person, &phone, "phone");
	put_back(scene, show(&phone, NOW).code);
	assert_int_equal(verdict(scene, show(&phone, NOW).code, NOW), CODES_ACCEPTED);
}

static void recovery_codes_are_void(void **state)
{
	struct scene *scene = *state;
	char codes[3][OTP_RECOVERY_SIZE];

	give(scene, &person, &phone, "phone");
	assert_int_equal(codes_recovery_issue(scene->root, &person, NOW - HOUR, 3, codes), 0);
	put_back(scene, codes[1]);
	assert_int_equal(codes_restored(scene->root, &person, NOW), 0);
	assert_int_equal(verdict(scene, codes[1], NOW), CODES_RECOVERY_VOID);
	assert_int_equal(verdict(scene, codes[2], NOW), CODES_RECOVERY_VOID);
}

/* In both slots: falling back revives nothing. */
static void falling_back_is_no_way_round(void **state)
{
	struct scene *scene = *state;

	for (unsigned slot = 0; slot < 2; slot++) {
		give(scene, &person, &phone, "phone");
		put_back(scene, show(&phone, NOW).code);
		assert_int_equal(codes_restored(scene->root, &person, NOW), 0);
		damage(scene, slot);
		assert_int_equal(verdict(scene, show(&phone, NOW).code, NOW), CODES_REPLAYED);
		assert_int_equal(codes_forget(scene->root, &person), 0);
	}
}

static void nobody_has_none(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(codes_restored(scene->root, &person, NOW), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		a_test("a used code stays used", code_stays_used, NULL),
		a_test("the copy alone would revive it", copy_revives, NULL),
		a_test("recovery codes are void", recovery_codes_are_void, NULL),
		a_test("falling back is no way round", falling_back_is_no_way_round, NULL),
		a_test("who has no record gets none", nobody_has_none, NULL),
	};

	return cmocka_run_group_tests_name("codes put back", tests, NULL, NULL);
}
