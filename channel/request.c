/* SPDX-License-Identifier: MIT */
/* request.c - what serenod is asked, to and from the wire. */
#include <errno.h>
#include <string.h>

#include <sereno/channel.h>
#include <sereno/scoped.h>

#include "wire.h"

/* What a request of a kind is made of; the rest of it is empty. */
enum part {
	PART_SERVICE = 1 << 0,
	PART_LABEL = 1 << 1,
	PART_PROOF = 1 << 2,
	PART_CODE = 1 << 3,
	PART_NEXT_CODE = 1 << 4,
	PART_ROLE = 1 << 5,
	PART_ID = 1 << 6,
	PART_REASON = 1 << 7,
	PART_PAGE = 1 << 8,
	PART_FORM = 1 << 9,
	PART_ABOUT = 1 << 10,
	PART_DEVICE = 1 << 11,
	PART_WISH = 1 << 12,
};

/* clang-format off */
static const unsigned parts[] = {
	[CHANNEL_VERIFY]   = PART_SERVICE | PART_CODE,
	[CHANNEL_STATUS]   = 0,
	[CHANNEL_BEGIN]    = PART_LABEL | PART_PROOF,
	[CHANNEL_CONFIRM]  = PART_CODE,
	[CHANNEL_RECOVERY] = PART_PROOF,
	[CHANNEL_RESYNC]   = PART_LABEL | PART_PROOF | PART_CODE | PART_NEXT_CODE,
	[CHANNEL_ASK_ROLE] = PART_ROLE | PART_REASON,
	[CHANNEL_WITHDRAW] = PART_ID | PART_REASON,
	[CHANNEL_REQUESTS] = PART_ID | PART_PAGE,
	[CHANNEL_APPROVE]  = PART_ID | PART_REASON,
	[CHANNEL_DENY]     = PART_ID | PART_REASON,
	[CHANNEL_REVIEW]   = PART_ROLE | PART_FORM,
	[CHANNEL_SIGN]     = PART_ROLE | PART_REASON,
	[CHANNEL_DEVICES]  = PART_ID | PART_PAGE | PART_ABOUT,
	[CHANNEL_LET_IN]   = PART_REASON | PART_DEVICE | PART_WISH,
	[CHANNEL_DEVICE_APPROVE] = PART_ID | PART_REASON,
	[CHANNEL_DEVICE_DENY]    = PART_ID | PART_REASON | PART_DEVICE,
	[CHANNEL_DEVICE_REVOKE]  = PART_ID | PART_REASON,
};
/* clang-format on */

