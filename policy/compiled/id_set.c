/* SPDX-License-Identifier: MIT */
/* id_set.c - a set of the small numbers by which a compiled policy names its things. */
#include <errno.h>
#include <stdlib.h>

#include "id_set.h"

int id_set_add(struct id_set *set, uint32_t id)
{
	const size_t allocated = set->allocated ? set->allocated * 2 : 8;
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

void id_set_settle(struct id_set *set)
{
	size_t kept = 0;

	if (set->n < 2)
		return;
	qsort(set->id, set->n, sizeof(*set->id), compare_ids);
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

int decode_id_set(struct decoder *decoder, struct id_set *set)
{
	const uint32_t n = decode_u32(decoder);
	uint32_t id;
	int r;

	for (uint32_t i = 0; i < n && !decoder->damaged; i++) {
		id = decode_u32(decoder);
		r = decoder->damaged ? -EBADMSG : id_set_add(set, id);
		if (r < 0)
			return r;
	}
	return decoder->damaged ? -EBADMSG : 0;
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
