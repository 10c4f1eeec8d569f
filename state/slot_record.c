/* SPDX-License-Identifier: MIT */
/* slot_record.c - the bytes of one slot: header, checksum or seal, payload. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "slot_checksum.h"
#include "slot_record.h"

/* clang-format off */
enum {
	AT_MAGIC      = 0,
	AT_FORMAT     = 4,
	AT_SIZE       = 8,
	AT_GENERATION = 12,
	AT_PROOF      = 20,
	HEADER_SIZE   = AT_PROOF,
	CHECKSUM_SIZE = 4,
};
/* clang-format on */

static const uint8_t magic_open[4] = { 's', 'l', 'o', '1' };
static const uint8_t magic_sealed[4] = { 's', 'l', 's', '1' };

/* What a proof covers beside the payload. Each text carries its length, so that no two
 * identities have the same bytes. */
struct cover {
	size_t length;
	uint8_t bytes[2 * (2 + SLOT_NAME_MAX) + 2 + SLOT_USER_MAX + 4 + HEADER_SIZE];
};

static void put_u32(uint8_t *bytes, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> (8 * i));
}

static uint32_t get_u32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

static void put_u64(uint8_t *bytes, uint64_t value)
{
	put_u32(bytes, (uint32_t)value);
	put_u32(bytes + 4, (uint32_t)(value >> 32));
}

static uint64_t get_u64(const uint8_t *bytes)
{
	return (uint64_t)get_u32(bytes) | (uint64_t)get_u32(bytes + 4) << 32;
}

static void cover_bytes(struct cover *cover, const void *bytes, size_t length)
{
	memcpy(cover->bytes + cover->length, bytes, length);
	cover->length += length;
}

static void cover_text(struct cover *cover, const char *text)
{
	const size_t length = strlen(text); /* bounded by slot_record_check() */
	const uint8_t prefix[2] = { (uint8_t)length, (uint8_t)(length >> 8) };

	cover_bytes(cover, prefix, sizeof(prefix));
	cover_bytes(cover, text, length);
}

static void cover_record(const struct slot_identity *identity, const uint8_t *record,
			 struct cover *cover)
{
	uint8_t uid[4];

	put_u32(uid, identity->owner.uid);
	cover->length = 0;
	cover_text(cover, identity->kind->directory);
	cover_text(cover, identity->owner.name);
	cover_text(cover, identity->owner.user);
	cover_bytes(cover, uid, sizeof(uid));
	cover_bytes(cover, record, HEADER_SIZE);
}

static bool name_is_plain(const char *name)
{
	const size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789-_");

	return length > 0 && length <= SLOT_NAME_MAX && name[length] == '\0';
}

int slot_record_check(const struct slot_kind *kind, const struct slot_owner *owner)
{
	if (kind->payload_size == 0 || kind->payload_size > SLOT_PAYLOAD_MAX)
		return -EINVAL;
	if (!name_is_plain(kind->directory) || !name_is_plain(owner->name))
		return -EINVAL;
	if (strnlen(owner->user, SLOT_USER_MAX + 1) > SLOT_USER_MAX)
		return -EINVAL;
	return 0;
}

static size_t proof_size(const struct slot_kind *kind)
{
	return kind->seal ? SEAL_PROOF_SIZE : CHECKSUM_SIZE;
}

size_t slot_record_size(const struct slot_kind *kind)
{
	return HEADER_SIZE + proof_size(kind) + kind->payload_size;
}

static uint32_t checksum_of(const struct cover *cover, const uint8_t *payload, size_t length)
{
	return slot_checksum(slot_checksum(0, cover->bytes, cover->length), payload, length);
}

static struct seal_scope scope_of(const struct slot_identity *identity, const struct cover *cover)
{
	return (struct seal_scope){
		.key = identity->key,
		.cover = cover->bytes,
		.cover_length = cover->length,
		.length = identity->kind->payload_size,
	};
}

static void write_header(const struct slot_kind *kind, uint64_t generation, uint8_t *record)
{
	memcpy(record + AT_MAGIC, kind->seal ? magic_sealed : magic_open, sizeof(magic_open));
	put_u32(record + AT_FORMAT, kind->format);
	put_u32(record + AT_SIZE, kind->payload_size);
	put_u64(record + AT_GENERATION, generation);
}

int slot_record_encode(const struct slot_identity *identity, uint64_t generation,
		       const uint8_t *payload, uint8_t *record)
{
	const struct slot_kind *kind = identity->kind;
	uint8_t *proof = record + AT_PROOF;
	uint8_t *body = proof + proof_size(kind);
	struct seal_scope scope;
	struct cover cover;

	write_header(kind, generation, record);
	cover_record(identity, record, &cover);
	if (kind->seal) {
		scope = scope_of(identity, &cover);
		return kind->seal->seal(&scope, payload, body, proof);
	}
	memcpy(body, payload, kind->payload_size);
	put_u32(proof, checksum_of(&cover, payload, kind->payload_size));
	return 0;
}

/* Whether the header is the one we would have written for its own generation in slot @index. */
static bool header_fits(const struct slot_kind *kind, unsigned index, const uint8_t *record)
{
	const uint64_t generation = get_u64(record + AT_GENERATION);
	uint8_t expected[HEADER_SIZE];

	write_header(kind, generation, expected);
	return generation > 0 && generation <= SLOT_GENERATION_MAX &&
	       slot_record_index(generation) == index && memcmp(expected, record, HEADER_SIZE) == 0;
}

int slot_record_decode(const struct slot_identity *identity, unsigned index, const uint8_t *record,
		       uint8_t *payload, uint64_t *ret_generation)
{
	const struct slot_kind *kind = identity->kind;
	const uint8_t *proof = record + AT_PROOF;
	const uint8_t *body = proof + proof_size(kind);
	struct seal_scope scope;
	struct cover cover;
	int r;

	if (!header_fits(kind, index, record))
		return -EBADMSG;
	cover_record(identity, record, &cover);
	if (kind->seal) {
		scope = scope_of(identity, &cover);
		r = kind->seal->unseal(&scope, body, payload, proof);
		if (r < 0)
			return r;
	} else {
		if (get_u32(proof) != checksum_of(&cover, body, kind->payload_size))
			return -EBADMSG;
		memcpy(payload, body, kind->payload_size);
	}
	*ret_generation = get_u64(record + AT_GENERATION);
	return 0;
}
