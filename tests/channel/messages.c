/* SPDX-License-Identifier: MIT */
/* messages.c - tests: every message arrives as it was sent, or not at all. */
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

#define LONG_63	 "012345678901234567890123456789012345678901234567890123456789abc"
#define LONG_127 LONG_63 LONG_63 "x"

struct asked {
	const char *name;
	struct channel_request request;
};

struct answered {
	const char *name;
	struct channel_reply reply;
};

struct said {
	const char *name;
	const char *bytes;
	size_t length;
	int expected;
};

/* clang-format off */
static const struct asked requests[] = {
	{ "verify",              { .kind = CHANNEL_VERIFY, .service = "swaylock", .code = { "123456" } } },
	{ "verify, longest",     { .kind = CHANNEL_VERIFY, .service = LONG_63, .code = { LONG_127 } } },
	{ "verify nothing",      { .kind = CHANNEL_VERIFY } },
	{ "status",              { .kind = CHANNEL_STATUS } },
	{ "begin by password",   { .kind = CHANNEL_BEGIN, .label = "my phone", .proof_kind = CHANNEL_PROOF_PASSWORD,
				   .proof = "p\xc3\xa4ss \x01\x7f" } },
	{ "begin, longest",      { .kind = CHANNEL_BEGIN, .label = LONG_63, .proof_kind = CHANNEL_PROOF_TICKET,
				   .proof = LONG_127 LONG_127 LONG_127 LONG_127 "0123" } },
	{ "begin by code",       { .kind = CHANNEL_BEGIN, .label = "\xc3\xa9", .proof_kind = CHANNEL_PROOF_CODE, .proof = "1" } },
	{ "confirm",             { .kind = CHANNEL_CONFIRM, .code = { "123 456" } } },
	{ "recovery",            { .kind = CHANNEL_RECOVERY, .proof_kind = CHANNEL_PROOF_CODE, .proof = "123456" } },
	{ "resync",              { .kind = CHANNEL_RESYNC, .label = "", .proof_kind = CHANNEL_PROOF_CODE, .proof = "0a5k-m9q2-7rtz",
				   .code = { "111111", "222222" } } },
};

static const struct answered replies[] = {
	{ "refused",             { .kind = CHANNEL_VERIFY, .answer = CHANNEL_REFUSED } },
	{ "busy",                { .kind = CHANNEL_STATUS, .answer = CHANNEL_BUSY } },
	{ "unknown",             { .kind = CHANNEL_RESYNC, .answer = CHANNEL_UNKNOWN } },
	{ "verified",            { .kind = CHANNEL_VERIFY, .answer = CHANNEL_ACCEPTED } },
	{ "recovered",           { .kind = CHANNEL_VERIFY, .answer = CHANNEL_ACCEPTED, .recovered = true, .recovery_left = 7 } },
	{ "status of nobody",    { .kind = CHANNEL_STATUS, .answer = CHANNEL_ACCEPTED } },
	{ "status",              { .kind = CHANNEL_STATUS, .answer = CHANNEL_ACCEPTED, .status = {
				   .n_tokens = 2, .recovery_left = 16, .recovery_void = true, .fell_back = true, .ticket_only = true,
				   .recovery_issued = 1750000000, .needed = -5, .ticket_issued = 1, .ticket_expires = INT64_MAX,
				   .token = { { LONG_63, OTP_SHA512, 8, 300, 1750000000, 0, -1440 },
					      { "phone", OTP_SHA1, 6, 30, 1, 2, 3 } } } } },
	{ "begun",               { .kind = CHANNEL_BEGIN, .answer = CHANNEL_ACCEPTED, .issuer = "DACARTEC", .person = "ana",
				   .token = { OTP_SHA256, 7, 60, 32, "\0two\0three-of-thirty-two-bytes." } } },
	{ "confirmed",           { .kind = CHANNEL_CONFIRM, .answer = CHANNEL_ACCEPTED, .recovery_left = 2, .n_recovery = 2,
				   .recovery = { "0a5k-m9q2-7rtz", "0a5k-m9q2-7rt0" } } },
	{ "confirmed, had some", { .kind = CHANNEL_CONFIRM, .answer = CHANNEL_ACCEPTED, .recovery_left = 3 } },
	{ "16 recovery codes",   { .kind = CHANNEL_RECOVERY, .answer = CHANNEL_ACCEPTED, .recovery_left = 16, .n_recovery = 16,
				   .recovery = { [0] = "0a5k-m9q2-7rtz", [15] = "0a5k-m9q2-7rt0" } } },
	{ "resynced",            { .kind = CHANNEL_RESYNC, .answer = CHANNEL_ACCEPTED } },
};

