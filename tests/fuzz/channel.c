/* SPDX-License-Identifier: MIT */
/*
 * channel.c - fuzzer: requests and replies of serenod's socket.
 *
 * What is decoded is within its bounds, and encodes to the bytes it came from.
 */
#include <errno.h>
#include <string.h>

#include <sereno/channel.h>
#include <sereno/scoped.h>

#define REQUIRE(condition)        \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

#define REQUIRE_TEXT(text) REQUIRE(memchr(text, '\0', sizeof(text)))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_request(const uint8_t *data, size_t size)
{
	struct channel_request request;
	uint8_t again[CHANNEL_MESSAGE_MAX];
	const int r = channel_request_decode(data, size, &request);

	REQUIRE(r == 0 || r == -EBADMSG || r == -EPROTONOSUPPORT);
	if (r < 0)
		return;
	REQUIRE_TEXT(request.service);
	REQUIRE_TEXT(request.label);
	REQUIRE_TEXT(request.proof);
	REQUIRE_TEXT(request.code[0]);
	REQUIRE_TEXT(request.code[1]);
	REQUIRE_TEXT(request.role);
	REQUIRE_TEXT(request.reason);
	for (const char *c = request.service; *c; c++)
		REQUIRE(*c >= ' ' && *c <= '~');
	REQUIRE(channel_request_encode(&request, again) == (ssize_t)size);
	REQUIRE(memcmp(again, data, size) == 0);
}

static void require_role_request(const struct channel_role_request *request)
{
	REQUIRE(request->state >= CHANNEL_ROLE_OPEN && request->state <= CHANNEL_ROLE_VOID);
	REQUIRE_TEXT(request->role);
	REQUIRE_TEXT(request->user);
	REQUIRE_TEXT(request->reason);
	REQUIRE_TEXT(request->approver_roles);
	REQUIRE_TEXT(request->closed_by);
	REQUIRE_TEXT(request->closed_reason);
}

static void fuzz_reply(const uint8_t *data, size_t size)
{
	struct channel_reply reply;
	uint8_t again[CHANNEL_MESSAGE_MAX];
	const int r = channel_reply_decode(data, size, &reply);

	REQUIRE(r == 0 || r == -EBADMSG || r == -EPROTONOSUPPORT);
	if (r < 0)
		return;
	REQUIRE(reply.status.n_tokens <= CODES_TOKENS_MAX);
	REQUIRE(reply.n_recovery <= OTP_RECOVERY_MAX);
	REQUIRE(reply.token.secret_length <= OTP_SECRET_MAX);
	REQUIRE(reply.kind != CHANNEL_BEGIN || reply.answer != CHANNEL_ACCEPTED ||
		otp_token_sound(&reply.token));
	REQUIRE_TEXT(reply.issuer);
	REQUIRE_TEXT(reply.person);
	REQUIRE_TEXT(reply.why);
	REQUIRE(reply.n_requests <= CHANNEL_PAGE_MAX);
	for (uint32_t i = 0; i < reply.n_requests; i++)
		require_role_request(&reply.request[i]);
	REQUIRE(channel_reply_encode(&reply, again) == (ssize_t)size);
	REQUIRE(memcmp(again, data, size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_request(data, size);
	fuzz_reply(data, size);
	return 0;
}
