/* SPDX-License-Identifier: MIT */
/*
 * arena.h - memory that is given piece by piece and released all at once.
 *
 * A model is tens of thousands of small things with one lifetime; nothing in it is freed alone.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

struct arena;

/* A new arena, or NULL when memory is short. */
struct arena *arena_new(void);

/* Release @arena and all that came from it; NULL is allowed. */
void arena_free(struct arena *arena);

/* @count zeroed things of @size bytes, aligned for any type; never NULL for a count of 0. NULL
 * when memory is short or the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* A copy of @length bytes of @text, with a NUL behind them. NULL when memory is short. */
char *arena_text(struct arena *arena, const char *text, size_t length);

#endif
