/* SPDX-License-Identifier: MIT */
/* role_requests.c - tests: messages about roles, whole, cut, lengthened, out of bounds. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sereno/channel.h>
#include <sereno/scoped.h>

static const struct channel_request asked[] = {
	{ .kind = CHANNEL_ASK_ROLE, .role = "dba", .for_sec = 7200, .reason = "ticket \xc3\xb1" },
	{ .kind = CHANNEL_WITHDRAW, .id = 7 },
	{ .kind = CHANNEL_REQUESTS, .after = 12, .ended = true },
	{ .kind = CHANNEL_REQUESTS, .id = UINT32_MAX },
	{ .kind = CHANNEL_APPROVE, .id = 1, .reason = "seen" },
	{ .kind = CHANNEL_DENY, .id = 2, .reason = "no" },
	{ .kind = CHANNEL_REVIEW, .role = "dba", .as_json = true, .columns = 1000 },
	{ .kind = CHANNEL_REVIEW },
	{ .kind = CHANNEL_SIGN, .role = "dba", .reason = "5f3c0a9b1d2e4f60" },
};

#define ROW                                                                                    \
	{                                                                                      \
		.id = 3, .state = CHANNEL_ROLE_GRANTED, .role = "dba", .user = "ana",          \
		.for_sec = 3600, .made = 1767225600, .reason = "why", .approvals = 1,          \
		.approvers = 2, .mine = true, .approver_roles = "auditor, dba",                \
		.closed_by = "mar", .closed = 1767225700, .closed_reason = "seen", .grant = 9, \
		.until = 1767229300                                                            \
	}

static const struct channel_reply answered[] = {
	{ .answer = CHANNEL_ACCEPTED, .kind = CHANNEL_REQUESTS },
	{ .answer = CHANNEL_ACCEPTED,
	  .kind = CHANNEL_REQUESTS,
	  .n_requests = 2,
	  .more = true,
	  .request = { ROW, ROW } },
	{ .answer = CHANNEL_ACCEPTED,
	  .kind = CHANNEL_APPROVE,
	  .n_requests = 1,
	  .request = { ROW } },
	{ .answer = CHANNEL_NOT_ALLOWED, .kind = CHANNEL_DENY, .why = "because" },
	{ .answer = CHANNEL_ACCEPTED, .kind = CHANNEL_REVIEW },
	{ .answer = CHANNEL_ACCEPTED, .kind = CHANNEL_SIGN },
};

static void test_requests(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
		uint8_t bytes[CHANNEL_MESSAGE_MAX + 1] = { 0 };
		struct channel_request heard;
		const ssize_t n = channel_request_encode(&asked[i], bytes);

		assert_true(n > 2);
		assert_int_equal(channel_request_decode(bytes, (size_t)n, &heard), 0);
		assert_memory_equal(&heard, &asked[i], sizeof(heard));
		for (size_t length = 0; length < (size_t)n; length++)
			assert_int_equal(channel_request_decode(bytes, length, &heard), -EBADMSG);
		assert_int_equal(channel_request_decode(bytes, (size_t)n + 1, &heard), -EBADMSG);
	}
}

static void test_replies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(answered); i++) {
		uint8_t bytes[CHANNEL_MESSAGE_MAX + 1] = { 0 };
		struct channel_reply heard;
		const ssize_t n = channel_reply_encode(&answered[i], bytes);

		assert_true(n > 2);
		assert_int_equal(channel_reply_decode(bytes, (size_t)n, &heard), 0);
		assert_memory_equal(&heard, &answered[i], sizeof(heard));
		for (size_t length = 0; length < (size_t)n; length++)
			assert_int_equal(channel_reply_decode(bytes, length, &heard), -EBADMSG);
		assert_int_equal(channel_reply_decode(bytes, (size_t)n + 1, &heard), -EBADMSG);
	}
}

static void fill(char *text, size_t size)
{
	memset(text, 'x', size - 1);
	text[size - 1] = '\0';
}

/* The longest one there can be fits; not two. */
static void test_longest(void **state)
{
	struct channel_reply reply = { .answer = CHANNEL_ACCEPTED,
				       .kind = CHANNEL_REQUESTS,
				       .n_requests = 1,
				       .request = { ROW, ROW } };
	struct channel_role_request *row = &reply.request[0];
	uint8_t bytes[CHANNEL_MESSAGE_MAX];

	(void)state;
	fill(row->role, sizeof(row->role));
	fill(row->user, sizeof(row->user));
	fill(row->reason, sizeof(row->reason));
	fill(row->approver_roles, sizeof(row->approver_roles));
	fill(row->closed_by, sizeof(row->closed_by));
	fill(row->closed_reason, sizeof(row->closed_reason));
	assert_true(channel_reply_encode(&reply, bytes) > 0);
	reply.n_requests = 2;
	assert_int_equal(channel_reply_encode(&reply, bytes), -EINVAL);
	reply.n_requests = CHANNEL_PAGE_MAX + 1;
	assert_int_equal(channel_reply_encode(&reply, bytes), -EINVAL);
}

static const struct broken {
	const char *name;
	size_t at; /* byte of the reply with one row */
	uint8_t value;
	int result;
} broken[] = {
	{ "another version", 0, 2, -EPROTONOSUPPORT },
	{ "no kind", 1, 0, -EPROTONOSUPPORT },
	{ "a kind of later", 1, CHANNEL_DEVICE_REVOKE + 1, -EPROTONOSUPPORT },
	{ "an answer of later", 2, CHANNEL_NOT_ALLOWED + 1, -EPROTONOSUPPORT },
	{ "more rows than there are", 3, 2, -EBADMSG },
	{ "more rows than can be", 3, CHANNEL_PAGE_MAX + 1, -EBADMSG },
	{ "no yes or no", 7, 2, -EBADMSG },
	{ "number 0", 11, 0, -EBADMSG },
	{ "no state", 15, 0, -EBADMSG },
	{ "a state of later", 15, CHANNEL_ROLE_VOID + 1, -EBADMSG },
	{ "a longer name", 19, 4, -EBADMSG },
	{ "a NUL in a name", 21, '\0', -EBADMSG },
	{ "an escape in a name", 21, '\033', -EBADMSG },
};

static void test_broken(void **state)
{
	const struct broken *row = *state;
	uint8_t bytes[CHANNEL_MESSAGE_MAX];
	struct channel_reply heard;
	const ssize_t n = channel_reply_encode(&answered[2], bytes);

	assert_true(n > 0);
	assert_int_not_equal(bytes[row->at], row->value);
	bytes[row->at] = row->value;
	assert_int_equal(channel_reply_decode(bytes, (size_t)n, &heard), row->result);
}

/* More is told of after the last one, so there must be one. */
static void test_more_of_nothing(void **state)
{
	const struct channel_reply reply = { .answer = CHANNEL_ACCEPTED,
					     .kind = CHANNEL_REQUESTS,
					     .more = true };
	uint8_t bytes[CHANNEL_MESSAGE_MAX];
	struct channel_reply heard;
	const ssize_t n = channel_reply_encode(&reply, bytes);

	(void)state;
	assert_true(n > 0);
	assert_int_equal(channel_reply_decode(bytes, (size_t)n, &heard), -EBADMSG);
}

int main(void)
{
	struct CMUnitTest tests[4 + ARRAY_SIZE(broken)] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_replies),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_more_of_nothing),
	};

	for (size_t i = 0; i < ARRAY_SIZE(broken); i++)
		tests[4 + i] =
			(struct CMUnitTest){ .name = broken[i].name,
					     .test_func = test_broken,
					     .initial_state = (void *)(uintptr_t)&broken[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
