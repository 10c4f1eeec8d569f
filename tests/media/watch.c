/* SPDX-License-Identifier: MIT */
/* watch.c - tests: sereno-media follows who sits at the seat. */
#include "desk.h"

static int set_up(void **state)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	assert_non_null(desk);
	desk_new(desk);
	desk_policy(desk, POLICY_STICKS);
	*state = desk;
	return 0;
}

static int tear_down(void **state)
{
	desk_free(*state);
	free(*state);
	return 0;
}

static void open_desk(struct desk *desk, const struct fake_session *session)
{
	desk_bus(desk);
	desk_logind(desk);
	desk_sits(desk, session);
	desk_watch(desk, "0");
}

static void test_who_sits_there_is_written_down_with_his_roles(void **state)
{
	open_desk(*state, &ana);
	assert_true(desk_seat_comes_to(*state, "ana", 1));
	desk_sits(*state, &eva);
	assert_true(desk_seat_comes_to(*state, "eva", 1));
	desk_sits(*state, &greeter);
	assert_true(desk_seat_comes_to(*state, "", 0));
}

static void test_a_lock_is_written_down(void **state)
{
	struct seat seat = { .locked = false };

	open_desk(*state, &ana);
	assert_true(desk_seat_comes_to(*state, "ana", 1));
	desk_sits(*state, &ana_locked);
	for (int i = 0; i < PATIENCE_MSEC / STEP_MSEC && !seat.locked; i++) {
		assert_int_equal(seat_read(((struct desk *)*state)->root, SEAT_DEFAULT, &seat), 0);
		desk_pause();
	}
	assert_true(seat.locked);
}

static void test_without_a_bus_nobody_is_there_until_it_comes(void **state)
{
	struct desk *desk = *state;

	desk_watch(desk, "0");
	assert_true(desk_hears(desk, "media.seats-unknown", ""));
	desk_bus(desk);
	desk_logind(desk);
	desk_sits(desk, &ana);
	assert_true(desk_seat_comes_to(desk, "ana", 1));
}

static void test_what_he_may_have_is_asked_for_when_he_comes(void **state)
{
	struct desk *desk = *state;

	device_plug(desk, &stick, "0\n");
	open_desk(desk, &nobody);
	assert_true(device_comes_to(desk, &stick, "authorized", "0"));
	desk_sits(desk, &ana);
	assert_true(device_comes_to(desk, &stick, "uevent", "add"));
	assert_true(device_says(desk, &stick, "authorized", "0")); /* that is the helper's */
}

static void test_a_stick_goes_with_him_who_leaves(void **state)
{
	struct desk *desk = *state;

	device_plug(desk, &stick, "1\n");
	device_given(desk, &stick, "allow");
	open_desk(desk, &ana);
	assert_true(desk_seat_comes_to(desk, "ana", 1));
	desk_sits(desk, &greeter);
	assert_true(device_comes_to(desk, &stick, "authorized", "0"));
	assert_true(desk_hears(desk, "media.removed", "1-1 0951:1666"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(test_who_sits_there_is_written_down_with_his_roles, set_up,
					tear_down),
	cmocka_unit_test_setup_teardown(test_a_lock_is_written_down, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_without_a_bus_nobody_is_there_until_it_comes, set_up,
					tear_down),
	cmocka_unit_test_setup_teardown(test_what_he_may_have_is_asked_for_when_he_comes, set_up,
					tear_down),
	cmocka_unit_test_setup_teardown(test_a_stick_goes_with_him_who_leaves, set_up, tear_down),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
