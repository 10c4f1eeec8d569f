/* SPDX-License-Identifier: MIT */
/* escape.c - hostile names shown harmlessly. */
#include "escape.h"

#include <stdbool.h>
#include <string.h>

size_t utf8_character(const char *text, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *byte = (const unsigned char *)text;
	uint32_t value = byte[0];
	size_t length = 1;

	if (value >= 0xf0 && value < 0xf8)
		length = 4;
	else if (value >= 0xe0 && value < 0xf0)
		length = 3;
	else if (value >= 0xc0 && value < 0xe0)
		length = 2;
	else if (value >= 0x80)
		return 0;
	if (length > 1)
		value &= 0x7fU >> length;
	for (size_t i = 1; i < length; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (byte[i] & 0x3fU);
	}
	if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return 0;
	*ret = value;
	return length;
}

static bool is_harmless(uint32_t character)
{
	if (character < 0x20 || character == '\\' || (character >= 0x7f && character < 0xa0))
		return false;
	if (character == 0x061c || (character >= 0x200b && character <= 0x200f))
		return false;
	if (character >= 0x2028 && character <= 0x202e)
		return false;
	return !(character >= 0x2060 && character <= 0x206f) && character != 0xfeff;
}

const char *escape(char buffer[static ESCAPE_MAX], const char *text)
{
	const size_t room = ESCAPE_MAX - sizeof("...");
	size_t used = 0;

	while (*text && used + 4 <= room) {
		uint32_t character = 0;
		size_t length = utf8_character(text, &character);

		if (length > 0 && is_harmless(character)) {
			memcpy(buffer + used, text, length);
			used += length;
			text += length;
			continue;
		}
		(void)snprintf(buffer + used, 5, "\\x%02x",
			       (unsigned char)*text); /* fits: checked */
		used += 4;
		text++;
	}
	memcpy(buffer + used, *text ? "..." : "", *text ? sizeof("...") : 1);
	return buffer;
}

void escape_write(FILE *stream, const char *text)
{
	while (*text) {
		uint32_t character = 0;
		const size_t length = utf8_character(text, &character);

		if (length > 0 && (character == '\\' || is_harmless(character))) {
			(void)fwrite(text, 1, length, stream); /* main() looks at the stream */
			text += length;
			continue;
		}
		(void)fprintf(stream, "\\x%02x", (unsigned char)*text);
		text++;
	}
}
