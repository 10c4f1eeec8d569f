/* SPDX-License-Identifier: MIT */
/* table.c - finding a key in the tables of a compiled policy, or proving that it is absent. */
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "checksum.h"
#include "table.h"

void blob_clear(struct blob *blob)
{
	free(blob->memory);
	*blob = (struct blob){ 0 };
}

struct decoder blob_decoder(const struct blob *blob)
{
	return (struct decoder){ .next = blob->data, .left = blob->length };
}

/* Murmur3's finaliser: every bit of the result depends on every bit of @hash, and no two numbers
 * have the same result. */
static uint64_t mix(uint64_t hash)
{
	hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccd;
	hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53;
	return hash ^ hash >> 33;
}

/* cdb's own hash maps small numbers in a row to the same few values: a lookup would search long. */
void record_key(enum table table, uint32_t bucket, uint8_t key[static STORE_KEY_BYTES])
{
	const uint64_t mixed = mix((uint64_t)table << 32 | bucket);

	for (unsigned i = 0; i < STORE_KEY_BYTES; i++)
		key[i] = (uint8_t)(mixed >> (8 * i));
}

/* FNV-1a, mixed: alone it leaves the top bits of short keys alike. */
uint64_t table_hash(const void *key, size_t length)
{
	const uint8_t *byte = key;
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ byte[i]) * 0x100000001b3;
	return mix(hash);
}

uint32_t table_bucket(uint64_t hash, uint32_t buckets)
{
	return (uint32_t)((hash >> 32) * buckets >> 32);
}

static int record_check(const struct tables *tables, enum table table, uint32_t bucket,
			struct blob *blob)
{
	struct decoder decoder = { .next = blob->memory, .left = blob->length };
	const uint32_t crc = decode_u32(&decoder);

	if (decoder.damaged || crc != crc32c(decoder.next, decoder.left))
		return -EBADMSG;
	if (decode_u32(&decoder) != blob->length)
		return -EBADMSG;
	if (decode_u8(&decoder) != (uint8_t)table || decode_u32(&decoder) != bucket)
		return -EBADMSG;
	blob->generation = decode_u64(&decoder);
	if (decoder.damaged || (table != TABLE_META && blob->generation != tables->generation))
		return -EBADMSG;
	blob->data = decoder.next;
	blob->length = decoder.left;
	return 0;
}

int record_load(const struct tables *tables, enum table table, uint32_t bucket, struct blob *ret)
{
	scoped(blob_clear) struct blob blob = { 0 };
	uint8_t key[STORE_KEY_BYTES];
	struct value value;
	int r;

	record_key(table, bucket, key);
	r = store_find(&tables->store, key, &value);
	if (r < 0)
		return r;
	blob.memory = value.bytes;
	blob.length = value.length;
	r = record_check(tables, table, bucket, &blob);
	if (r < 0)
		return r;
	*ret = take(blob, (struct blob){ 0 });
	return 0;
}

struct entry {
	const uint8_t *key, *value;
	size_t key_length, value_length;
};

static struct entry decode_entry(struct decoder *decoder)
{
	struct entry entry = { 0 };

	entry.key_length = decode_u16(decoder);
	entry.key = decode_bytes(decoder, entry.key_length);
	entry.value_length = decode_u32(decoder);
	entry.value = decode_bytes(decoder, entry.value_length);
	return entry;
}

int table_find(const struct tables *tables, enum table table, const void *key, size_t length,
	       struct blob *ret)
{
	scoped(blob_clear) struct blob blob = { 0 };
	struct entry entry, found = { 0 };
	struct decoder decoder;
	int r;

	r = record_load(tables, table,
			table_bucket(table_hash(key, length), tables->buckets[table]), &blob);
	if (r < 0)
		return r;
	decoder = blob_decoder(&blob);
	while (decode_more(&decoder)) {
		entry = decode_entry(&decoder);
		if (!decoder.damaged && entry.key_length == length &&
		    memcmp(entry.key, key, length) == 0)
			found = entry;
	}
	r = decode_end(&decoder);
	if (r < 0 || !found.key)
		return r;
	blob.data = found.value;
	blob.length = found.value_length;
	*ret = take(blob, (struct blob){ 0 });
	return 1;
}

static int bucket_verify(const struct tables *tables, enum table table, uint32_t bucket)
{
	scoped(blob_clear) struct blob blob = { 0 };
	struct decoder decoder;
	struct entry entry;
	uint64_t hash;
	int r;

	r = record_load(tables, table, bucket, &blob);
	if (r < 0)
		return r;
	decoder = blob_decoder(&blob);
	while (decode_more(&decoder)) {
		entry = decode_entry(&decoder);
		if (decoder.damaged)
			break;
		hash = table_hash(entry.key, entry.key_length);
		if (table_bucket(hash, tables->buckets[table]) != bucket)
			return -EBADMSG;
	}
	return decode_end(&decoder);
}

int table_verify(const struct tables *tables, enum table table)
{
	int r;

	for (uint32_t bucket = 0; bucket < tables->buckets[table]; bucket++) {
		r = bucket_verify(tables, table, bucket);
		if (r < 0)
			return r;
	}
	return 0;
}
