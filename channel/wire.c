/* SPDX-License-Identifier: MIT */
/* wire.c - numbers and texts of a message, one after the other, within its bounds. */
#include <string.h>

#include "wire.h"

#define TEXT_LENGTH 2 /* bytes of a text's length */

static bool has_room(struct wire_writer *writer, size_t length)
{
	if (!writer->broken && length > writer->size - writer->length)
		writer->broken = true;
	return !writer->broken;
}

void wire_put(struct wire_writer *writer, uint64_t value, size_t length)
{
	if (!has_room(writer, length))
		return;
	for (size_t i = 0; i < length; i++)
		writer->bytes[writer->length++] = (uint8_t)(value >> (8 * i));
}

void wire_put_bytes(struct wire_writer *writer, const uint8_t *bytes, size_t length)
{
	wire_put(writer, length, TEXT_LENGTH);
	if (length > UINT16_MAX)
		writer->broken = true;
	if (!has_room(writer, length))
		return;
	memcpy(writer->bytes + writer->length, bytes, length);
	writer->length += length;
}

void wire_put_text(struct wire_writer *writer, const char *text, size_t size)
{
	const size_t length = strnlen(text, size);

	if (length == size)
		writer->broken = true;
	wire_put_bytes(writer, (const uint8_t *)text, length);
}

static bool has_left(struct wire_reader *reader, size_t length)
{
	if (!reader->broken && length > reader->length - reader->at)
		reader->broken = true;
	return !reader->broken;
}

uint64_t wire_get(struct wire_reader *reader, size_t length)
{
	uint64_t value = 0;

	if (!has_left(reader, length))
		return 0;
	for (size_t i = 0; i < length; i++)
		value |= (uint64_t)reader->bytes[reader->at++] << (8 * i);
	return value;
}

uint32_t wire_get_within(struct wire_reader *reader, uint32_t least, uint32_t most)
{
	const uint64_t value = wire_get(reader, sizeof(uint32_t));

	if (value < least || value > most)
		reader->broken = true;
	return reader->broken ? 0 : (uint32_t)value;
}

void wire_get_bytes(struct wire_reader *reader, uint8_t *bytes, size_t size, uint32_t *ret_length)
{
	const size_t length = (size_t)wire_get(reader, TEXT_LENGTH);

	*ret_length = 0;
	if (length > size)
		reader->broken = true;
	if (!has_left(reader, length))
		return;
	memcpy(bytes, reader->bytes + reader->at, length);
	reader->at += length;
	*ret_length = (uint32_t)length;
}

void wire_get_text(struct wire_reader *reader, char *text, size_t size)
{
	uint32_t length = 0;

	wire_get_bytes(reader, (uint8_t *)text, size - 1, &length);
	text[length] = '\0';
	if (memchr(text, '\0', length))
		reader->broken = true;
	if (reader->broken)
		explicit_bzero(text, size);
}

void wire_get_line(struct wire_reader *reader, char *text, size_t size)
{
	wire_get_text(reader, text, size);
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			reader->broken = true;
	if (reader->broken)
		explicit_bzero(text, size);
}

bool wire_ends(const struct wire_reader *reader)
{
	return !reader->broken && reader->at == reader->length;
}
