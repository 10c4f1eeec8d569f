/* SPDX-License-Identifier: MIT */
/*
 * record.h - bytes of a compiled record: bounded writing and reading, little-endian.
 *
 * Errors stick: write or read everything, then ask once. A decoder never looks past its end and
 * what it returns after a fault is zero or NULL, so that a loop over a damaged count ends.
 */
#ifndef SERENO_POLICY_RECORD_H
#define SERENO_POLICY_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero-initialise; release with encoder_clear(). */
struct encoder {
	uint8_t *data;
	size_t length, allocated;
	int error; /* first failure, negative errno; later calls do nothing */
};

void encode_u8(struct encoder *encoder, uint8_t value);
void encode_u16(struct encoder *encoder, uint16_t value);
void encode_u32(struct encoder *encoder, uint32_t value);
void encode_u64(struct encoder *encoder, uint64_t value);
void encode_i64(struct encoder *encoder, int64_t value);
void encode_bytes(struct encoder *encoder, const void *bytes, size_t length);

/* A string of at most UINT16_MAX bytes: u16 length, then the bytes without a NUL. */
void encode_text(struct encoder *encoder, const char *text);

/* Put @value over the four bytes at @offset, which were written before. */
void encode_over_u32(struct encoder *encoder, size_t offset, uint32_t value);

void encoder_clear(struct encoder *encoder);

struct decoder {
	const uint8_t *next;
	size_t left;
	bool damaged;
};

uint8_t decode_u8(struct decoder *decoder);
uint16_t decode_u16(struct decoder *decoder);
uint32_t decode_u32(struct decoder *decoder);
uint64_t decode_u64(struct decoder *decoder);
int64_t decode_i64(struct decoder *decoder);

/* @n of them in a row; after a fault @numbers are as they were. */
void decode_u32s(struct decoder *decoder, uint32_t *numbers, size_t n);

/* @length bytes, borrowed from the decoder's memory, or NULL. */
const uint8_t *decode_bytes(struct decoder *decoder, size_t length);

/* A string written by encode_text() into @text of @size bytes, terminated; a NUL inside or a
 * string that does not fit is damage. */
void decode_text(struct decoder *decoder, char *text, size_t size);

/* Whether bytes are left and nothing was damaged: "while (decode_more(&d))". */
bool decode_more(const struct decoder *decoder);

/* 0 when everything was read, to the last byte, else -EBADMSG. */
int decode_end(const struct decoder *decoder);

#endif
