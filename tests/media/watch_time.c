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
	unsigned long before, now = switches(pid);
	const struct timespec pause = { .tv_nsec = 150000000 };

	do {
		before = now;
		(void)nanosleep(&pause, NULL);
		now = switches(pid);
	} while (now != before);
}

static void test_while_nothing_happens_it_does_not_wake_up(void **state)
{
	struct desk *desk = *state;
	const struct timespec pause = { .tv_nsec = 400000000 };
	unsigned long before;

	device_plug(desk, &stick, "1\n");
	device_given(desk, &stick, "allow");
	open_desk(desk, POLICY_STICKS);
	wait_until_quiet(desk->watcher);
	before = switches(desk->watcher);
	(void)nanosleep(&pause, NULL);
	assert_int_equal(switches(desk->watcher), before);
}

static double cpu_seconds(pid_t pid)
{
	clockid_t clock;
	struct timespec used;

	assert_int_equal(clock_getcpuclockid(pid, &clock), 0);
	assert_int_equal(clock_gettime(clock, &used), 0);
	return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

/* The nastiest tests, 15: twenty devices a second, each touching what sessions touch. */
static void test_twenty_comings_a_second_cost_a_bounded_part_of_a_processor(void **state)
{
	struct desk *desk = *state;
	const struct timespec pause = { .tv_nsec = 50000000 };
	struct desk_device comes = stick;
	double before;

	device_plug(desk, &keyboard, "1\n");
	device_given(desk, &keyboard, "allow");
	open_desk(desk, POLICY_STICKS);
	wait_until_quiet(desk->watcher);
	before = cpu_seconds(desk->watcher);
	for (unsigned i = 0; i < 24; i++) {
		comes.number = 20 + i;
		device_plug(desk, &comes, "0\n");
		assert_int_equal(seat_look_again(desk->root), 0);
		(void)nanosleep(&pause, NULL);
	}
	assert_true(cpu_seconds(desk->watcher) - before < 0.1);
	assert_true(device_says(desk, &keyboard, "authorized", "1"));
	desk_sits(desk, &greeter); /* it is served in between */
	assert_true(desk_seat_comes_to(desk, "", 0));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	TEST(test_a_grant_is_heard_of_and_its_end_takes_the_stick),
	TEST(test_while_nothing_happens_it_does_not_wake_up),
	TEST(test_twenty_comings_a_second_cost_a_bounded_part_of_a_processor),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