static bool is_printable_ascii(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

static void put_role_parts(struct wire_writer *writer, unsigned which,
			   const struct channel_request *request)
{
	if (which & PART_ROLE) {
		wire_put_text(writer, request->role, sizeof(request->role));
		wire_put(writer, request->for_sec, 8);
	}
	if (which & PART_ID)
		wire_put(writer, request->id, 4);
	if (which & PART_REASON)
		wire_put_text(writer, request->reason, sizeof(request->reason));
	if (which & PART_PAGE) {
		wire_put(writer, request->after, 4);
		wire_put(writer, request->ended, 4);
	}
	if (which & PART_FORM) {
		wire_put(writer, request->as_json, 4);
		wire_put(writer, request->columns, 4);
	}
}

static void get_role_parts(struct wire_reader *reader, unsigned which,
			   struct channel_request *request)
{
	if (which & PART_ROLE) {
		wire_get_line(reader, request->role, sizeof(request->role));
		request->for_sec = wire_get(reader, 8);
	}
	if (which & PART_ID)
		request->id = (uint32_t)wire_get(reader, 4);
	if (which & PART_REASON)
		wire_get_line(reader, request->reason, sizeof(request->reason));
	if (which & PART_PAGE) {
		request->after = (uint32_t)wire_get(reader, 4);
		request->ended = wire_get_within(reader, 0, 1);
	}
	if (which & PART_FORM) {
		request->as_json = wire_get_within(reader, 0, 1);
		request->columns = wire_get_within(reader, 0, CHANNEL_COLUMNS_MAX);
	}
}

static void put_device_parts(struct wire_writer *writer, unsigned which,
			     const struct channel_request *request)
{
	if (which & PART_ABOUT)
		wire_put(writer, request->about, 4);
	if (which & PART_DEVICE)
		wire_put_text(writer, request->device, sizeof(request->device));
	if (which & PART_WISH) {
		wire_put_text(writer, request->user, sizeof(request->user));
		wire_put(writer, request->access, 4);
		wire_put(writer, request->for_sec, 8);
	}
}

static void get_device_parts(struct wire_reader *reader, unsigned which,
			     struct channel_request *request)
{
	if (which & PART_ABOUT)
		request->about = (enum channel_about)wire_get_within(reader, CHANNEL_ABOUT_REFUSED,
								     CHANNEL_ABOUT_GRANTS);
	if (which & PART_DEVICE)
		wire_get_line(reader, request->device, sizeof(request->device));
	if (which & PART_WISH) {
		wire_get_line(reader, request->user, sizeof(request->user));
		request->access = (enum media_access)wire_get_within(reader, MEDIA_ENCRYPTED,
								     MEDIA_READ_WRITE);
		request->for_sec = wire_get(reader, 8);
	}
}

/* One of each part, so that both ends agree in what order they come. */
static void put_parts(struct wire_writer *writer, unsigned which,
		      const struct channel_request *request)
{
	if (which & PART_SERVICE)
		wire_put_text(writer, request->service, sizeof(request->service));
	if (which & PART_LABEL)
		wire_put_text(writer, request->label, sizeof(request->label));
	if (which & PART_PROOF) {
		wire_put(writer, request->proof_kind, 1);
		wire_put_text(writer, request->proof, sizeof(request->proof));
	}
	if (which & PART_CODE)
		wire_put_text(writer, request->code[0], sizeof(request->code[0]));
	if (which & PART_NEXT_CODE)
		wire_put_text(writer, request->code[1], sizeof(request->code[1]));
	put_role_parts(writer, which, request);
	put_device_parts(writer, which, request);
}

static void get_parts(struct wire_reader *reader, unsigned which, struct channel_request *request)
{
	if (which & PART_SERVICE)
		wire_get_line(reader, request->service, sizeof(request->service));
	if (which & PART_LABEL)
		wire_get_line(reader, request->label, sizeof(request->label));
	if (which & PART_PROOF) {
		request->proof_kind = (enum channel_proof_kind)wire_get(reader, 1);
		wire_get_text(reader, request->proof, sizeof(request->proof));
	}
	if (which & PART_CODE)
		wire_get_text(reader, request->code[0], sizeof(request->code[0]));
	if (which & PART_NEXT_CODE)
		wire_get_text(reader, request->code[1], sizeof(request->code[1]));
	get_role_parts(reader, which, request);
	get_device_parts(reader, which, request);
}

static bool is_proof(unsigned kind)
{
	return kind >= CHANNEL_PROOF_PASSWORD && kind <= CHANNEL_PROOF_CODE;
}

ssize_t channel_request_encode(const struct channel_request *request,
			       uint8_t bytes[static CHANNEL_MESSAGE_MAX])
{
	struct wire_writer writer = { bytes, 0, CHANNEL_MESSAGE_MAX, false };
	const unsigned kind = request->kind;

	if (kind < CHANNEL_VERIFY || kind >= ARRAY_SIZE(parts) ||
	    ((parts[kind] & PART_PROOF) && !is_proof(request->proof_kind)))
		return -EINVAL;
	wire_put(&writer, CHANNEL_VERSION, 1);
	wire_put(&writer, kind, 1);
	put_parts(&writer, parts[kind], request);
	if (!writer.broken)
		return (ssize_t)writer.length;
	explicit_bzero(bytes, CHANNEL_MESSAGE_MAX);
	return -EINVAL;
}

int channel_request_decode(const uint8_t *bytes, size_t length, struct channel_request *ret)
{
	scoped(channel_request_erase) struct channel_request request = { 0 };
	struct wire_reader reader = { bytes, length, 0, false };
	const uint64_t version = wire_get(&reader, 1);
	const unsigned kind = (unsigned)wire_get(&reader, 1);

	if (reader.broken || length > CHANNEL_MESSAGE_MAX)
		return -EBADMSG;
	if (version != CHANNEL_VERSION || kind < CHANNEL_VERIFY || kind >= ARRAY_SIZE(parts))
		return -EPROTONOSUPPORT;
	request.kind = (enum channel_kind)kind;
	get_parts(&reader, parts[kind], &request);
	if (!wire_ends(&reader) || !is_printable_ascii(request.service) ||
	    ((parts[kind] & PART_PROOF) && !is_proof(request.proof_kind)))
		return -EBADMSG;
	*ret = request;
	return 0;
}

void channel_request_erase(struct channel_request *request)
{
	explicit_bzero(request, sizeof(*request));
}
