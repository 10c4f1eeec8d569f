/* SPDX-License-Identifier: MIT */
/*
 * lookup.h - find names of a policy in O(log n).
 *
 * Sorted arrays, no hash: the cost does not depend on who chose the names.
 */
#ifndef LOOKUP_H
#define LOOKUP_H

#include <stddef.h>

#include <sereno/model.h>

#include "arena.h"

struct lookup_entry {
	const char *text;
	size_t value;
};

struct lookup_index {
	size_t n;
	struct lookup_entry *entry; /* sorted by text, then value */
};

/* What a rule can refer to by name. */
enum lookup_table {
	LOOKUP_ORIGINS,
	LOOKUP_HOSTS,
	LOOKUP_SERVICES,
	LOOKUP_TIMES,
	LOOKUP_ROLES,
	LOOKUP_TABLES,
};

/* Of a whole model: model.lookup. */
struct lookup {
	struct lookup_index table[LOOKUP_TABLES];
};

/* Room for @n entries; fill them in, then lookup_sort(). Returns 0 or -ENOMEM. */
int lookup_allocate(struct arena *arena, size_t n, struct lookup_index *ret);
void lookup_sort(struct lookup_index *index);

/* An index of @names whose values are their places in it. Returns 0 or -ENOMEM. */
int lookup_of_names(struct arena *arena, const struct names *names, struct lookup_index *ret);

/* The smallest value under @text, or -1. */
ptrdiff_t lookup_find(const struct lookup_index *index, const char *text);

#endif
