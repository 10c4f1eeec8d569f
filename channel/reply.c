/* SPDX-License-Identifier: MIT */
/* reply.c - what serenod answers, to and from the wire. */
#include <errno.h>
#include <string.h>

#include <sereno/channel.h>
#include <sereno/scoped.h>

#include "devices.h"
#include "role_requests.h"
#include "wire.h"

static void put_token_status(struct wire_writer *writer, const struct codes_token_status *token)
{
	wire_put_text(writer, token->label, sizeof(token->label));
	wire_put(writer, token->algorithm, 4);
	wire_put(writer, token->digits, 4);
	wire_put(writer, token->period_sec, 4);
	wire_put(writer, (uint64_t)token->enrolled, 8);
	wire_put(writer, (uint64_t)token->used, 8);
	wire_put(writer, (uint32_t)token->drift, 4);
}

static void get_token_status(struct wire_reader *reader, struct codes_token_status *token)
{
	wire_get_line(reader, token->label, sizeof(token->label));
	token->algorithm = (enum otp_algorithm)wire_get_within(reader, OTP_SHA1, OTP_SHA512);
	token->digits = wire_get_within(reader, OTP_DIGITS_MIN, OTP_DIGITS_MAX);
	token->period_sec = wire_get_within(reader, OTP_PERIOD_MIN, OTP_PERIOD_MAX);
	token->enrolled = (int64_t)wire_get(reader, 8);
	token->used = (int64_t)wire_get(reader, 8);
	token->drift = (int32_t)wire_get(reader, 4);
}

static void put_status(struct wire_writer *writer, const struct codes_status *status)
{
	wire_put(writer, status->n_tokens, 4);
	if (status->n_tokens > CODES_TOKENS_MAX)
		writer->broken = true;
	for (uint32_t i = 0; !writer->broken && i < status->n_tokens; i++)
		put_token_status(writer, &status->token[i]);
	wire_put(writer, status->recovery_left, 4);
	wire_put(writer, status->recovery_void, 4);
	wire_put(writer, status->fell_back, 4);
	wire_put(writer, status->ticket_only, 4);
	wire_put(writer, (uint64_t)status->recovery_issued, 8);
	wire_put(writer, (uint64_t)status->needed, 8);
	wire_put(writer, (uint64_t)status->ticket_issued, 8);
	wire_put(writer, (uint64_t)status->ticket_expires, 8);
}

static void get_status(struct wire_reader *reader, struct codes_status *status)
{
	status->n_tokens = wire_get_within(reader, 0, CODES_TOKENS_MAX);
	for (uint32_t i = 0; i < status->n_tokens; i++)
		get_token_status(reader, &status->token[i]);
	status->recovery_left = wire_get_within(reader, 0, OTP_RECOVERY_MAX);
	status->recovery_void = wire_get_within(reader, 0, 1);
	status->fell_back = wire_get_within(reader, 0, 1);
	status->ticket_only = wire_get_within(reader, 0, 1);
	status->recovery_issued = (int64_t)wire_get(reader, 8);
	status->needed = (int64_t)wire_get(reader, 8);
	status->ticket_issued = (int64_t)wire_get(reader, 8);
	status->ticket_expires = (int64_t)wire_get(reader, 8);
}

static void put_token(struct wire_writer *writer, const struct channel_reply *reply)
{
	const struct otp_token *token = &reply->token;

	if (token->secret_length > OTP_SECRET_MAX)
		writer->broken = true;
	wire_put(writer, token->algorithm, 4);
	wire_put(writer, token->digits, 4);
	wire_put(writer, token->period_sec, 4);
	if (!writer->broken)
		wire_put_bytes(writer, token->secret, token->secret_length);
	wire_put_text(writer, reply->issuer, sizeof(reply->issuer));
	wire_put_text(writer, reply->person, sizeof(reply->person));
}

static void get_token(struct wire_reader *reader, struct channel_reply *reply)
{
	struct otp_token *token = &reply->token;

	token->algorithm = wire_get_within(reader, OTP_SHA1, OTP_SHA512);
	token->digits = wire_get_within(reader, OTP_DIGITS_MIN, OTP_DIGITS_MAX);
	token->period_sec = wire_get_within(reader, OTP_PERIOD_MIN, OTP_PERIOD_MAX);
	wire_get_bytes(reader, token->secret, sizeof(token->secret), &token->secret_length);
	if (token->secret_length < OTP_SECRET_MIN)
		reader->broken = true;
	wire_get_line(reader, reply->issuer, sizeof(reply->issuer));
	wire_get_line(reader, reply->person, sizeof(reply->person));
}

static void put_recovery(struct wire_writer *writer, const struct channel_reply *reply)
{
	wire_put(writer, reply->recovery_left, 4);
	wire_put(writer, reply->n_recovery, 4);
	if (reply->n_recovery > OTP_RECOVERY_MAX)
		writer->broken = true;
	for (uint32_t i = 0; !writer->broken && i < reply->n_recovery; i++)
		wire_put_text(writer, reply->recovery[i], OTP_RECOVERY_SIZE);
}

static void get_recovery(struct wire_reader *reader, struct channel_reply *reply)
{
	reply->recovery_left = wire_get_within(reader, 0, OTP_RECOVERY_MAX);
	reply->n_recovery = wire_get_within(reader, 0, OTP_RECOVERY_MAX);
	for (uint32_t i = 0; i < reply->n_recovery; i++)
		wire_get_line(reader, reply->recovery[i], OTP_RECOVERY_SIZE);
}

