/* SPDX-License-Identifier: MIT */
/* id_set.c - a set of the small numbers by which a compiled policy names its things. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "id_set.h"

int id_set_add(struct id_set *set, uint32_t id)
{
	const size_t allocated = set->allocated ? set->allocated * 2 : 16;
	uint32_t *room;

	if (set->n == set->allocated) {
		room = reallocarray(set->id, allocated, sizeof(*room));
		if (!room)
			return -ENOMEM;
		set->id = room;
		set->allocated = allocated;
	}
	set->id[set->n++] = id;
	return 0;
}

static int compare_ids(const void *first, const void *second)
{
	const uint32_t *a = first, *b = second;

	return (*a > *b) - (*a < *b);
}

/* As most sets are written. */
static bool is_settled(const struct id_set *set)
{
	for (size_t i = 1; i < set->n; i++)
		if (set->id[i - 1] >= set->id[i])
			return false;
	return true;
}

#define FEW 16

/* What is given to one user is few, and libc's allocates. */
static void sort(struct id_set *set)
{
	if (set->n > FEW) {
		qsort(set->id, set->n, sizeof(*set->id), compare_ids);
		return;
	}
	for (size_t i = 1; i < set->n; i++) {
		const uint32_t id = set->id[i];
		size_t at = i;

		for (; at > 0 && set->id[at - 1] > id; at--)
			set->id[at] = set->id[at - 1];
		set->id[at] = id;
	}
}

void id_set_settle(struct id_set *set)
{
	size_t kept = 0;

	if (is_settled(set))
		return;
	sort(set);
	for (size_t i = 0; i < set->n; i++) {
		if (i == 0 || set->id[i] != set->id[kept - 1])
			set->id[kept++] = set->id[i];
	}
	set->n = kept;
}

ptrdiff_t id_set_find(const struct id_set *set, uint32_t id)
{
	const uint32_t *found;

	if (set->n == 0)
		return -1;
	found = bsearch(&id, set->id, set->n, sizeof(*set->id), compare_ids);
	return found ? found - set->id : -1;
}

void id_set_clear(struct id_set *set)
{
	free(set->id);
	*set = (struct id_set){ 0 };
}

void encode_id_set(struct encoder *encoder, const struct id_set *set)
{
	encode_u32(encoder, (uint32_t)set->n);
	for (size_t i = 0; i < set->n; i++)
		encode_u32(encoder, set->id[i]);
}

static int reserve(struct id_set *set, size_t n)
{
	uint32_t *room;

	if (n <= set->allocated)
		return 0;
	room = reallocarray(set->id, n, sizeof(*room));
	if (!room)
		return -ENOMEM;
	set->id = room;
	set->allocated = n;
	return 0;
}

int decode_id_set(struct decoder *decoder, struct id_set *set)
{
	const size_t n = decode_u32(decoder);
	int r;

	if (decoder->damaged || n > decoder->left / sizeof(*set->id))
		return -EBADMSG;
	r = reserve(set, set->n + n);
	if (r < 0 || n == 0)
		return r;
	decode_u32s(decoder, set->id + set->n, n);
	set->n += n;
	return 0;
}

int decode_ids(struct decoder *decoder, struct id_set *set)
{
	uint32_t id;
	int r;

	while (decode_more(decoder)) {
		id = decode_u32(decoder);
		r = decoder->damaged ? -EBADMSG : id_set_add(set, id);
		if (r < 0)
			return r;
	}
	return decode_end(decoder);
}
