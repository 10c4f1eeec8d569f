/* SPDX-License-Identifier: MIT */
/* watch_changes.c - tests: policies, grants and clocks that change while devices are at work. */
#include "desk.h"

#define MODULE "/sys/module/usbcore/parameters/authorized_default"
#define BUS    "/sys/bus/usb/devices/usb1/authorized_default"

static int set_up(void **state)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	assert_non_null(desk);
	desk_new(desk);
	desk_directory(desk, "/sys/bus/usb/devices/usb1");
	desk_file(desk, BUS, "1\n");
	*state = desk;
	return 0;
}

static int tear_down(void **state)
{
	desk_free(*state);
	free(*state);
	return 0;
}

static void open_desk(struct desk *desk, const char *policy)
{
	desk_policy(desk, policy);
	desk_bus(desk);
	desk_logind(desk);
	desk_sits(desk, &ana);
	desk_watch(desk, "1");
	assert_true(desk_seat_comes_to(desk, "ana", 1));
}

static void test_what_comes_is_off_while_the_block_is_in_force(void **state)
{
	struct desk *desk = *state;

	device_plug(desk, &stick, "0\n");
	open_desk(desk, POLICY_STICKS);
	assert_true(desk_comes_to_say(desk, MODULE, "0"));
	assert_true(desk_comes_to_say(desk, BUS, "0"));
	desk_policy(desk, POLICY_HEAD);
	assert_true(desk_comes_to_say(desk, MODULE, "1"));
	assert_true(desk_comes_to_say(desk, BUS, "1"));
	assert_true(device_comes_to(desk, &stick, "authorized", "1"));
	desk_policy(desk, POLICY_STICKS);
	assert_true(desk_comes_to_say(desk, BUS, "0"));
}

static void test_a_block_on_trial_changes_nothing(void **state)
{
	struct desk *desk = *state;

	device_plug(desk, &stick, "0\n");
	open_desk(desk, "sereno: 1\ntimezone: UTC\naccounts: {min-uid: 1000}\nobserve: [media]\n"
			"roles:\n  employee: {members: [ana], allow: [{services: [login], "
			"from: [seat]}]}\nmedia: {storage: read-write}\n");
	desk_sits(desk, &eva);
	assert_true(desk_seat_comes_to(desk, "eva", 0));
	assert_true(desk_comes_to_say(desk, BUS, "1"));
	assert_true(device_says(desk, &stick, "uevent", ""));
}

static void test_without_a_block_nothing_is_touched(void **state)
{
	struct desk *desk = *state;

	device_plug(desk, &stick, "0\n"); /* somebody else's doing */
	open_desk(desk, POLICY_HEAD);
	desk_sits(desk, &eva);
	assert_true(desk_seat_comes_to(desk, "eva", 1));
	assert_true(desk_comes_to_say(desk, BUS, "1"));
	assert_true(device_says(desk, &stick, "authorized", "0"));
}

static void test_another_policy_takes_what_it_does_not_allow(void **state)
{
	struct desk *desk = *state;

	device_plug(desk, &stick, "1\n");
	device_given(desk, &stick, "allow");
	open_desk(desk, POLICY_STICKS);
	desk_policy(desk, POLICY_HEAD "media: {storage: deny}\n");
	assert_true(device_comes_to(desk, &stick, "authorized", "0"));
}

static void test_keyboards_stay_whatever_the_policy_says(void **state)
{
	struct desk *desk = *state;

	device_plug(desk, &stick, "1\n");
	device_plug(desk, &keyboard, "1\n");
	device_given(desk, &keyboard, "allow");
	open_desk(desk, POLICY_HEAD "media: {storage: deny, input: deny}\n");
	assert_true(device_comes_to(desk, &stick, "authorized", "0"));
	assert_true(device_says(desk, &keyboard, "authorized", "1"));
}

static void test_a_stick_at_work_stays_behind_a_lock(void **state)
{
	struct desk *desk = *state;

	device_plug(desk, &stick, "1\n");
	device_given(desk, &stick, "allow");
	device_plug(desk, &keyboard, "0\n"); /* shows that all were decided */
	open_desk(desk, POLICY_STICKS);
	assert_true(device_comes_to(desk, &keyboard, "uevent", "add"));
	device_file(desk, &keyboard, "uevent", "");
	desk_sits(desk, &ana_locked);
	assert_true(device_comes_to(desk, &keyboard, "uevent", "add"));
	assert_true(device_says(desk, &stick, "authorized", "1"));
}

