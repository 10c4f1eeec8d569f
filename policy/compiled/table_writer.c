/* SPDX-License-Identifier: MIT */
/* table_writer.c - writing the tables of a compiled policy: gather, sort, cut into buckets. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>

#include "checksum.h"
#include "table_writer.h"

#define KEYS_PER_BUCKET                                                          \
	4 /* a lookup checks a whole bucket: few keys, but not a record for each \
	   */

static struct pair *multimap_room(struct multimap *map)
{
	const size_t allocated = map->allocated ? map->allocated * 2 : 64;
	struct pair *pairs;

	if (map->n < map->allocated)
		return &map->pairs[map->n];
	pairs = reallocarray(map->pairs, allocated, sizeof(*pairs));
	if (!pairs)
		return NULL;
	map->pairs = pairs;
	map->allocated = allocated;
	return &map->pairs[map->n];
}

void multimap_add(struct multimap *map, const void *key, size_t length, struct encoder *item)
{
	struct pair *pair;

	if (map->error == 0)
		map->error = item->error;
	if (map->error == 0 && length > TABLE_KEY_MAX)
		map->error = -E2BIG;
	if (map->error < 0)
		return;
	pair = multimap_room(map);
	if (!pair) {
		map->error = -ENOMEM;
		return;
	}
	*pair = (struct pair){
		.hash = table_hash(key, length),
		.key = (uint32_t)map->bytes.length,
		.key_length = (uint16_t)length,
		.item = (uint32_t)(map->bytes.length + length),
		.item_length = (uint32_t)item->length,
	};
	encode_bytes(&map->bytes, key, length);
	encode_bytes(&map->bytes, item->data, item->length);
	map->error = map->bytes.error;
	item->length = 0;
	map->n++;
}

void multimap_clear(struct multimap *map)
{
	encoder_clear(&map->bytes);
	free(map->pairs);
	*map = (struct multimap){ 0 };
}

static int compare_keys(const struct multimap *map, const struct pair *a, const struct pair *b)
{
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (a->key_length != b->key_length)
		return a->key_length < b->key_length ? -1 : 1;
	return memcmp(map->bytes.data + a->key, map->bytes.data + b->key, a->key_length);
}

static int compare_pairs(const void *first, const void *second, void *context)
{
	const struct pair *a = first, *b = second;
	const int order = compare_keys(context, a, b);

	return order != 0 ? order : (a->item > b->item) - (a->item < b->item);
}

static size_t count_keys(const struct multimap *map)
{
	size_t n = map->n > 0;

	for (size_t i = 1; i < map->n; i++)
		n += compare_keys(map, &map->pairs[i - 1], &map->pairs[i]) != 0;
	return n;
}

/* Encode the key at @first with all its items; returns the index behind them. */
static size_t encode_entry(struct encoder *encoder, const struct multimap *map, size_t first)
{
	const struct pair *key = &map->pairs[first];
	size_t next = first, length_at;

	encode_u16(encoder, key->key_length);
	encode_bytes(encoder, map->bytes.data + key->key, key->key_length);
	length_at = encoder->length;
	encode_u32(encoder, 0);
	for (; next < map->n && compare_keys(map, key, &map->pairs[next]) == 0; next++)
		encode_bytes(encoder, map->bytes.data + map->pairs[next].item,
			     map->pairs[next].item_length);
	if (encoder->error == 0)
		encode_over_u32(encoder, length_at,
				(uint32_t)(encoder->length - length_at - sizeof(uint32_t)));
	return next;
}

static void record_begin(struct encoder *encoder, enum table table, uint32_t bucket,
			 uint64_t generation)
{
	encoder->length = 0;
	encode_u32(encoder, 0); /* checksum */
	encode_u32(encoder, 0); /* length */
	encode_u8(encoder, (uint8_t)table);
	encode_u32(encoder, bucket);
	encode_u64(encoder, generation);
}

/* Fill in what record_begin() left open, and write. */
static int record_finish(const struct table_writer *writer, enum table table, uint32_t bucket,
			 struct encoder *encoder)
{
	uint8_t key[STORE_KEY_BYTES];

	if (encoder->error < 0)
		return encoder->error;
	if (encoder->length > STORE_VALUE_MAX)
		return -E2BIG;
	encode_over_u32(encoder, 4, (uint32_t)encoder->length);
	encode_over_u32(encoder, 0, crc32c(encoder->data + 4, encoder->length - 4));
	record_key(table, bucket, key);
	errno = 0;
	if (cdb_make_add(writer->cdb, key, sizeof(key), encoder->data, (unsigned)encoder->length) <
	    0)
		return neg_errno();
	return 0;
}

int record_write(const struct table_writer *writer, enum table table, uint32_t bucket,
		 const struct encoder *payload)
{
	scoped(encoder_clear) struct encoder encoder = { 0 };

	if (payload->error < 0)
		return payload->error;
	record_begin(&encoder, table, bucket, writer->generation);
	encode_bytes(&encoder, payload->data, payload->length);
	return record_finish(writer, table, bucket, &encoder);
}

int table_prepare(struct multimap *map, uint32_t *ret_buckets)
{
	if (map->error < 0)
		return map->error;
	if (map->n > 0)
		qsort_r(map->pairs, map->n, sizeof(*map->pairs), compare_pairs, map);
	*ret_buckets = (uint32_t)(count_keys(map) / KEYS_PER_BUCKET) + 1;
	return 0;
}

int table_write(const struct table_writer *writer, enum table table, const struct multimap *map,
		uint32_t buckets)
{
	scoped(encoder_clear) struct encoder encoder = { 0 };
	size_t next = 0;
	int r = 0;

	for (uint32_t bucket = 0; r == 0 && bucket < buckets; bucket++) {
		record_begin(&encoder, table, bucket, writer->generation);
		while (next < map->n && table_bucket(map->pairs[next].hash, buckets) == bucket)
			next = encode_entry(&encoder, map, next);
		r = record_finish(writer, table, bucket, &encoder);
	}
	return r;
}
