/* SPDX-License-Identifier: MIT */
/* media_record.c - the block media: as bytes of compiled records. */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "media_record.h"

#define MOUNT_OPTIONS_ALL (MEDIA_NOEXEC | MEDIA_NOSUID | MEDIA_NODEV)

enum device_flag {
	DEVICE_WHOLE = 1 << 0,
	DEVICE_SYSTEM = 1 << 1,
	DEVICE_DATED = 1 << 2,
	DEVICE_FLAGS = 7,
};

static enum media_access decode_access(struct decoder *decoder)
{
	const uint8_t access = decode_u8(decoder);

	if (access > MEDIA_READ_WRITE)
		decoder->damaged = true;
	return access > MEDIA_READ_WRITE ? MEDIA_DENY : (enum media_access)access;
}

void encode_media_facts(struct encoder *encoder, const struct media_facts *facts)
{
	for (size_t i = 0; i < MEDIA_WORDS; i++) {
		encode_u8(encoder, (uint8_t)facts->word[i]);
		encode_u32(encoder, facts->line[i]);
	}
	encode_u8(encoder, (uint8_t)facts->mount_options);
	encode_u8(encoder, (uint8_t)facts->on_lock);
}

void decode_media_facts(struct decoder *decoder, struct media_facts *ret)
{
	uint8_t on_lock;

	for (size_t i = 0; i < MEDIA_WORDS; i++) {
		ret->word[i] = decode_access(decoder);
		ret->line[i] = decode_u32(decoder);
	}
	ret->mount_options = decode_u8(decoder);
	on_lock = decode_u8(decoder);
	ret->on_lock = on_lock == MEDIA_LOCK_KEEP ? MEDIA_LOCK_KEEP : MEDIA_LOCK_DENY_NEW;
	if ((ret->mount_options & ~MOUNT_OPTIONS_ALL) != 0 || on_lock > MEDIA_LOCK_KEEP)
		decoder->damaged = true;
}

static bool is_system(const struct name *role)
{
	return strcmp(role->text, "system") == 0;
}

static void encode_roles(struct encoder *encoder, const struct names *roles)
{
	size_t n = 0;

	for (size_t i = 0; i < roles->n; i++)
		n += !is_system(&roles->item[i]);
	if (n > UINT16_MAX)
		encoder->error = encoder->error < 0 ? encoder->error : -E2BIG;
	encode_u16(encoder, (uint16_t)n);
	for (size_t i = 0; i < roles->n; i++)
		if (!is_system(&roles->item[i]))
			encode_text(encoder, roles->item[i].text);
}

void encode_device(struct encoder *encoder, const struct device_fact *fact,
		   const struct names *roles)
{
	const bool dated = fact->valid.since != TIME_NO_START || fact->valid.until != TIME_NO_END;
	unsigned flags = dated ? DEVICE_DATED : 0;

	flags |= fact->whole ? DEVICE_WHOLE : 0;
	flags |= fact->system ? DEVICE_SYSTEM : 0;
	encode_text(encoder, fact->name);
	encode_u32(encoder, fact->line);
	encode_u8(encoder, (uint8_t)fact->access);
	encode_u8(encoder, (uint8_t)flags);
	encode_u16(encoder, (uint16_t)fact->kinds);
	if (dated) {
		encode_i64(encoder, fact->valid.since);
		encode_i64(encoder, fact->valid.until);
	}
	encode_roles(encoder, roles);
}

/* One name at @at, which the decoder has seen whole; returns its length. */
static size_t name_length(const uint8_t *at)
{
	uint16_t length;

	memcpy(&length, at, sizeof(length));
	return le16toh(length);
}

static void decode_roles(struct decoder *decoder, struct device_fact *ret)
{
	ret->n_roles = decode_u16(decoder);
	ret->roles = decoder->next;
	for (size_t i = 0; i < ret->n_roles && !decoder->damaged; i++) {
		const size_t length = decode_u16(decoder);

		if (length == 0 || length > MODEL_NAME_MAX)
			decoder->damaged = true;
		(void)decode_bytes(decoder, length);
	}
}

void decode_device(struct decoder *decoder, struct device_fact *ret)
{
	unsigned flags;

	decode_text(decoder, ret->name, sizeof(ret->name));
	ret->line = decode_u32(decoder);
	ret->access = decode_access(decoder);
	flags = decode_u8(decoder);
	ret->whole = (flags & DEVICE_WHOLE) != 0;
	ret->system = (flags & DEVICE_SYSTEM) != 0;
	ret->kinds = decode_u16(decoder);
	ret->valid = (struct validity){ TIME_NO_START, TIME_NO_END };
	if (flags & DEVICE_DATED) {
		ret->valid.since = decode_i64(decoder);
		ret->valid.until = decode_i64(decoder);
	}
	decode_roles(decoder, ret);
	/* A rule that says nothing, or something that we do not know, was not written by us. */
	if ((flags & ~(unsigned)DEVICE_FLAGS) != 0 || ret->kinds == 0 ||
	    (ret->kinds & ~ALL_KINDS) != 0)
		decoder->damaged = true;
}

bool device_fact_has_role(const struct device_fact *fact, const char *name)
{
	const size_t length = strlen(name);
	const uint8_t *at = fact->roles;

	for (size_t i = 0; i < fact->n_roles; i++) {
		const size_t own = name_length(at);

		if (own == length && memcmp(at + sizeof(uint16_t), name, length) == 0)
			return true;
		at += sizeof(uint16_t) + own;
	}
	return false;
}