/* What no message can be made of. */
static const struct asked impossible[] = {
	{ "request 0",           { .kind = 0 } },
	{ "request 19",          { .kind = (enum channel_kind)19 } },
	{ "no proof",            { .kind = CHANNEL_BEGIN, .label = "phone" } },
	{ "a proof unheard of",  { .kind = CHANNEL_BEGIN, .proof_kind = (enum channel_proof_kind)4 } },
	{ "no end of a service", { .kind = CHANNEL_VERIFY, .service = LONG_63 "x" } },
	{ "no end of a code",    { .kind = CHANNEL_CONFIRM, .code = { LONG_127 "x" } } },
};

static const struct answered impossible_replies[] = {
	{ "request 0",           { .kind = 0, .answer = CHANNEL_ACCEPTED } },
	{ "answer 0",            { .kind = CHANNEL_VERIFY, .answer = 0 } },
	{ "answer 14",           { .kind = CHANNEL_VERIFY, .answer = (enum channel_answer)14 } },
	{ "too many tokens",     { .kind = CHANNEL_STATUS, .answer = CHANNEL_ACCEPTED, .status = { .n_tokens = 5 } } },
	{ "too many codes",      { .kind = CHANNEL_CONFIRM, .answer = CHANNEL_ACCEPTED, .n_recovery = 17 } },
	{ "too long a secret",   { .kind = CHANNEL_BEGIN, .answer = CHANNEL_ACCEPTED, .token = { .secret_length = 65 } } },
};

/* Requests that are said as they must not be. */
static const struct said broken[] = {
	{ "nothing",              "",                                   0,  -EBADMSG },
	{ "a version",            "\1",                                 1,  -EBADMSG },
	{ "version 0",            "\0\2",                               2,  -EPROTONOSUPPORT },
	{ "version 2",            "\2\2",                               2,  -EPROTONOSUPPORT },
	{ "request 0",            "\1\0",                               2,  -EPROTONOSUPPORT },
	{ "request 19",           "\1\23",                              2,  -EPROTONOSUPPORT },
	{ "request 255",          "\1\377",                             2,  -EPROTONOSUPPORT },
	{ "a NUL in a code",      "\1\4\3\0001\0002",                   7,  -EBADMSG },
	{ "a NUL in a password",  "\1\3\1\0a\1\2\0\0b",                 10, -EBADMSG },
	{ "a newline in a label", "\1\3\1\0\n\1\1\0b",                  9,  -EBADMSG },
	{ "UTF-8 in a service",   "\1\1\2\0\303\251\1\0001",            9,  -EBADMSG },
	{ "an escape in it",      "\1\1\1\0\033\1\0001",                8,  -EBADMSG },
	{ "proof 0",              "\1\5\0\1\0001",                      6,  -EBADMSG },
	{ "proof 4",              "\1\5\4\1\0001",                      6,  -EBADMSG },
	{ "a code of 65535",      "\1\4\377\3771",                      5,  -EBADMSG },
};
/* clang-format on */

/* From a place of exactly that size, so that a byte too far is seen; nothing is written. */
static int decode_exactly(bool is_reply, const uint8_t *bytes, size_t length)
{
	scoped_free uint8_t *exact = malloc(length > 0 ? length : 1);
	struct channel_request request, untouched;
	struct channel_reply reply, as_it_was;
	int r;

	assert_non_null(exact);
	memcpy(exact, bytes, length);
	memset(&request, 0x55, sizeof(request));
	memset(&untouched, 0x55, sizeof(untouched));
	memset(&reply, 0x55, sizeof(reply));
	memset(&as_it_was, 0x55, sizeof(as_it_was));
	r = is_reply ? channel_reply_decode(exact, length, &reply)
		     : channel_request_decode(exact, length, &request);
	if (r < 0)
		assert_memory_equal(&request, &untouched, sizeof(request));
	if (r < 0)
		assert_memory_equal(&reply, &as_it_was, sizeof(reply));
	return r;
}

static void cut_and_lengthened(bool is_reply, const uint8_t *sent, size_t n)
{
	uint8_t longer[CHANNEL_MESSAGE_MAX + 1] = { 0 };

	for (size_t length = 0; length < n; length++)
		assert_int_equal(decode_exactly(is_reply, sent, length), -EBADMSG);
	assert_int_equal(decode_exactly(is_reply, sent, n), 0);
	memcpy(longer, sent, n);
	assert_int_equal(decode_exactly(is_reply, longer, n + 1), -EBADMSG);
}

