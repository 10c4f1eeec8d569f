/* SPDX-License-Identifier: MIT */
/* record.c - bytes of a compiled record: bounded writing and reading, little-endian. */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

/* Bounds memory, and keeps the arithmetic below from wrapping. */
#define ENCODER_MAX (128u << 20)

static uint8_t *encoder_room(struct encoder *encoder, size_t length)
{
	size_t allocated = encoder->allocated;
	uint8_t *data;

	if (encoder->error < 0)
		return NULL;
	if (length > ENCODER_MAX - encoder->length) {
		encoder->error = -E2BIG;
		return NULL;
	}
	if (encoder->length + length > allocated) {
		while (allocated < encoder->length + length)
			allocated = allocated ? allocated * 2 : 64;
		data = realloc(encoder->data, allocated);
		if (!data) {
			encoder->error = -ENOMEM;
			return NULL;
		}
		encoder->data = data;
		encoder->allocated = allocated;
	}
	data = encoder->data + encoder->length;
	encoder->length += length;
	return data;
}

static void put(uint8_t *to, uint64_t value, size_t width)
{
	for (size_t i = 0; i < width; i++)
		to[i] = (uint8_t)(value >> (8 * i));
}

static void encode_number(struct encoder *encoder, uint64_t value, size_t width)
{
	uint8_t *to = encoder_room(encoder, width);

	if (to)
		put(to, value, width);
}

void encode_u8(struct encoder *encoder, uint8_t value)
{
	encode_number(encoder, value, sizeof(value));
}

void encode_u16(struct encoder *encoder, uint16_t value)
{
	encode_number(encoder, value, sizeof(value));
}

void encode_u32(struct encoder *encoder, uint32_t value)
{
	encode_number(encoder, value, sizeof(value));
}

void encode_u64(struct encoder *encoder, uint64_t value)
{
	encode_number(encoder, value, sizeof(value));
}

void encode_i64(struct encoder *encoder, int64_t value)
{
	encode_number(encoder, (uint64_t)value, sizeof(value));
}

void encode_bytes(struct encoder *encoder, const void *bytes, size_t length)
{
	uint8_t *to = encoder_room(encoder, length);

	if (to && length > 0)
		memcpy(to, bytes, length);
}

void encode_text(struct encoder *encoder, const char *text)
{
	const size_t length = strlen(text);

	if (length > UINT16_MAX && encoder->error == 0)
		encoder->error = -E2BIG;
	encode_u16(encoder, (uint16_t)length);
	encode_bytes(encoder, text, length);
}

void encode_over_u32(struct encoder *encoder, size_t offset, uint32_t value)
{
	if (encoder->error == 0)
		put(encoder->data + offset, value, sizeof(value));
}

void encoder_clear(struct encoder *encoder)
{
	free(encoder->data);
	*encoder = (struct encoder){ 0 };
}

const uint8_t *decode_bytes(struct decoder *decoder, size_t length)
{
	const uint8_t *bytes = decoder->next;

	if (decoder->damaged || length > decoder->left) {
		decoder->damaged = true;
		return NULL;
	}
	decoder->next += length;
	decoder->left -= length;
	return bytes;
}

/* The next bytes into the number @to, as they lie; of a decoder at its end it stays 0. */
static void decode_raw(struct decoder *decoder, void *to, size_t width)
{
	const uint8_t *bytes = decode_bytes(decoder, width);

	if (bytes)
		memcpy(to, bytes, width);
}

uint8_t decode_u8(struct decoder *decoder)
{
	uint8_t value = 0;

	decode_raw(decoder, &value, sizeof(value));
	return value;
}

uint16_t decode_u16(struct decoder *decoder)
{
	uint16_t value = 0;

	decode_raw(decoder, &value, sizeof(value));
	return le16toh(value);
}

uint32_t decode_u32(struct decoder *decoder)
{
	uint32_t value = 0;

	decode_raw(decoder, &value, sizeof(value));
	return le32toh(value);
}

void decode_u32s(struct decoder *decoder, uint32_t *numbers, size_t n)
{
	const uint8_t *bytes;

	if (n > decoder->left / sizeof(*numbers))
		decoder->damaged = true;
	bytes = decode_bytes(decoder, n * sizeof(*numbers));
	for (size_t i = 0; bytes && i < n; i++) {
		memcpy(&numbers[i], bytes + i * sizeof(*numbers), sizeof(*numbers));
		numbers[i] = le32toh(numbers[i]);
	}
}

uint64_t decode_u64(struct decoder *decoder)
{
	uint64_t value = 0;

	decode_raw(decoder, &value, sizeof(value));
	return le64toh(value);
}

int64_t decode_i64(struct decoder *decoder)
{
	return (int64_t)decode_u64(decoder);
}

void decode_text(struct decoder *decoder, char *text, size_t size)
{
	const size_t length = decode_u16(decoder);
	const uint8_t *bytes = decode_bytes(decoder, length);

	text[0] = '\0';
	if (!bytes)
		return;
	if (length >= size || memchr(bytes, '\0', length)) {
		decoder->damaged = true;
		return;
	}
	memcpy(text, bytes, length);
	text[length] = '\0';
}

bool decode_more(const struct decoder *decoder)
{
	return !decoder->damaged && decoder->left > 0;
}

int decode_end(const struct decoder *decoder)
{
	return decoder->damaged || decoder->left > 0 ? -EBADMSG : 0;
}
