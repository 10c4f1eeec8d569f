/* SPDX-License-Identifier: MIT */
/* octets.c - numbers as they lie on the disk: little-endian, one after the other. */
#include <string.h>

#include "octets.h"

void octets_put(uint8_t **cursor, uint64_t value, size_t length)
{
	for (size_t i = 0; i < length; i++)
		*(*cursor)++ = (uint8_t)(value >> (8 * i));
}

void octets_put_bytes(uint8_t **cursor, const uint8_t *bytes, size_t length)
{
	memcpy(*cursor, bytes, length);
	*cursor += length;
}

uint64_t octets_get(const uint8_t **cursor, size_t length)
{
	uint64_t value = 0;

	for (size_t i = 0; i < length; i++)
		value |= (uint64_t) * (*cursor)++ << (8 * i);
	return value;
}

void octets_get_bytes(const uint8_t **cursor, uint8_t *bytes, size_t length)
{
	memcpy(bytes, *cursor, length);
	*cursor += length;
}
