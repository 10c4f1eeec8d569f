/* SPDX-License-Identifier: MIT */
/* store.c - finding a record in an open constant database, by pread(2) alone. */
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>

#include "store.h"

#define SLOT_BYTES  8			      /* hash, position of the record */
#define HEAD_BYTES  (2 * 4 + STORE_KEY_BYTES) /* lengths of key and value, key */
#define SLOTS_READ  4			      /* at once: a search seldom goes further */
#define RECORD_READ 512			      /* at once: most records fit */

static int read_at(int fd, void *to, size_t length, size_t offset)
{
	uint8_t *next = to;
	ssize_t n;

	while (length > 0) {
		n = pread(fd, next, length, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return neg_errno();
		if (n == 0)
			return -EBADMSG; /* cut since it was opened */
		next += n;
		offset += (size_t)n;
		length -= (size_t)n;
	}
	return 0;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static uint32_t number_at(const uint8_t *bytes)
{
	uint32_t number;

	memcpy(&number, bytes, sizeof(number));
	return le32toh(number);
}

/* Where the hash tables end, which end the file: that of the last one. */
static size_t end_of_tables(const struct store *store)
{
	const uint8_t *const last = store->head + STORE_INDEX_BYTES - SLOT_BYTES;

	return number_at(last) + (size_t)number_at(last + 4) * SLOT_BYTES;
}

int store_open(int fd, off_t size, struct store *ret)
{
	int r;

	if (size < STORE_INDEX_BYTES || size > UINT32_MAX)
		return -EBADMSG;
	ret->fd = fd;
	ret->size = (size_t)size;
	ret->head_bytes = smaller(sizeof(ret->head), ret->size);
	r = read_at(fd, ret->head, ret->head_bytes, 0);
	if (r < 0)
		return r;
	/* A file that was cut short is told at once, not when the part is missed. */
	return end_of_tables(ret) == ret->size ? 0 : -EBADMSG;
}

/* read_at(), of what is in memory already without asking again. */
static int store_read(const struct store *store, void *to, size_t length, size_t offset)
{
	if (offset <= store->head_bytes && length <= store->head_bytes - offset) {
		memcpy(to, store->head + offset, length);
		return 0;
	}
	return read_at(store->fd, to, length, offset);
}

/* cdb's hash (Bernstein). */
static uint32_t hash_key(const uint8_t key[static STORE_KEY_BYTES])
{
	uint32_t hash = 5381;

	for (size_t i = 0; i < STORE_KEY_BYTES; i++)
		hash = hash * 33 ^ key[i];
	return hash;
}

/* Read the value of the record at @offset if its key is @key. Returns 1 (then *@ret is set), 0
 * for another key, or as store_find(). */
static int read_record(const struct store *store, const uint8_t key[static STORE_KEY_BYTES],
		       size_t offset, struct value *ret)
{
	scoped_free uint8_t *bytes = NULL;
	uint8_t head[RECORD_READ];
	size_t there, length, copied;
	int r;

	if (offset > store->size || store->size - offset < HEAD_BYTES)
		return -EBADMSG;
	there = smaller(sizeof(head), store->size - offset);
	r = store_read(store, head, there, offset);
	if (r < 0)
		return r;
	if (number_at(head) != STORE_KEY_BYTES || memcmp(head + 8, key, STORE_KEY_BYTES) != 0)
		return 0;
	length = number_at(head + 4);
	if (length > STORE_VALUE_MAX || length > store->size - offset - HEAD_BYTES)
		return -EBADMSG;
	bytes = malloc(length + 1);
	if (!bytes)
		return -ENOMEM;
	copied = smaller(length, there - HEAD_BYTES);
	memcpy(bytes, head + HEAD_BYTES, copied);
	r = store_read(store, bytes + copied, length - copied, offset + HEAD_BYTES + copied);
	if (r < 0)
		return r;
	*ret = (struct value){ .bytes = take(bytes, NULL), .length = length };
	return 1;
}

/* Go through @n slots. Returns 1 (then *@ret is set), 0 to go on, or as store_find(). */
static int search_slots(const struct store *store, const uint8_t key[static STORE_KEY_BYTES],
			const uint8_t *slot, size_t n, struct value *ret)
{
	const uint32_t hash = hash_key(key);
	int r = 0;

	for (const uint8_t *end = slot + n * SLOT_BYTES; r == 0 && slot < end; slot += SLOT_BYTES) {
		if (number_at(slot + 4) == 0) /* never used: the key would have been here */
			return -EBADMSG;
		if (number_at(slot) == hash)
			r = read_record(store, key, number_at(slot + 4), ret);
	}
	return r;
}

/* Whether the key of the first record is in memory, and @key. */
static bool is_first(const struct store *store, const uint8_t key[static STORE_KEY_BYTES])
{
	return store->head_bytes >= STORE_INDEX_BYTES + HEAD_BYTES &&
	       memcmp(store->head + STORE_INDEX_BYTES + 8, key, STORE_KEY_BYTES) == 0;
}

int store_find(const struct store *store, const uint8_t key[static STORE_KEY_BYTES],
	       struct value *ret)
{
	const uint32_t hash = hash_key(key);
	const uint8_t *const entry = store->head + (hash & 255) * SLOT_BYTES;
	const size_t table = number_at(entry), n_slots = number_at(entry + 4);
	uint8_t slots[SLOTS_READ * SLOT_BYTES];
	size_t number, n;
	int r;

	if (is_first(store, key)) {
		r = read_record(store, key, STORE_INDEX_BYTES, ret);
		if (r != 0)
			return r < 0 ? r : 0;
	}
	if (n_slots == 0 || table > store->size || n_slots > (store->size - table) / SLOT_BYTES)
		return -EBADMSG;
	number = (hash >> 8) % n_slots;
	for (size_t tried = 0; tried < n_slots; tried += n) {
		n = smaller(SLOTS_READ, n_slots - number);
		r = read_at(store->fd, slots, n * SLOT_BYTES, table + number * SLOT_BYTES);
		if (r == 0)
			r = search_slots(store, key, slots, n, ret);
		if (r != 0)
			return r < 0 ? r : 0;
		number = (number + n) % n_slots;
	}
	return -EBADMSG;
}