static void test_a_medium_put_in_behind_a_lock_is_asked_for_when_it_opens(void **state)
{
	struct desk *desk = *state;
	char path[128];

	device_plug(desk, &stick, "1\n");
	device_given(desk, &stick, "allow");
	device_disk(desk, &stick, makedev(8, 16));
	desk_file(desk, "/run/udev/data/b8:16",
		  "E:SERENO_MEDIA=deny\nE:SERENO_MEDIA_REASON=locked\n");
	device_plug(desk, &keyboard, "0\n"); /* shows that all were decided */
	desk_policy(desk, POLICY_STICKS);
	desk_bus(desk);
	desk_logind(desk);
	desk_sits(desk, &ana_locked);
	desk_watch(desk, "1");
	assert_true(desk_seat_comes_to(desk, "ana", 1));
	assert_true(device_comes_to(desk, &keyboard, "uevent", "add"));
	device_path(&stick, "1:1.0/block/sdx/uevent", path);
	assert_true(desk_comes_to_say(desk, path, ""));
	desk_sits(desk, &ana);
	assert_true(desk_comes_to_say(desk, path, "change"));
	assert_true(device_says(desk, &stick, "authorized", "1"));
}

static void test_who_came_while_nobody_watched_does_not_take_a_stick_over(void **state)
{
	struct desk *desk = *state;

	device_plug(desk, &stick, "1\n");
	device_given(desk, &stick, "allow");
	open_desk(desk, POLICY_STICKS);
	desk_end_watcher(desk);
	desk_sits(desk, &luis);
	desk_watch(desk, "1");
	assert_true(device_comes_to(desk, &stick, "authorized", "0"));
	assert_true(device_comes_to(desk, &stick, "uevent", "add"));
}

static void test_a_watcher_that_is_started_again_takes_nothing(void **state)
{
	struct desk *desk = *state;

	device_plug(desk, &stick, "1\n");
	device_given(desk, &stick, "allow");
	device_plug(desk, &keyboard, "0\n");
	open_desk(desk, POLICY_STICKS);
	assert_true(device_comes_to(desk, &keyboard, "uevent", "add"));
	desk_end_watcher(desk);
	device_file(desk, &keyboard, "uevent", "");
	desk_watch(desk, "1");
	assert_true(device_comes_to(desk, &keyboard, "uevent", "add"));
	assert_true(device_says(desk, &stick, "authorized", "1"));
}

static void test_what_udev_is_about_to_decide_is_left_alone(void **state)
{
	struct desk *desk = *state;

	device_plug(desk, &stick, "1\n"); /* let in, and nothing kept of it yet */
	device_plug(desk, &keyboard, "0\n");
	open_desk(desk, POLICY_STICKS);
	assert_true(device_comes_to(desk, &keyboard, "uevent", "add"));
	assert_true(device_says(desk, &stick, "uevent", ""));
	assert_true(device_says(desk, &stick, "authorized", "1"));
}

static void test_what_came_before_us_is_asked_for(void **state)
{
	struct desk *desk = *state;

	device_plug(desk, &stick, "1\n");
	desk_file(desk, "/run/udev/data/c189:4", "I:1\nE:ID_BUS=usb\n");
	open_desk(desk, POLICY_STICKS);
	assert_true(device_comes_to(desk, &stick, "uevent", "add"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	TEST(test_what_comes_is_off_while_the_block_is_in_force),
	TEST(test_what_udev_is_about_to_decide_is_left_alone),
	TEST(test_what_came_before_us_is_asked_for),
	TEST(test_a_block_on_trial_changes_nothing),
	TEST(test_without_a_block_nothing_is_touched),
	TEST(test_another_policy_takes_what_it_does_not_allow),
	TEST(test_keyboards_stay_whatever_the_policy_says),
	TEST(test_a_stick_at_work_stays_behind_a_lock),
	TEST(test_a_medium_put_in_behind_a_lock_is_asked_for_when_it_opens),
	TEST(test_who_came_while_nobody_watched_does_not_take_a_stick_over),
	TEST(test_a_watcher_that_is_started_again_takes_nothing),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
