/* SPDX-License-Identifier: MIT */
/* arena.c - memory that is given piece by piece and released all at once. */
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

#define CHUNK_BYTES ((size_t)64 << 10)

struct chunk {
	struct chunk *next;
	size_t used, size;
	alignas(max_align_t) unsigned char byte[];
};

struct arena {
	struct chunk *chunk;
};

struct arena *arena_new(void)
{
	return calloc(1, sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
	struct chunk *chunk = arena ? arena->chunk : NULL;
	struct chunk *next;

	for (; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	free(arena);
}

static void *take_bytes(struct arena *arena, size_t size, size_t align)
{
	struct chunk *chunk = arena->chunk;
	size_t start = chunk ? (chunk->used + align - 1) & ~(align - 1) : 0;

	if (!chunk || start > chunk->size || size > chunk->size - start) {
		const size_t room = size > CHUNK_BYTES ? size : CHUNK_BYTES;

		if (room > SIZE_MAX - sizeof(*chunk))
			return NULL;
		chunk = calloc(1, sizeof(*chunk) + room);
		if (!chunk)
			return NULL;
		chunk->next = arena->chunk;
		chunk->size = room;
		arena->chunk = chunk;
		start = 0;
	}
	chunk->used = start + size;
	return chunk->byte + start;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		return NULL;
	return take_bytes(arena, bytes, alignof(max_align_t));
}

char *arena_text(struct arena *arena, const char *text, size_t length)
{
	char *copy;

	if (length == SIZE_MAX)
		return NULL;
	copy = take_bytes(arena, length + 1, 1);
	if (!copy)
		return NULL;
	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}
