/* SPDX-License-Identifier: MIT */
/* key_list.c - the table of keys gone through: its blocks, and a key by name. */
#include <string.h>

#include <sereno/model.h>
#include <sereno/scoped.h>

#include "keys.h"

static const struct block *block_inside(const struct key *key)
{
	if (key->table)
		return key->table->value->block;
	return key->block;
}

static bool is_listed(const struct block *const *list, size_t n, const struct block *block)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == block)
			return true;
	return false;
}

/* Put @block in at @place; what stands there and behind moves on. */
static void insert(const struct block *list[static BLOCKS_MAX], size_t n, size_t place,
		   const struct block *block)
{
	memmove(&list[place + 1], &list[place], (n - place) * sizeof(*list));
	list[place] = block;
}

size_t keys_list_blocks(const struct block *ret[static BLOCKS_MAX])
{
	size_t n = 0;

	ret[n++] = &block_policy;
	for (size_t i = 0; i < n; i++) {
		size_t place = i + 1;

		for (size_t k = 0; k < ret[i]->n && n < BLOCKS_MAX; k++) {
			const struct block *inside = block_inside(&ret[i]->keys[k]);

			if (inside && !is_listed(ret, n, inside))
				insert(ret, n++, place++, inside);
		}
	}
	return n;
}

const struct key *keys_find(const struct block *block, const char *name)
{
	for (size_t i = 0; i < block->n; i++)
		if (strcmp(block->keys[i].name, name) == 0)
			return &block->keys[i];
	return NULL;
}