static void put_payload(struct wire_writer *writer, const struct channel_reply *reply)
{
	switch (reply->kind) {
	case CHANNEL_VERIFY:
		wire_put(writer, reply->recovered, 4);
		wire_put(writer, reply->recovery_left, 4);
		return;
	case CHANNEL_STATUS:
		put_status(writer, &reply->status);
		return;
	case CHANNEL_BEGIN:
		put_token(writer, reply);
		return;
	case CHANNEL_CONFIRM:
	case CHANNEL_RECOVERY:
		put_recovery(writer, reply);
		return;
	case CHANNEL_RESYNC:
	case CHANNEL_REVIEW:
	case CHANNEL_SIGN:
		return;
	case CHANNEL_ASK_ROLE:
	case CHANNEL_WITHDRAW:
	case CHANNEL_REQUESTS:
	case CHANNEL_APPROVE:
	case CHANNEL_DENY:
		role_requests_put(writer, reply);
		return;
	case CHANNEL_DEVICES:
	case CHANNEL_LET_IN:
	case CHANNEL_DEVICE_APPROVE:
	case CHANNEL_DEVICE_DENY:
	case CHANNEL_DEVICE_REVOKE:
		devices_put(writer, reply);
		return;
	}
	writer->broken = true;
}

static void get_payload(struct wire_reader *reader, struct channel_reply *reply)
{
	switch (reply->kind) {
	case CHANNEL_VERIFY:
		reply->recovered = wire_get_within(reader, 0, 1);
		reply->recovery_left = wire_get_within(reader, 0, OTP_RECOVERY_MAX);
		return;
	case CHANNEL_STATUS:
		get_status(reader, &reply->status);
		return;
	case CHANNEL_BEGIN:
		get_token(reader, reply);
		return;
	case CHANNEL_CONFIRM:
	case CHANNEL_RECOVERY:
		get_recovery(reader, reply);
		return;
	case CHANNEL_RESYNC:
	case CHANNEL_REVIEW:
	case CHANNEL_SIGN:
		return;
	case CHANNEL_ASK_ROLE:
	case CHANNEL_WITHDRAW:
	case CHANNEL_REQUESTS:
	case CHANNEL_APPROVE:
	case CHANNEL_DENY:
		role_requests_get(reader, reply);
		return;
	case CHANNEL_DEVICES:
	case CHANNEL_LET_IN:
	case CHANNEL_DEVICE_APPROVE:
	case CHANNEL_DEVICE_DENY:
	case CHANNEL_DEVICE_REVOKE:
		devices_get(reader, reply);
		return;
	}
	reader->broken = true;
}

static bool is_kind(unsigned kind)
{
	return kind >= CHANNEL_VERIFY && kind <= CHANNEL_DEVICE_REVOKE;
}

static bool is_answer(unsigned answer)
{
	return answer >= CHANNEL_ACCEPTED && answer <= CHANNEL_NOT_ALLOWED;
}

ssize_t channel_reply_encode(const struct channel_reply *reply,
			     uint8_t bytes[static CHANNEL_MESSAGE_MAX])
{
	struct wire_writer writer = { bytes, 0, CHANNEL_MESSAGE_MAX, false };

	if (!is_kind(reply->kind) || !is_answer(reply->answer))
		return -EINVAL;
	wire_put(&writer, CHANNEL_VERSION, 1);
	wire_put(&writer, reply->kind, 1);
	wire_put(&writer, reply->answer, 1);
	if (reply->answer == CHANNEL_ACCEPTED)
		put_payload(&writer, reply);
	if (reply->answer == CHANNEL_NOT_ALLOWED)
		wire_put_text(&writer, reply->why, sizeof(reply->why));
	if (!writer.broken)
		return (ssize_t)writer.length;
	explicit_bzero(bytes, CHANNEL_MESSAGE_MAX);
	return -EINVAL;
}

int channel_reply_decode(const uint8_t *bytes, size_t length, struct channel_reply *ret)
{
	scoped(channel_reply_erase) struct channel_reply reply = { 0 };
	struct wire_reader reader = { bytes, length, 0, false };
	const uint64_t version = wire_get(&reader, 1);
	const unsigned kind = (unsigned)wire_get(&reader, 1);
	const unsigned answer = (unsigned)wire_get(&reader, 1);

	if (reader.broken || length > CHANNEL_MESSAGE_MAX)
		return -EBADMSG;
	if (version != CHANNEL_VERSION || !is_kind(kind) || !is_answer(answer))
		return -EPROTONOSUPPORT;
	reply.kind = (enum channel_kind)kind;
	reply.answer = (enum channel_answer)answer;
	if (reply.answer == CHANNEL_ACCEPTED)
		get_payload(&reader, &reply);
	if (reply.answer == CHANNEL_NOT_ALLOWED)
		wire_get_line(&reader, reply.why, sizeof(reply.why));
	if (!wire_ends(&reader))
		return -EBADMSG;
	*ret = reply;
	return 0;
}

void channel_reply_erase(struct channel_reply *reply)
{
	explicit_bzero(reply, sizeof(*reply));
}