static void request_arrives(void **state)
{
	const struct asked *row = *state;
	const struct channel_request *request = &row->request;
	uint8_t sent[CHANNEL_MESSAGE_MAX], again[CHANNEL_MESSAGE_MAX];
	const ssize_t n = channel_request_encode(request, sent);
	struct channel_request arrived;

	assert_in_range(n, 2, sizeof(sent));
	assert_int_equal(channel_request_decode(sent, (size_t)n, &arrived), 0);
	assert_int_equal(arrived.kind, request->kind);
	assert_string_equal(arrived.service, request->service);
	assert_string_equal(arrived.label, request->label);
	assert_int_equal(arrived.proof_kind, request->proof_kind);
	assert_string_equal(arrived.proof, request->proof);
	assert_string_equal(arrived.code[0], request->code[0]);
	assert_string_equal(arrived.code[1], request->code[1]);
	assert_int_equal(channel_request_encode(&arrived, again), n);
	assert_memory_equal(again, sent, (size_t)n);
	cut_and_lengthened(false, sent, (size_t)n);
}

static void assert_same(const struct channel_reply *one, const struct channel_reply *other)
{
	assert_int_equal(one->answer, other->answer);
	assert_int_equal(one->kind, other->kind);
	assert_int_equal(one->recovered, other->recovered);
	assert_int_equal(one->recovery_left, other->recovery_left);
	assert_memory_equal(&one->token, &other->token, sizeof(one->token));
	assert_string_equal(one->issuer, other->issuer);
	assert_string_equal(one->person, other->person);
	assert_int_equal(one->n_recovery, other->n_recovery);
	assert_memory_equal(one->recovery, other->recovery, sizeof(one->recovery));
	assert_int_equal(one->status.n_tokens, other->status.n_tokens);
	assert_int_equal(one->status.token[0].drift, other->status.token[0].drift);
	assert_int_equal(one->status.token[0].algorithm, other->status.token[0].algorithm);
	assert_int_equal(one->status.needed, other->status.needed);
	assert_int_equal(one->status.ticket_expires, other->status.ticket_expires);
	assert_int_equal(one->status.ticket_only, other->status.ticket_only);
}

static void reply_arrives(void **state)
{
	const struct answered *row = *state;
	uint8_t sent[CHANNEL_MESSAGE_MAX], again[CHANNEL_MESSAGE_MAX];
	const ssize_t n = channel_reply_encode(&row->reply, sent);
	struct channel_reply arrived;

	assert_in_range(n, 3, sizeof(sent));
	assert_int_equal(channel_reply_decode(sent, (size_t)n, &arrived), 0);
	assert_same(&arrived, &row->reply);
	assert_int_equal(channel_reply_encode(&arrived, again), n);
	assert_memory_equal(again, sent, (size_t)n);
	cut_and_lengthened(true, sent, (size_t)n);
}

static void cannot_be_sent(void **state)
{
	const struct asked *row = *state;
	uint8_t bytes[CHANNEL_MESSAGE_MAX];

	assert_int_equal(channel_request_encode(&row->request, bytes), -EINVAL);
}

static void cannot_be_answered(void **state)
{
	const struct answered *row = *state;
	uint8_t bytes[CHANNEL_MESSAGE_MAX];

	assert_int_equal(channel_reply_encode(&row->reply, bytes), -EINVAL);
}

static void is_broken(void **state)
{
	const struct said *row = *state;

	assert_int_equal(decode_exactly(false, (const uint8_t *)row->bytes, row->length),
			 row->expected);
}

/* The same bytes each run: what is decoded can be encoded, to the same bytes. */
static void changed_bytes(void **state)
{
	uint8_t sent[CHANNEL_MESSAGE_MAX], again[CHANNEL_MESSAGE_MAX];
	struct channel_reply reply;
	unsigned seed = 1, n_decoded = 0;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		const ssize_t n = channel_reply_encode(
			&replies[(unsigned)rand_r(&seed) % ARRAY_SIZE(replies)].reply, sent);

		for (unsigned j = 0; j < 2; j++)
			sent[rand_r(&seed) % n] = (uint8_t)rand_r(&seed);
		if (channel_reply_decode(sent, (size_t)n, &reply) < 0)
			continue;
		n_decoded++;
		assert_int_equal(channel_reply_encode(&reply, again), n);
		assert_memory_equal(again, sent, (size_t)n);
	}
	assert_true(n_decoded > 100);
}

/* A test for each row of @table. */
#define ADD(tests, n, table, function)                                     \
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)                     \
		(tests)[(n)++] = (struct CMUnitTest)                       \
		{                                                          \
			.name = (table)[i].name, .test_func = (function),  \
			.initial_state = (void *)(uintptr_t) & (table)[i], \
		}

int main(void)
{
	struct CMUnitTest tests[64] = { cmocka_unit_test(changed_bytes) };
	size_t n = 1;

	ADD(tests, n, requests, request_arrives);
	ADD(tests, n, replies, reply_arrives);
	ADD(tests, n, impossible, cannot_be_sent);
	ADD(tests, n, impossible_replies, cannot_be_answered);
	ADD(tests, n, broken, is_broken);
	return _cmocka_run_group_tests("messages", tests, n, NULL, NULL);
}
