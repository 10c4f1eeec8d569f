/* SPDX-License-Identifier: MIT */
/* lookup.c - find names of a policy in O(log n). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/sorted.h>

#include "lookup.h"

int lookup_allocate(struct arena *arena, size_t n, struct lookup_index *ret)
{
	struct lookup_entry *entry = arena_array(arena, n, sizeof(*entry));

	if (!entry)
		return -ENOMEM;
	*ret = (struct lookup_index){ .n = n, .entry = entry };
	return 0;
}

static int compare(const void *left, const void *right)
{
	const struct lookup_entry *a = left, *b = right;
	const int order = strcmp(a->text, b->text);

	return order ? order : (a->value > b->value) - (a->value < b->value);
}

void lookup_sort(struct lookup_index *index)
{
	if (index->n)
		qsort(index->entry, index->n, sizeof(*index->entry), compare);
}

int lookup_of_names(struct arena *arena, const struct names *names, struct lookup_index *ret)
{
	struct lookup_index index;
	int r = lookup_allocate(arena, names->n, &index);

	if (r < 0)
		return r;
	for (size_t i = 0; i < names->n; i++)
		index.entry[i] = (struct lookup_entry){ names->item[i].text, i };
	lookup_sort(&index);
	*ret = index;
	return 0;
}

static int entry_against(const void *element, const void *text)
{
	return strcmp(((const struct lookup_entry *)element)->text, text);
}

ptrdiff_t lookup_find(const struct lookup_index *index, const char *text)
{
	const size_t low =
		sorted_first(index->entry, index->n, sizeof(*index->entry), text, entry_against);

	if (low == index->n || strcmp(index->entry[low].text, text) != 0)
		return -1;
	return (ptrdiff_t)index->entry[low].value;
}
