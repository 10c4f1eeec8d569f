/* SPDX-License-Identifier: MIT */
/* character.c - one character of a hostile text: read it, and say why it is refused. */
#include <sereno/scoped.h>

#include "character.h"

size_t character_read(const char *text, size_t length, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *byte = (const unsigned char *)text;
	size_t size;
	uint32_t character;

	if (byte[0] < 0x80)
		size = 1;
	else if ((byte[0] & 0xe0) == 0xc0)
		size = 2;
	else if ((byte[0] & 0xf0) == 0xe0)
		size = 3;
	else if ((byte[0] & 0xf8) == 0xf0)
		size = 4;
	else
		return 0;
	if (size > length)
		return 0;

	character = size == 1 ? byte[0] : byte[0] & (0x7fu >> size);
	for (size_t i = 1; i < size; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		character = character << 6 | (byte[i] & 0x3f);
	}
	if (character < least[size] || character > 0x10ffff ||
	    (character >= 0xd800 && character <= 0xdfff))
		return 0;
	*ret = character;
	return size;
}

/* clang-format off */
static const struct {
	uint32_t first, last;
	const char *fault;
} refused[] = {
	{ 0x00,    0x00,    "a NUL" },
	{ 0x01,    0x08,    "a control character" },
	{ 0x09,    0x09,    "a tab" },
	{ 0x0b,    0x0c,    "a control character" },
	{ 0x0d,    0x0d,    "a carriage return" },
	{ 0x0e,    0x1f,    "a control character" },
	{ 0x7f,    0x84,    "a control character" },
	{ 0x85,    0x85,    "a line end that most editors do not show (NEL)" },
	{ 0x86,    0x9f,    "a control character" },
	{ 0xad,    0xad,    "an invisible character (soft hyphen)" },
	{ 0x61c,   0x61c,   "a mark that changes the direction of writing" },
	{ 0x180e,  0x180e,  "an invisible character" },
	{ 0x200b,  0x200d,  "an invisible character" },
	{ 0x200e,  0x200f,  "a mark that changes the direction of writing" },
	{ 0x2028,  0x2029,  "a line end that most editors do not show" },
	{ 0x202a,  0x202e,  "a mark that changes the direction of writing" },
	{ 0x2060,  0x2065,  "an invisible character" },
	{ 0x2066,  0x2069,  "a mark that changes the direction of writing" },
	{ 0x206a,  0x206f,  "an invisible character" },
	{ 0xfeff,  0xfeff,  "a byte order mark" },
	{ 0xfff9,  0xfffb,  "an invisible character" },
	{ 0xfffe,  0xffff,  "not a character" },
	{ 0xe0000, 0xe007f, "an invisible character" },
};
/* clang-format on */

const char *character_fault(uint32_t character)
{
	if (character == '\n' || (character >= ' ' && character <= '~'))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (character >= refused[i].first && character <= refused[i].last)
			return refused[i].fault;
	return NULL;
}
