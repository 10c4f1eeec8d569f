/* SPDX-License-Identifier: MIT */
/* terms_record.c - the terms of a role in a compiled policy. */
#include "compiled.h"

void encode_role_names(struct encoder *encoder, const struct names *names)
{
	encode_u16(encoder, (uint16_t)names->n);
	for (size_t i = 0; i < names->n; i++)
		encode_text(encoder, names->item[i].text);
}

void decode_role_names(struct decoder *decoder, struct role_names *ret)
{
	ret->n = decode_u16(decoder);
	if (ret->n > ROLE_NAMES_MAX)
		decoder->damaged = true;
	for (size_t i = 0; i < ret->n && !decoder->damaged; i++)
		decode_text(decoder, ret->name[i], sizeof(ret->name[i]));
}

static bool decode_flag(struct decoder *decoder)
{
	const uint8_t value = decode_u8(decoder);

	if (value > 1)
		decoder->damaged = true;
	return value == 1;
}

void encode_terms(struct encoder *encoder, const struct role *role)
{
	const struct on_request_block *on_request = &role->on_request;

	encode_u32(encoder, role->name.at.line);
	encode_u8(encoder, role->unattended);
	encode_u8(encoder, role->privileged);
	encode_i64(encoder, role->valid.since);
	encode_i64(encoder, role->valid.until);
	encode_u8(encoder, on_request->at.line > 0);
	if (!on_request->at.line)
		return;
	encode_u64(encoder, on_request->at_most_sec);
	encode_u32(encoder, on_request->approvers);
	encode_role_names(encoder, &on_request->by);
	encode_role_names(encoder, &on_request->approved_by);
}

int decode_terms(struct decoder *decoder, struct role_terms *ret)
{
	*ret = (struct role_terms){ .line = decode_u32(decoder) };
	ret->unattended = decode_flag(decoder);
	ret->privileged = decode_flag(decoder);
	ret->valid.since = decode_i64(decoder);
	ret->valid.until = decode_i64(decoder);
	ret->on_request = decode_flag(decoder);
	if (!ret->on_request)
		return decode_end(decoder);
	ret->at_most_sec = decode_u64(decoder);
	ret->approvers = decode_u32(decoder);
	decode_role_names(decoder, &ret->by);
	decode_role_names(decoder, &ret->approved_by);
	/* One that nobody may approve, or that lasts for ever, was not written by us. */
	if (ret->approvers == 0 || ret->approvers > APPROVERS_MAX || ret->at_most_sec == 0 ||
	    ret->at_most_sec > UINT64_C(100) * 366 * 86400)
		decoder->damaged = true;
	return decode_end(decoder);
}
