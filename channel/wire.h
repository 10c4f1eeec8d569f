/* SPDX-License-Identifier: MIT */
/*
 * wire.h - numbers and texts of a message, one after the other, within its bounds.
 *
 * Little-endian; a text is its length in two bytes and its bytes. What does not fit, or is not
 * there, makes @broken true, and all that is put or got after it has no effect and is 0. Pure
 * functions. For room channel/.
 */
#ifndef CHANNEL_WIRE_H
#define CHANNEL_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wire_writer {
	uint8_t *bytes;
	size_t length, size;
	bool broken;
};

void wire_put(struct wire_writer *writer, uint64_t value, size_t length);
void wire_put_bytes(struct wire_writer *writer, const uint8_t *bytes, size_t length);
void wire_put_text(struct wire_writer *writer, const char *text, size_t size);

struct wire_reader {
	const uint8_t *bytes;
	size_t length, at;
	bool broken;
};

uint64_t wire_get(struct wire_reader *reader, size_t length);

/* A number from @least to @most. */
uint32_t wire_get_within(struct wire_reader *reader, uint32_t least, uint32_t most);

/* At most @size bytes, their number first; *@ret_length of them. */
void wire_get_bytes(struct wire_reader *reader, uint8_t *bytes, size_t size, uint32_t *ret_length);

/* A text that fits in @size with its NUL, and has none in it. */
void wire_get_text(struct wire_reader *reader, char *text, size_t size);

/* A text to be shown: without control characters. */
void wire_get_line(struct wire_reader *reader, char *text, size_t size);

/* Whether all was there, and nothing is left. */
bool wire_ends(const struct wire_reader *reader);

#endif
