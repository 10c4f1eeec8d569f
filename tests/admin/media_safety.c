/* SPDX-License-Identifier: MIT */
/*
 * media_safety.c - which device carries what a host needs: its addresses, its paths, its keys.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <ifaddrs.h>

#include <sereno/scoped.h>

#include "host_keyboards.h"
#include "host_network.h"
#include "media_remedy.h"

/* The addresses of this test's host, in the place of those of the C library. */
static struct sockaddr_in ipv4 = { .sin_family = AF_INET };
static struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6 };
static struct sockaddr link_layer = { .sa_family = AF_PACKET };
static char eth0[] = "eth0", eth1[] = "eth1", tun0[] = "tun0";
static struct ifaddrs host[] = {
	{ .ifa_next = &host[1], .ifa_name = tun0, .ifa_addr = NULL },
	{ .ifa_next = &host[2], .ifa_name = eth0, .ifa_addr = &link_layer },
	{ .ifa_next = &host[3], .ifa_name = eth0, .ifa_addr = (void *)&ipv4 },
	{ .ifa_next = NULL, .ifa_name = eth1, .ifa_addr = (void *)&ipv6 },
};

int getifaddrs(struct ifaddrs **ret)
{
	assert_int_equal(inet_pton(AF_INET, "192.0.2.7", &ipv4.sin_addr), 1);
	assert_int_equal(inet_pton(AF_INET6, "2001:db8::7", &ipv6.sin6_addr), 1);
	*ret = host;
	return 0;
}

void freeifaddrs(struct ifaddrs *list)
{
	assert_ptr_equal(list, host);
}

struct place {
	char root[32];
};

static int place_set_up(void **state)
{
	static struct place place;

	memcpy(place.root, "/tmp/sereno-test.XXXXXX", 24);
	assert_non_null(mkdtemp(place.root));
	*state = &place;
	return 0;
}

static void run_in(const struct place *place, const char *line)
{
	scoped_free char *command = NULL;

	assert_true(asprintf(&command, "cd %s && %s", place->root, line) > 0);
	assert_int_equal(system(command), 0);
}

static int place_tear_down(void **state)
{
	run_in(*state, "rm -r ../${PWD##*/}");
	return 0;
}

struct heard {
	size_t n;
	char last[256];
};

static int hear(void *context, const char *interface, const char *path)
{
	struct heard *heard = context;

	heard->n++;
	assert_true(snprintf(heard->last, sizeof(heard->last), "%s %s", interface, path) < 256);
	return 0;
}

static void ask(const struct place *place, const char *text, struct heard *heard)
{
	struct address address;

	*heard = (struct heard){ .n = 0 };
	assert_int_equal(address_parse(text, &address), 0);
	assert_int_equal(host_network_of(place->root, &address, hear, heard), 0);
}

static void check_addresses(void **state)
{
	const struct place *place = *state;
	struct heard heard;

	run_in(place,
	       "mkdir -p sys/class/net && ln -s ../../devices/a/1-1/net/eth0 sys/class/net/eth0"
	       " && ln -s ../../devices/b/net/eth1 sys/class/net/eth1");
	ask(place, "192.0.2.7", &heard);
	assert_int_equal(heard.n, 1);
	assert_string_equal(heard.last, "eth0 ../../devices/a/1-1/net/eth0");
	ask(place, "2001:db8::7", &heard);
	assert_int_equal(heard.n, 1);
	assert_string_equal(heard.last, "eth1 ../../devices/b/net/eth1");
	ask(place, "192.0.2.8", &heard);
	assert_int_equal(heard.n, 0);
	ask(place, "c000:207::", &heard); /* begins with the same bytes */
	assert_int_equal(heard.n, 0);
}

/* An interface that stands on itself, by way of another, is told once. */
static void check_rings_of_interfaces(void **state)
{
	const struct place *place = *state;
	struct heard heard;

	run_in(place, "mkdir -p sys/class/net sys/devices/v/eth0 sys/devices/v/br0"
		      " && ln -s ../../devices/v/eth0 sys/class/net/eth0"
		      " && ln -s ../../devices/v/br0 sys/class/net/br0"
		      " && touch sys/devices/v/eth0/lower_br0 sys/devices/v/br0/lower_eth0");
	ask(place, "192.0.2.7", &heard);
	assert_int_equal(heard.n, 2);
	assert_string_equal(heard.last, "eth0 ../../devices/v/br0");
}

