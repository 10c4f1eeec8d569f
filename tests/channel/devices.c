/* SPDX-License-Identifier: MIT */
/* devices.c - tests: what is said about devices arrives as it was sent, or not at all. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sereno/channel.h>
#include <sereno/scoped.h>

/* clang-format off */
static const struct channel_request requests[] = {
	{ .kind = CHANNEL_DEVICES, .about = CHANNEL_ABOUT_REFUSED, .after = 12 },
	{ .kind = CHANNEL_DEVICES, .about = CHANNEL_ABOUT_GRANTS, .id = 7, .ended = true },
	{ .kind = CHANNEL_LET_IN, .device = "a1b2c3d4e5f60718", .user = "luis", .access = MEDIA_READ_ONLY, .for_sec = 1800,
	  .reason = "invoices, \"Q4\"" },
	{ .kind = CHANNEL_LET_IN, .device = "a1b2c3d4e5f60718", .user = "luis", .access = MEDIA_READ_WRITE, .for_sec = UINT64_MAX },
	{ .kind = CHANNEL_DEVICE_APPROVE, .id = UINT32_MAX },
	{ .kind = CHANNEL_DEVICE_DENY, .device = "a1b2c3d4e5f60718", .reason = "no" },
	{ .kind = CHANNEL_DEVICE_DENY, .id = 3, .reason = "no" },
	{ .kind = CHANNEL_DEVICE_REVOKE, .id = 3, .reason = "done" },
};

static const struct channel_request impossible[] = {
	{ .kind = CHANNEL_DEVICES, .about = 0 },
	{ .kind = CHANNEL_DEVICES, .about = (enum channel_about)4 },
	{ .kind = CHANNEL_LET_IN, .access = MEDIA_DENY },
	{ .kind = CHANNEL_LET_IN, .access = (enum media_access)4 },
	{ .kind = CHANNEL_LET_IN, .access = MEDIA_READ_ONLY, .user = "two\nlines" },
	{ .kind = CHANNEL_LET_IN, .access = MEDIA_READ_ONLY, .device = "\033" },
	{ .kind = CHANNEL_DEVICE_DENY, .reason = "\t" },
};

#define STICK { .state = CHANNEL_DEVICE_OPEN, .request = 3, .grant = 4, .device = "a1b2c3d4e5f60718", .vendor = 0x951, \
		.product = 0xffff, .kinds = (1u << DEVICE_KINDS) - 1, .name = "\"' \\ \xe2\x80\xae", .serial = "60A4", \
		.user = "luis", .access = MEDIA_READ_ONLY, .for_sec = UINT64_MAX, .refused = MEDIA_NO_BLOCK, .times = UINT32_MAX, \
		.made = 1750000000, .void_at = INT64_MAX, .by = "ana-adm", .reason = "so", .approvals = 1, .each = true, \
		.roles = "head, sysadmin", .mine_to_decide = true, .since = -1, .until = INT64_MIN }

static const struct channel_reply replies[] = {
	{ .kind = CHANNEL_DEVICES, .answer = CHANNEL_ACCEPTED },
	{ .kind = CHANNEL_DEVICES, .answer = CHANNEL_ACCEPTED, .n_devices = 4, .more = true, .device = { STICK, STICK, STICK, STICK } },
	{ .kind = CHANNEL_LET_IN, .answer = CHANNEL_ACCEPTED, .n_devices = 1, .device = { STICK } },
	{ .kind = CHANNEL_DEVICE_REVOKE, .answer = CHANNEL_NOT_ALLOWED, .why = "because" },
};

/* A byte of the reply with one device put another way. */
static const struct spoilt {
	const char *name;
	size_t at;
	uint8_t value;
} spoilt[] = {
	{ "more rows than there are", 3, 2 },
	{ "more rows than can be", 3, CHANNEL_PAGE_MAX + 1 },
	{ "no yes or no", 7, 2 },
	{ "no state", 11, 0 },
	{ "a state of later", 11, CHANNEL_DEVICE_REVOKED + 1 },
	{ "an id without end", 23, 17 },
	{ "an escape in an id", 25, '\033' },
	{ "kinds of later", 46, 0xff },
	{ "a NUL in a name", 51, '\0' },
	{ "a newline in a name", 51, '\n' },
};
/* clang-format on */

