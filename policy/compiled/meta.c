/* SPDX-License-Identifier: MIT */
/* meta.c - the first record of a compiled policy: what it is, and what absence depends on. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>

#include "grants_file.h"
#include "limits_record.h"
#include "meta.h"

/* A bit for each, from the lowest of the first byte on; those behind the last are 0. */
static void encode_lengths(struct encoder *encoder, const bool *used, size_t n)
{
	uint8_t byte = 0;

	for (size_t i = 0; i < n; i++) {
		byte = (uint8_t)(byte | used[i] << i % 8);
		if (i % 8 == 7 || i + 1 == n) {
			encode_u8(encoder, byte);
			byte = 0;
		}
	}
}

/* Most are not used: @used is all false before. */
static void decode_lengths(struct decoder *decoder, bool *used, size_t n)
{
	const uint8_t *bytes = decode_bytes(decoder, (n + 7) / 8);

	for (size_t i = 0; bytes && i < (n + 7) / 8; i++)
		for (unsigned bits = bytes[i], at = 0; bits != 0; bits >>= 1, at++) {
			if ((bits & 1) == 0)
				continue;
			if (i * 8 + at < n)
				used[i * 8 + at] = true;
			else
				decoder->damaged = true;
		}
}

static void encode_facts(struct encoder *encoder, const struct policy_facts *facts)
{
	encode_u64(encoder, facts->generation);
	encode_i64(encoder, facts->compiled);
	encode_text(encoder, facts->hash);
	encode_text(encoder, facts->host);
	encode_u32(encoder, facts->min_uid);
	encode_u8(encoder, (uint8_t)facts->observe);
	encode_u8(encoder, facts->asks_groups);
	encode_u8(encoder, facts->gives_groups);
	encode_u64(encoder, facts->inactive_after_sec);
	encode_i64(encoder, facts->zone_end);
	encode_u32(encoder, facts->n_roles);
	encode_u32(encoder, facts->n_rules);
	encode_u32(encoder, facts->n_members);
}

static void decode_facts(struct decoder *decoder, struct policy_facts *ret)
{
	uint8_t asks_groups, gives_groups;

	ret->generation = decode_u64(decoder);
	ret->compiled = decode_i64(decoder);
	decode_text(decoder, ret->hash, sizeof(ret->hash));
	decode_text(decoder, ret->host, sizeof(ret->host));
	ret->min_uid = decode_u32(decoder);
	ret->observe = decode_u8(decoder);
	asks_groups = decode_u8(decoder);
	ret->asks_groups = asks_groups == 1;
	gives_groups = decode_u8(decoder);
	ret->gives_groups = gives_groups == 1;
	ret->inactive_after_sec = decode_u64(decoder);
	ret->zone_end = decode_i64(decoder);
	ret->n_roles = decode_u32(decoder);
	ret->n_rules = decode_u32(decoder);
	ret->n_members = decode_u32(decoder);
	if (asks_groups > 1 || gives_groups > 1 || (ret->observe & ~(unsigned)OBSERVE_ALL) != 0)
		decoder->damaged = true;
}

void encode_meta(struct encoder *encoder, const struct meta *meta)
{
	encode_u32(encoder, META_FORMAT);
	encode_facts(encoder, &meta->facts);
	for (size_t i = 0; i < TABLE_COUNT; i++)
		encode_u32(encoder, meta->buckets[i]);
	encode_u32(encoder, meta->anywhere);
	encode_lengths(encoder, meta->used_ipv4, PREFIX_LENGTHS_IPV4);
	encode_lengths(encoder, meta->used_ipv6, PREFIX_LENGTHS_IPV6);
	encode_u8(encoder, meta->has_watched);
	encode_id_set(encoder, &meta->watched);
	encode_id_set(encoder, &meta->direct_login);
	encode_id_set(encoder, &meta->break_glass_from);
	encode_u32(encoder, (uint32_t)meta->break_glass_bytes);
	encode_bytes(encoder, meta->break_glass, meta->break_glass_bytes);
	encode_u64(encoder, meta->by_request_sec);
	encode_u8(encoder, meta->has_password);
	encode_u8(encoder, meta->has_attempts);
	if (meta->has_attempts)
		encode_attempt_limits(encoder, &meta->attempts);
	encode_second_factor(encoder, &meta->second_factor);
	encode_u8(encoder, (uint8_t)meta->access_end);
	encode_u8(encoder, meta->has_media);
	if (meta->has_media)
		encode_media_facts(encoder, &meta->media);
}