static const struct keys_row {
	const char *name, *path, *keys;
	bool types;
} keys_rows[] = {
	{ "a keyboard", "platform/i8042",
	  "402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe", true },
	{ "a keyboard of a kernel of 32 bits", "platform/i8042", "4 2000000 fffffffe", true },
	{ "a power button", "LNXSYSTM:00", "10000000000000 0", false },
	{ "a remote control with digits", "rc", "fff ffc", false },
	{ "no keys at all", "platform/x", "0", false },
	{ "one made up by a program", "virtual/input", "fffffffffffffffe", false },
	{ "nothing readable", "platform/i8042", "", false },
};

static int count(void *context, const char *path)
{
	assert_non_null(path);
	++*(int *)context;
	return 0;
}

static void check_keys(void **state)
{
	const struct keys_row *row = *state;
	scoped_free char *line = NULL;
	struct place *place;
	void *made;
	int n = 0;

	(void)place_set_up(&made);
	place = made;
	assert_true(asprintf(&line,
			     "mkdir -p sys/class/input sys/devices/%s/input3/capabilities && "
			     "printf '%%s' '%s' > sys/devices/%s/input3/capabilities/key && "
			     "ln -s ../../devices/%s/input3 sys/class/input/input3",
			     row->path, row->keys, row->path, row->path) > 0);
	run_in(place, line);
	assert_int_equal(host_keyboards_list(place->root, count, &n), 0);
	assert_int_equal(n, row->types);
	(void)place_tear_down(&made);
}

/* Where a device hangs, by the path of something on it. */
static void check_carrying(void **state)
{
	struct present items[] = { { .name = "1-1", .hub = -1 }, { .name = "1-1.2", .hub = 0 } };
	const struct present_list list = { .n = 2, .room = 2, .item = items };

	(void)state;
	assert_int_equal(present_carrying(&list, "../../devices/pci/usb1/1-1/1-1.2/1-1.2:1.0/x"),
			 1);
	assert_int_equal(present_carrying(&list, "../../devices/pci/usb1/1-1/1-1:1.0/x"), 0);
	assert_int_equal(present_carrying(&list, "../../devices/pci/usb1/1-11/1-11:1.0/x"), -1);
	assert_int_equal(present_carrying(&list, "../../devices/pci/1-1.2:1.0"), -1);
	assert_int_equal(present_carrying(&list, ""), -1);
}

/* A serial number is the device's: its quotes end nothing in what we say to write. */
static void check_quotes(void **state)
{
	struct present present = { .facts = { .vendor = 0x951,
					      .product = 0x1666,
					      .kinds = 1u << KIND_STORAGE,
					      .serial = "a'], access: x}'" } };
	const struct media_verdict verdict = { .reason = MEDIA_NOBODY_THERE };
	scoped_free char *text = media_remedy(&present, &verdict);

	(void)state;
	assert_non_null(text);
	assert_non_null(strstr(text, "serial: ['a''], access: x}''']"));
	memset(present.facts.serial, '\'', DEVICE_TEXT_MAX);
	free(take(text, media_remedy(&present, &verdict)));
	assert_non_null(text);
	assert_non_null(strstr(text, "access: read-write}"));
}

int main(void)
{
	struct CMUnitTest tests[4 + ARRAY_SIZE(keys_rows)] = {
		cmocka_unit_test_setup_teardown(check_addresses, place_set_up, place_tear_down),
		cmocka_unit_test_setup_teardown(check_rings_of_interfaces, place_set_up,
						place_tear_down),
		cmocka_unit_test(check_carrying),
		cmocka_unit_test(check_quotes),
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys_rows); i++)
		tests[4 + i] =
			(struct CMUnitTest){ .name = keys_rows[i].name,
					     .test_func = check_keys,
					     .initial_state = (void *)(uintptr_t)&keys_rows[i] };
	return cmocka_run_group_tests_name("media_safety", tests, NULL, NULL);
}