static void asked(void **state)
{
	uint8_t bytes[CHANNEL_MESSAGE_MAX];
	struct channel_request heard;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		const ssize_t n = channel_request_encode(&requests[i], bytes);

		assert_true(n > 0);
		assert_int_equal(channel_request_decode(bytes, (size_t)n, &heard), 0);
		assert_memory_equal(&heard, &requests[i], sizeof(heard));
		for (size_t length = 0; length < (size_t)n; length++)
			assert_true(channel_request_decode(bytes, length, &heard) < 0);
	}
}

/* Who encodes is not stopped, but nobody takes it. */
static void not_asked(void **state)
{
	uint8_t bytes[CHANNEL_MESSAGE_MAX];
	struct channel_request heard;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(impossible); i++) {
		const ssize_t n = channel_request_encode(&impossible[i], bytes);

		assert_true(n > 0);
		if (channel_request_decode(bytes, (size_t)n, &heard) != -EBADMSG)
			fail_msg("%zu is taken", i);
	}
}

static void answered(void **state)
{
	static struct channel_reply heard;
	uint8_t bytes[CHANNEL_MESSAGE_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(replies); i++) {
		const ssize_t n = channel_reply_encode(&replies[i], bytes);

		assert_true(n > 0);
		assert_int_equal(channel_reply_decode(bytes, (size_t)n, &heard), 0);
		assert_memory_equal(&heard, &replies[i], sizeof(heard));
		for (size_t length = 0; length < (size_t)n; length++)
			assert_true(channel_reply_decode(bytes, length, &heard) < 0);
	}
}

static void test_spoilt(void **state)
{
	const struct spoilt *row = *state;
	static struct channel_reply heard;
	uint8_t bytes[CHANNEL_MESSAGE_MAX];
	const ssize_t n = channel_reply_encode(&replies[2], bytes);

	assert_true(n > (ssize_t)row->at);
	assert_int_not_equal(bytes[row->at], row->value);
	bytes[row->at] = row->value;
	assert_int_equal(channel_reply_decode(bytes, (size_t)n, &heard), -EBADMSG);
}

/* The longest of all texts fit into one message; one device more does not. */
static void longest(void **state)
{
	static struct channel_reply reply = { .kind = CHANNEL_DEVICES,
					      .answer = CHANNEL_ACCEPTED,
					      .n_devices = 1 };
	struct channel_device *device = &reply.device[0];
	uint8_t bytes[CHANNEL_MESSAGE_MAX];

	(void)state;
	*device = (struct channel_device){ .state = CHANNEL_DEVICE_OPEN };
	memset(device->device, 'a', sizeof(device->device) - 1);
	memset(device->name, 'a', sizeof(device->name) - 1);
	memset(device->serial, 'a', sizeof(device->serial) - 1);
	memset(device->user, 'a', sizeof(device->user) - 1);
	memset(device->by, 'a', sizeof(device->by) - 1);
	memset(device->reason, 'a', sizeof(device->reason) - 1);
	memset(device->roles, 'a', sizeof(device->roles) - 1);
	assert_true(channel_reply_encode(&reply, bytes) > 0);
	reply.device[1] = *device;
	reply.n_devices = 2;
	assert_int_equal(channel_reply_encode(&reply, bytes), -EINVAL);
}

int main(void)
{
	static struct CMUnitTest tests[4 + ARRAY_SIZE(spoilt)] = {
		cmocka_unit_test(asked),
		cmocka_unit_test(not_asked),
		cmocka_unit_test(answered),
		cmocka_unit_test(longest),
	};

	for (size_t i = 0; i < ARRAY_SIZE(spoilt); i++)
		tests[4 + i] = (struct CMUnitTest){
			.name = spoilt[i].name,
			.test_func = test_spoilt,
			.initial_state = (void *)(uintptr_t)&spoilt[i],
		};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
