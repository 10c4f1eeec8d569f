/* SPDX-License-Identifier: MIT */
/*
 * table_writer.h - writing the tables of a compiled policy. Only for the compiler.
 *
 * A table is gathered as a multimap: each key may get several items, in any order; a key's value
 * in the file is its items one after the other, in the order in which they were added.
 */
#ifndef SERENO_POLICY_TABLE_WRITER_H
#define SERENO_POLICY_TABLE_WRITER_H

#include <cdb.h>

#include "table.h"

struct pair {
	uint64_t hash;
	uint32_t key, item; /* offsets into the bytes */
	uint32_t item_length;
	uint16_t key_length;
};

/* Zero-initialise; release with multimap_clear(). Failures stick until table_write(). */
struct multimap {
	struct encoder bytes;
	struct pair *pairs;
	size_t n, allocated;
	int error;
};

/* Add one item, taken from @item, which is then empty again and can be filled anew. */
void multimap_add(struct multimap *map, const void *key, size_t length, struct encoder *item);
void multimap_clear(struct multimap *map);

/* Where records go. */
struct table_writer {
	struct cdb_make *cdb;
	uint64_t generation;
};

/* Write one record with @payload (any bytes, @length of them). Returns 0, -E2BIG, -ENOMEM or a
 * write error. */
int record_write(const struct table_writer *writer, enum table table, uint32_t bucket,
		 const struct encoder *payload);

/* Sort @map, which takes nothing more then; *@ret_buckets is how many buckets its table has, at
 * least 1. Returns 0 or what failed when it was filled. */
int table_prepare(struct multimap *map, uint32_t *ret_buckets);

/* Write @map, prepared, as @table of @buckets buckets. Returns 0, -E2BIG, -ENOMEM or a write error.
 */
int table_write(const struct table_writer *writer, enum table table, const struct multimap *map,
		uint32_t buckets);

#endif
