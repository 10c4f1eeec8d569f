/* SPDX-License-Identifier: MIT */
/*
 * octets.h - numbers as they lie on the disk: little-endian, one after the other.
 *
 * The cursor is moved by each call; the caller knows that there is room. Pure functions.
 */
#ifndef SERENO_STATE_OCTETS_H
#define SERENO_STATE_OCTETS_H

#include <stddef.h>
#include <stdint.h>

/* Write the lowest @length bytes of @value. */
void octets_put(uint8_t **cursor, uint64_t value, size_t length);
void octets_put_bytes(uint8_t **cursor, const uint8_t *bytes, size_t length);

/* Read a number of @length bytes, at most 8. */
uint64_t octets_get(const uint8_t **cursor, size_t length);
void octets_get_bytes(const uint8_t **cursor, uint8_t *bytes, size_t length);

/* The same, by size. */
static inline uint8_t octets_get_u8(const uint8_t **cursor)
{
	return (uint8_t)octets_get(cursor, 1);
}

static inline uint16_t octets_get_u16(const uint8_t **cursor)
{
	return (uint16_t)octets_get(cursor, 2);
}

static inline uint32_t octets_get_u32(const uint8_t **cursor)
{
	return (uint32_t)octets_get(cursor, 4);
}

#endif
