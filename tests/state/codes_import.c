/* SPDX-License-Identifier: MIT */
/* codes_import.c - tests: tokens of another program: all or none, and no used code is good again.
 */
#include "codes_scene.h"

#define WINDOW 1

static int import(struct scene *scene, const struct codes_import *imports, size_t n)
{
	return codes_import(scene->root, &person, imports, n, WINDOW, NOW);
}

static uint32_t n_tokens(struct scene *scene)
{
	struct codes_status status = { .n_tokens = 0 };
	const int r = codes_status(scene->root, &person, &status);

	assert_true(r == 0 || r == -ENOENT);
	return status.n_tokens;
}

/* Which code is the first to be good, and what the one before is. */
static void counts_from(struct scene *scene, uint64_t used, int64_t first)
{
	const struct codes_import one = { &phone, "phone", used };
	const int64_t before = first - 30;

	assert_int_equal(import(scene, &one, 1), 0);
	assert_int_equal(verdict(scene, show(&phone, NOW + before).code, NOW + before),
			 CODES_REPLAYED);
	assert_int_equal(verdict(scene, show(&phone, NOW + first).code, NOW + first),
			 CODES_ACCEPTED);
	assert_int_equal(verdict(scene, show(&phone, NOW + first).code, NOW + first),
			 CODES_REPLAYED);
}

static void what_may_have_been_used_now_is_used(void **state)
{
	counts_from(*state, 0, 60);
}

static void what_was_used_long_ago_changes_nothing(void **state)
{
	counts_from(*state, NOW / 30 - 1000, 60);
}

static void what_was_used_ahead_of_time_stays_used(void **state)
{
	counts_from(*state, NOW / 30 + 20, 21 * 30);
}

static void used_in_a_month_is_a_mistake(void **state)
{
	const struct codes_import one = { &phone, "phone", NOW / 30 + CODES_IMPORT_AHEAD + 2 };

	assert_int_equal(import(*state, &one, 1), -EINVAL);
	assert_int_equal(n_tokens(*state), 0);
}

static void several_at_once(void **state)
{
	const struct codes_import two[] = { { &phone, "phone", 0 }, { &tablet, "tablet", 0 } };
	struct scene *scene = *state;

	assert_int_equal(import(scene, two, 2), 0);
	assert_int_equal(n_tokens(scene), 2);
	assert_int_equal(verdict(scene, show(&phone, NOW + 60).code, NOW + 60), CODES_ACCEPTED);
	assert_int_equal(verdict(scene, show(&tablet, NOW + 120).code, NOW + 120), CODES_ACCEPTED);
}

/* The second of two is refused: the first is not there either. */
static void none_of_two(struct scene *scene, const struct codes_import *two, int expected)
{
	const uint32_t before = n_tokens(scene);

	assert_int_equal(import(scene, two, 2), expected);
	assert_int_equal(n_tokens(scene), before);
}

static void a_label_twice_takes_none(void **state)
{
	const struct codes_import two[] = { { &phone, "phone", 0 }, { &tablet, "phone", 0 } };

	none_of_two(*state, two, -EEXIST);
}

static void a_secret_twice_takes_none(void **state)
{
	const struct codes_import two[] = { { &tablet, "tablet", 0 }, { &phone, "phone", 0 } };
	struct scene *scene = *state;

	give(scene, &person, &phone, "old");
	none_of_two(scene, two, -EALREADY);
}

static void no_label_takes_none(void **state)
{
	const struct codes_import two[] = { { &phone, "phone", 0 }, { &tablet, "a\nb", 0 } };

	none_of_two(*state, two, -EINVAL);
}

static void no_room_takes_none(void **state)
{
	const struct codes_import two[] = { { &tablet, "4", 0 }, { &phone, "5", 0 } };
	struct scene *scene = *state;
	struct otp_token token = phone;
	char label[] = "0";

	for (; label[0] < '3'; label[0]++) {
		token.secret[0]++;
		give(scene, &person, &token, label);
	}
	none_of_two(scene, two, -E2BIG);
}

static void who_has_an_import_needs_a_ticket_for_more(void **state)
{
	const struct codes_import one = { &phone, "phone", 0 };
	struct scene *scene = *state;
	struct codes_needed needed;

	assert_int_equal(import(scene, &one, 1), 0);
	assert_int_equal(codes_remove(scene->root, &person, NULL, NOW), 0);
	assert_int_equal(codes_need(scene->root, &person, 3600, NOW, &needed), 0);
	assert_int_equal(needed.door, CODES_DOOR_TICKET);
}

static void accounts_are_listed_by_uid(void **state)
{
	struct scene *scene = *state;
	uid_t *uids = NULL;

	assert_int_equal(codes_accounts(scene->root, &uids), 0);
	assert_null(uids);
	give(scene, &other_person, &phone, "phone");
	give(scene, &person, &phone, "phone");
	assert_int_equal(codes_accounts(scene->root, &uids), 2);
	assert_int_equal(uids[0], person.uid);
	assert_int_equal(uids[1], other_person.uid);
	free(uids);
}

/* clang-format off */
static const struct {
	const char *name;
	CMUnitTestFunction test;
} rows[] = {
	{ "what may have been used now is used", what_may_have_been_used_now_is_used },
	{ "what was used long ago changes nothing", what_was_used_long_ago_changes_nothing },
	{ "what was used ahead of time stays used", what_was_used_ahead_of_time_stays_used },
	{ "used in a month is a mistake", used_in_a_month_is_a_mistake },
	{ "several at once", several_at_once },
	{ "a label twice takes none", a_label_twice_takes_none },
	{ "a secret twice takes none", a_secret_twice_takes_none },
	{ "no label takes none", no_label_takes_none },
	{ "no room takes none", no_room_takes_none },
	{ "who has an import needs a ticket for more", who_has_an_import_needs_a_ticket_for_more },
	{ "accounts are listed by uid", accounts_are_listed_by_uid },
};
/* clang-format on */

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows)];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = a_test(rows[i].name, rows[i].test, NULL);
	return cmocka_run_group_tests_name("imported codes", tests, NULL, NULL);
}
