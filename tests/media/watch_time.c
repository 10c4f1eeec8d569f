/* SPDX-License-Identifier: MIT */
/* watch_time.c - tests: what ends by itself; what it costs while nothing happens, and very much. */
#include "desk.h"

#include <sereno/device_grants.h>

static int set_up(void **state)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	assert_non_null(desk);
	desk_new(desk);
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

static void grant_stick(struct desk *desk, int64_t until)
{
	scoped(device_close) struct device device = DEVICE_CLOSED;
	struct device_grant grant = { .id = 1, .uid = 4003, .user = "eva" };
	struct device_grants_image image = { .serial = 1, .n = 1, .grants = &grant };
	struct timespec boot;

	assert_int_equal(device_open(desk->root, "/bus/usb/devices/1-1", &device), 0);
	memcpy(grant.identity, device.facts.identity, sizeof(grant.identity));
	grant.access = MEDIA_READ_WRITE;
	grant.valid = (struct validity){ TIME_NO_START, until };
	assert_int_equal(clock_gettime(CLOCK_BOOTTIME, &boot), 0);
	image.boottime = boot.tv_sec;
	image.published = time(NULL);
	assert_int_equal(device_grants_publish(desk->root, &image), 0);
}

/* The nastiest tests, 13: the part that needs no other clock. */
static void test_a_grant_is_heard_of_and_its_end_takes_the_stick(void **state)
{
	struct desk *desk = *state;

	device_plug(desk, &stick, "0\n");
	open_desk(desk, POLICY_STICKS);
	desk_sits(desk, &eva);
	assert_true(desk_seat_comes_to(desk, "eva", 1));
	grant_stick(desk, time(NULL) + 2);
	assert_true(device_comes_to(desk, &stick, "uevent", "add"));
	device_file(desk, &stick, "authorized", "1\n"); /* as the helper does it */
	device_given(desk, &stick, "allow");
	assert_true(device_comes_to(desk, &stick, "authorized", "0"));
	assert_true(desk_hears(desk, "media.removed", "1-1"));
}

static unsigned long switches(pid_t pid)
{
	scoped_free char *line = NULL;
	scoped_file FILE *stream = NULL;
	unsigned long n = 0;
	char path[64];
	size_t size = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	stream = fopen(path, "re");
	assert_non_null(stream);
	while (getline(&line, &size, stream) >= 0)
		if (strncmp(line, "voluntary_ctxt_switches:", 24) == 0)
			n = strtoul(line + 24, NULL, 10);
	return n;
}

static void wait_until_quiet(pid_t pid)
{
	const struct timespec pause = { .tv_nsec = 150000000 };
	unsigned long before = 0, now = switches(pid);

	for (int i = 0; i < 20 && now != before; i++) {
		before = now;
		(void)nanosleep(&pause, NULL);
		now = switches(pid);
	}
}

static void test_while_nothing_happens_it_does_not_wake_up(void **state)
{
	struct desk *desk = *state;
	const struct timespec pause = { .tv_sec = 1, .tv_nsec = 100000000 };
	unsigned long before;

	device_plug(desk, &stick, "1\n");
	device_given(desk, &stick, "allow");
	open_desk(desk, POLICY_STICKS);
	wait_until_quiet(desk->watcher);
	before = switches(desk->watcher);
	(void)nanosleep(&pause, NULL);
	assert_int_equal(switches(desk->watcher), before);
}

#define COMINGS	  24
#define LOOKS_MAX (COMINGS / 2)

/* The nastiest tests, 15: twenty devices a second, each of which has everything looked at again. A
 * look asks for what it finds let in, and is counted by that. */
static void test_twenty_comings_a_second_are_looked_at_a_few_times_alone(void **state)
{
	struct desk *desk = *state;
	const struct timespec pause = { .tv_nsec = 50000000 };
	struct desk_device comes = stick;
	unsigned looks = 0;

	device_plug(desk, &keyboard, "1\n");
	device_given(desk, &keyboard, "allow");
	open_desk(desk, POLICY_STICKS);
	wait_until_quiet(desk->watcher);
	for (unsigned i = 0; i < COMINGS; i++) {
		comes.number = 20 + i;
		device_plug(desk, &comes, "0\n");
		assert_int_equal(seat_look_again(desk->root), 0);
		(void)nanosleep(&pause, NULL);
		looks += device_says(desk, &comes, "uevent", "add");
	}
	assert_in_range(looks, 0, LOOKS_MAX);
	assert_true(device_comes_to(desk, &comes, "uevent", "add")); /* the last one, too */
	assert_true(device_says(desk, &keyboard, "authorized", "1"));
	desk_sits(desk, &greeter);
	assert_true(desk_seat_comes_to(desk, "", 0));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	TEST(test_a_grant_is_heard_of_and_its_end_takes_the_stick),
	TEST(test_while_nothing_happens_it_does_not_wake_up),
	TEST(test_twenty_comings_a_second_are_looked_at_a_few_times_alone),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
