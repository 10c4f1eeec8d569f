/* SPDX-License-Identifier: MIT */
/* device_grants_file.c - what the file of the granted devices holds: writing and reading. */
#include "device_grants_file.h"
#include "grants_file.h"

void encode_devices_meta(struct encoder *encoder, const struct device_grants_image *image,
			 const struct id_set *watched, uint32_t buckets)
{
	encode_u32(encoder, DEVICES_FORMAT);
	encode_u64(encoder, image->serial);
	encode_i64(encoder, image->published);
	encode_i64(encoder, image->boottime);
	encode_u32(encoder, image->n);
	encode_u32(encoder, buckets);
	encode_id_set(encoder, watched);
}

static int64_t decode_moment(struct decoder *decoder)
{
	const int64_t moment = decode_i64(decoder);

	if (moment < 0 || moment > GRANTS_TIME_MAX)
		decoder->damaged = true;
	return moment;
}

int decode_devices_meta(struct decoder *decoder, struct device_grants *ret)
{
	struct device_grants_image *facts = &ret->facts;
	int r;

	if (decode_u32(decoder) != DEVICES_FORMAT)
		decoder->damaged = true;
	facts->serial = decode_u64(decoder);
	facts->published = decode_moment(decoder);
	facts->boottime = decode_moment(decoder);
	facts->n = decode_u32(decoder);
	ret->tables.buckets[TABLE_DEVICE_GRANTS] = decode_u32(decoder);
	r = decode_id_set(decoder, &ret->watched);
	id_set_settle(&ret->watched);
	return r < 0 ? r : decode_end(decoder);
}

uint32_t identity_beginning(const uint8_t identity[static DEVICE_IDENTITY_SIZE])
{
	return (uint32_t)identity[0] | (uint32_t)identity[1] << 8 | (uint32_t)identity[2] << 16 |
	       (uint32_t)identity[3] << 24;
}

void encode_device_grant(struct encoder *encoder, const struct device_grant *grant)
{
	encode_u32(encoder, grant->id);
	encode_u32(encoder, grant->uid);
	encode_u8(encoder, (uint8_t)grant->access);
	encode_i64(encoder, grant->valid.since);
	encode_i64(encoder, grant->valid.until);
	encode_text(encoder, grant->user);
}

void decode_device_grant(struct decoder *decoder, struct device_grant *ret)
{
	uint8_t access;

	ret->id = decode_u32(decoder);
	ret->uid = decode_u32(decoder);
	access = decode_u8(decoder);
	ret->access = access <= MEDIA_READ_WRITE ? (enum media_access)access : MEDIA_DENY;
	ret->valid.since = decode_i64(decoder);
	ret->valid.until = decode_i64(decoder);
	decode_text(decoder, ret->user, sizeof(ret->user));
	if (access > MEDIA_READ_WRITE)
		decoder->damaged = true;
}