static void decode_access_end(struct decoder *decoder, enum access_end *ret)
{
	const uint8_t value = decode_u8(decoder);

	if (value > ACCESS_END_TELLS)
		decoder->damaged = true;
	*ret = value <= ACCESS_END_TELLS ? (enum access_end)value : ACCESS_END_TELLS;
}

static void decode_media(struct decoder *decoder, struct meta *meta)
{
	const uint8_t has_media = decode_u8(decoder);

	if (has_media > 1)
		decoder->damaged = true;
	meta->has_media = has_media == 1;
	if (meta->has_media)
		decode_media_facts(decoder, &meta->media);
}

static void decode_blocks(struct decoder *decoder, struct meta *meta)
{
	const uint64_t by_request_sec = decode_u64(decoder);
	const uint8_t has_password = decode_u8(decoder);
	const uint8_t has_attempts = decode_u8(decoder);

	if (has_password > 1 || has_attempts > 1 || by_request_sec > GRANTS_TIME_MAX)
		decoder->damaged = true;
	meta->by_request_sec = by_request_sec;
	meta->has_password = has_password == 1;
	meta->has_attempts = has_attempts == 1;
	if (meta->has_attempts)
		decode_attempt_limits(decoder, &meta->attempts);
	decode_second_factor(decoder, &meta->second_factor);
	decode_access_end(decoder, &meta->access_end);
	decode_media(decoder, meta);
}

static int decode_break_glass(struct decoder *decoder, struct meta *meta)
{
	const size_t length = decode_u32(decoder);
	const uint8_t *names = decode_bytes(decoder, length);

	if (!names || (length > 0 && names[length - 1] != '\0'))
		return -EBADMSG;
	meta->break_glass = malloc(length + 1);
	if (!meta->break_glass)
		return -ENOMEM;
	memcpy(meta->break_glass, names, length);
	meta->break_glass_bytes = length;
	return 0;
}

static int decode_watched(struct decoder *decoder, struct meta *meta)
{
	const uint8_t has_watched = decode_u8(decoder);

	meta->has_watched = has_watched == 1;
	return has_watched > 1 ? -EBADMSG : decode_id_set(decoder, &meta->watched);
}

int decode_meta(struct decoder *decoder, struct meta *ret)
{
	scoped(meta_clear) struct meta meta = { 0 };
	int r;

	if (decode_u32(decoder) != META_FORMAT)
		return -EBADMSG;
	decode_facts(decoder, &meta.facts);
	decode_u32s(decoder, meta.buckets, TABLE_COUNT);
	meta.anywhere = decode_u32(decoder);
	decode_lengths(decoder, meta.used_ipv4, PREFIX_LENGTHS_IPV4);
	decode_lengths(decoder, meta.used_ipv6, PREFIX_LENGTHS_IPV6);
	r = decode_watched(decoder, &meta);
	if (r == 0)
		r = decode_id_set(decoder, &meta.direct_login);
	if (r == 0)
		r = decode_id_set(decoder, &meta.break_glass_from);
	if (r == 0)
		r = decode_break_glass(decoder, &meta);
	if (r < 0)
		return r;
	decode_blocks(decoder, &meta);
	r = decode_end(decoder);
	if (r < 0)
		return r;
	id_set_settle(&meta.watched);
	id_set_settle(&meta.direct_login);
	id_set_settle(&meta.break_glass_from);
	*ret = take(meta, (struct meta){ 0 });
	return 0;
}

void meta_clear(struct meta *meta)
{
	id_set_clear(&meta->watched);
	id_set_clear(&meta->direct_login);
	id_set_clear(&meta->break_glass_from);
	free(meta->break_glass);
	*meta = (struct meta){ 0 };
}

bool meta_is_break_glass(const struct meta *meta, const char *user)
{
	const char *name = meta->break_glass;
	const char *const end = name ? name + meta->break_glass_bytes : NULL;

	for (; name < end; name += strlen(name) + 1) {
		if (strcmp(name, user) == 0)
			return true;
	}
	return false;
}

bool meta_watches(const struct meta *meta, gid_t gid)
{
	if (!meta->facts.asks_groups)
		return false;
	return !meta->has_watched || id_set_find(&meta->watched, gid) >= 0;
}
