/* SPDX-License-Identifier: MIT */
/* private_file.c - the part of a compiled policy that only root reads: its keys, and opening it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/scoped.h>
#include <sereno/trusted.h>

#include "private_file.h"

static void add_number(struct device_table_key *key, uint16_t number)
{
	key->byte[key->length++] = (uint8_t)number;
	key->byte[key->length++] = (uint8_t)(number >> 8);
}

struct device_table_key key_of_vendor(uint16_t vendor)
{
	struct device_table_key key;

	key.length = 0;
	add_number(&key, vendor);
	return key;
}

struct device_table_key key_of_product(uint16_t vendor, uint16_t product)
{
	struct device_table_key key = key_of_vendor(vendor);

	add_number(&key, product);
	return key;
}

struct device_table_key key_of_serial(uint16_t vendor, uint16_t product, const char *serial)
{
	struct device_table_key key = key_of_product(vendor, product);
	const size_t length = strnlen(serial, DEVICE_TEXT_MAX);

	memcpy(key.byte + key.length, serial, length);
	key.length += length;
	return key;
}

uint32_t watched_number(enum table table, uint16_t vendor, uint16_t product)
{
	return table == TABLE_DEVICE_VENDORS ? vendor : (uint32_t)vendor << 16 | product;
}

void private_facts_clear(struct private_facts *facts)
{
	for (size_t i = 0; i < PRIVATE_TABLES; i++)
		id_set_clear(&facts->watched[i]);
	free(facts->kinds);
	*facts = (struct private_facts){ 0 };
}

void encode_private_meta(struct encoder *encoder, const struct private_facts *facts)
{
	encode_u32(encoder, PRIVATE_FORMAT);
	encode_u64(encoder, facts->generation);
	encode_u32(encoder, facts->n_rules);
	for (size_t i = 0; i < PRIVATE_TABLES; i++) {
		encode_u32(encoder, facts->buckets[i]);
		encode_u8(encoder, facts->has_watched[i]);
		encode_id_set(encoder, &facts->watched[i]);
	}
	encode_bytes(encoder, facts->kinds, facts->kinds_length);
}

static int decode_watched(struct decoder *decoder, struct private_facts *facts, size_t index)
{
	uint8_t has_watched;
	int r;

	facts->buckets[index] = decode_u32(decoder);
	has_watched = decode_u8(decoder);
	facts->has_watched[index] = has_watched == 1;
	r = has_watched > 1 ? -EBADMSG : decode_id_set(decoder, &facts->watched[index]);
	id_set_settle(&facts->watched[index]);
	return r;
}

int decode_private_meta(struct decoder *decoder, struct private_facts *ret)
{
	scoped(private_facts_clear) struct private_facts facts = { 0 };
	const uint8_t *kinds;
	int r = decode_u32(decoder) == PRIVATE_FORMAT ? 0 : -EBADMSG;

	facts.generation = decode_u64(decoder);
	facts.n_rules = decode_u32(decoder);
	for (size_t i = 0; r == 0 && i < PRIVATE_TABLES; i++)
		r = decode_watched(decoder, &facts, i);
	if (r < 0 || decoder->damaged)
		return r < 0 ? r : -EBADMSG;
	facts.kinds_length = decoder->left;
	facts.kinds = malloc(facts.kinds_length + 1);
	if (!facts.kinds)
		return -ENOMEM;
	kinds = decode_bytes(decoder, facts.kinds_length);
	memcpy(facts.kinds, kinds, facts.kinds_length);
	*ret = take(facts, (struct private_facts){ 0 });
	return 0;
}

void private_close(struct private_rules *rules)
{
	if (!rules)
		return;
	close_p(&rules->fd);
	private_facts_clear(&rules->facts);
	free(rules);
}

static void private_close_p(struct private_rules **rules)
{
	private_close(*rules);
}

static int read_meta(struct private_rules *rules, uint64_t generation)
{
	scoped(blob_clear) struct blob blob = { 0 };
	struct decoder decoder;
	int r;

	r = record_load(&rules->tables, TABLE_META, 0, &blob);
	if (r < 0)
		return r;
	decoder = blob_decoder(&blob);
	r = decode_private_meta(&decoder, &rules->facts);
	if (r < 0)
		return r;
	if (rules->facts.generation != generation || blob.generation != generation)
		return -EBADMSG;
	rules->tables.generation = generation;
	memcpy(&rules->tables.buckets[PRIVATE_TABLE_FIRST], rules->facts.buckets,
	       sizeof(rules->facts.buckets));
	return 0;
}

static int open_file(int directory, struct private_rules *rules)
{
	struct stat st;

	rules->fd = openat(directory, PRIVATE_FILE,
			   O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	/* Missing, it would forget what is denied: no less wrong than damaged. */
	if (rules->fd < 0)
		return errno == ENOENT ? -EBADMSG : errno == ELOOP ? -EPERM : neg_errno();
	if (fstat(rules->fd, &st) < 0)
		return neg_errno();
	if (!S_ISREG(st.st_mode) || !trusted_writers(&st))
		return -EPERM;
	return store_open(rules->fd, st.st_size, &rules->tables.store);
}

int private_open(int directory, uint64_t generation, struct private_rules **ret)
{
	scoped(private_close_p) struct private_rules *rules = calloc(1, sizeof(*rules));
	int r;

	if (!rules)
		return -ENOMEM;
	rules->fd = -1;
	r = open_file(directory, rules);
	if (r == 0)
		r = read_meta(rules, generation);
	if (r < 0)
		return r;
	*ret = take(rules, NULL);
	return 0;
}

static struct device_table_key key_of(enum table table, const struct device_facts *device)
{
	if (table == TABLE_DEVICE_VENDORS)
		return key_of_vendor(device->vendor);
	if (table == TABLE_DEVICE_PRODUCTS)
		return key_of_product(device->vendor, device->product);
	return key_of_serial(device->vendor, device->product, device->serial);
}

int private_find(const struct private_rules *rules, enum table table,
		 const struct device_facts *device, struct blob *ret)
{
	const unsigned index = table - PRIVATE_TABLE_FIRST;
	struct device_table_key key;

	if (rules->facts.has_watched[index] &&
	    id_set_find(&rules->facts.watched[index],
			watched_number(table, device->vendor, device->product)) < 0)
		return 0;
	key = key_of(table, device);
	return table_find(&rules->tables, table, key.byte, key.length, ret);
}

int private_verify(const struct private_rules *rules)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < PRIVATE_TABLES; i++)
		r = table_verify(&rules->tables, (enum table)(PRIVATE_TABLE_FIRST + i));
	return r;
}
