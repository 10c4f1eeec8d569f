/* SPDX-License-Identifier: MIT */
/*
 * sorted.h - the place of a key in a sorted array.
 *
 * bsearch(3) gives any of several equal elements; here the first one counts, and where it would be.
 */
#ifndef SERENO_SORTED_H
#define SERENO_SORTED_H

#include <stddef.h>

/* The index of the first of @n elements of @size bytes that @compare does not find below @key;
 * @n when all are. @compare is negative for an element below the key. */
static inline size_t sorted_first(const void *base, size_t n, size_t size, const void *key,
				  int (*compare)(const void *element, const void *key))
{
	size_t low = 0, high = n;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (compare((const char *)base + middle * size, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

#endif
