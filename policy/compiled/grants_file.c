/* SPDX-License-Identifier: MIT */
/* grants_file.c - what the file of the grants holds: writing and reading side by side. */
#include "grants_file.h"

void encode_grants_meta(struct encoder *encoder, const struct grants_facts *facts,
			const uint32_t buckets[static GRANTS_TABLES])
{
	encode_u32(encoder, GRANTS_FORMAT);
	encode_u64(encoder, facts->serial);
	encode_i64(encoder, facts->published);
	encode_i64(encoder, facts->boottime);
	encode_u32(encoder, facts->n_grants);
	encode_u32(encoder, facts->n_departures);
	for (size_t i = 0; i < GRANTS_TABLES; i++)
		encode_u32(encoder, buckets[i]);
}

static int64_t decode_moment(struct decoder *decoder)
{
	const int64_t moment = decode_i64(decoder);

	if (moment < 0 || moment > GRANTS_TIME_MAX)
		decoder->damaged = true;
	return moment;
}

int decode_grants_meta(struct decoder *decoder, struct grants_facts *facts,
		       uint32_t buckets[static GRANTS_TABLES])
{
	if (decode_u32(decoder) != GRANTS_FORMAT)
		decoder->damaged = true;
	facts->serial = decode_u64(decoder);
	facts->published = decode_moment(decoder);
	facts->boottime = decode_moment(decoder);
	facts->n_grants = decode_u32(decoder);
	facts->n_departures = decode_u32(decoder);
	for (size_t i = 0; i < GRANTS_TABLES; i++)
		buckets[i] = decode_u32(decoder);
	return decode_end(decoder);
}

void encode_granted(struct encoder *encoder, const struct grant *grant)
{
	encode_u32(encoder, grant->id);
	encode_i64(encoder, grant->valid.since);
	encode_i64(encoder, grant->valid.until);
	encode_text(encoder, grant->role);
}

void decode_granted(struct decoder *decoder, struct grant *ret)
{
	ret->id = decode_u32(decoder);
	ret->valid.since = decode_i64(decoder);
	ret->valid.until = decode_i64(decoder);
	decode_text(decoder, ret->role, sizeof(ret->role));
}

void encode_departure(struct encoder *encoder, const struct departure *departure)
{
	encode_u32(encoder, departure->id);
	encode_u32(encoder, departure->uid);
	encode_i64(encoder, departure->since);
	encode_text(encoder, departure->user);
}

void decode_departure(struct decoder *decoder, struct departure *ret)
{
	ret->id = decode_u32(decoder);
	ret->uid = decode_u32(decoder);
	ret->since = decode_i64(decoder);
	decode_text(decoder, ret->user, sizeof(ret->user));
}
