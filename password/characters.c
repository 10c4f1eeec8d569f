/* SPDX-License-Identifier: MIT */
/* characters.c - a password as the characters a person sees, not as bytes. */
#include "characters.h"

#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

/* Code points up to this one are ASCII. */
#define ASCII_LAST 0x7F

struct range {
	uint32_t first, last;
};

/* clang-format off */
/* Without their accents: Latin-1 from U+00C0 and Latin Extended-A from U+0100. */
static const char latin_1[] =
	"aaaaaaaceeeeiiii" "dnooooo\0ouuuuyts" "aaaaaaaceeeeiiii" "dnooooo\0ouuuuyty";
static const char latin_a[] =
	"aaaaaaccccccccdd" "ddeeeeeeeeeegggg" "gggghhhhiiiiiiii" "iiiijjkkklllllll"
	"lllnnnnnnnnnoooo" "oooorrrrrrssssss" "ssttttttuuuuuuuu" "uuuuwwyyyzzzzzzs";

/* Beyond ASCII: what is no letter. Whatever is not listed counts as one. */
static const struct range symbols[] = {
	{ 0x80, 0xA9 }, { 0xAB, 0xB4 }, { 0xB6, 0xB9 }, { 0xBB, 0xBF }, { 0xD7, 0xD7 }, { 0xF7, 0xF7 },
	{ 0x2000, 0x2BFF }, { 0x3000, 0x303F }, { 0xFE00, 0xFE0F }, { 0x1F000, 0x1FAFF },
};
/* clang-format on */

void characters_erase(struct characters *text)
{
	explicit_bzero(text, sizeof(*text));
}

/* The length a lead byte announces and the smallest code point of that length; 0 is no lead byte.
 */
static size_t sequence_length(unsigned char lead, uint32_t *ret_bits, uint32_t *ret_smallest)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t smallest;
	} forms[] = {
		{ 0x80, 0x00, 0 },
		{ 0xE0, 0xC0, 0x80 },
		{ 0xF0, 0xE0, 0x800 },
		{ 0xF8, 0xF0, 0x10000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if ((lead & forms[i].mask) == forms[i].lead) {
			*ret_bits = lead & (unsigned char)~forms[i].mask;
			*ret_smallest = forms[i].smallest;
			return i + 1;
		}
	return 0;
}

/* Decode one character at @bytes, which ends with a NUL. Returns its length, 0 if it is none. */
static size_t read_one(const unsigned char *bytes, uint32_t *ret)
{
	uint32_t smallest = 0, point = 0;
	const size_t length = sequence_length(bytes[0], &point, &smallest);

	for (size_t i = 1; i < length; i++) {
		if ((bytes[i] & 0xC0) != 0x80) /* the NUL at the end stops here, too */
			return 0;
		point = point << 6 | (bytes[i] & 0x3F);
	}
	if (point < smallest || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
		return 0;
	*ret = point;
	return length;
}

static bool is_control(uint32_t point)
{
	return point < 0x20 || (point >= 0x7F && point <= 0x9F) || point == 0x2028 ||
	       point == 0x2029;
}

int characters_read(const char *utf8, struct characters *ret)
{
	const unsigned char *bytes = (const unsigned char *)utf8;
	size_t length;

	ret->n = 0;
	if (strnlen(utf8, STRENGTH_BYTES_MAX + 1) > STRENGTH_BYTES_MAX)
		return -E2BIG;
	for (; *bytes; bytes += length) {
		uint32_t point = 0;

		length = read_one(bytes, &point);
		if (length == 0 || is_control(point)) {
			characters_erase(ret);
			return -EILSEQ;
		}
		if (ret->n == STRENGTH_CHARACTERS_MAX) {
			characters_erase(ret);
			return -E2BIG;
		}
		ret->at[ret->n++] = point;
	}
	return 0;
}

/* Encode one character at @out, four bytes at most. Returns how many. */
static size_t write_one(uint32_t point, unsigned char out[static 4])
{
	static const uint32_t last[] = { 0x7F, 0x7FF, 0xFFFF, 0x10FFFF };
	static const unsigned char lead[] = { 0x00, 0xC0, 0xE0, 0xF0 };
	size_t more = 0;

	while (point > last[more])
		more++;
	for (size_t i = more; i > 0; i--) {
		out[i] = (unsigned char)(0x80 | (point & 0x3F));
		point >>= 6;
	}
	out[0] = (unsigned char)(lead[more] | point);
	return more + 1;
}

size_t characters_write(const struct characters *text, char *buffer, size_t size)
{
	unsigned char bytes[4];
	size_t used = 0;

	for (size_t i = 0; i < text->n; i++) {
		const size_t length = write_one(text->at[i], bytes);

		if (used + length >= size) {
			explicit_bzero(buffer, size);
			return 0;
		}
		memcpy(buffer + used, bytes, length);
		used += length;
	}
	buffer[used] = '\0';
	return used;
}

static bool within(uint32_t point, uint32_t first, uint32_t last)
{
	return point >= first && point <= last;
}

/* The plain lower case form of @point, or 0 for a mark that only decorates the one before. */
static uint32_t fold_one(uint32_t point)
{
	if (within(point, 0xFF01, 0xFF5E)) /* full-width forms of ASCII */
		point -= 0xFF01 - '!';
	if (within(point, 'A', 'Z'))
		return point + ('a' - 'A');
	if (point <= ASCII_LAST)
		return point;
	if (within(point, 0xC0, 0xFF) && latin_1[point - 0xC0])
		return (unsigned char)latin_1[point - 0xC0];
	if (within(point, 0x100, 0x17F))
		return (unsigned char)latin_a[point - 0x100];
	if (within(point, 0x300, 0x36F))
		return 0;
	if (point == 0x1E9E)
		return 's';
	if (within(point, 0x391, 0x3A9) || within(point, 0x410, 0x42F)) /* Greek, Cyrillic */
		return point + 0x20;
	if (within(point, 0x400, 0x40F))
		return point + 0x50;
	return point;
}

void characters_fold(const struct characters *text, struct characters *ret)
{
	ret->n = 0;
	for (size_t i = 0; i < text->n; i++) {
		const uint32_t point = fold_one(text->at[i]);

		if (point)
			ret->at[ret->n++] = point;
	}
}

void characters_reverse(struct characters *text)
{
	for (size_t i = 0; i < text->n / 2; i++) {
		const uint32_t point = text->at[i];

		text->at[i] = text->at[text->n - 1 - i];
		text->at[text->n - 1 - i] = point;
	}
}

void characters_cut(struct characters *text, size_t from, size_t n)
{
	memmove(&text->at[from], &text->at[from + n], (text->n - from - n) * sizeof(text->at[0]));
	text->n -= n;
}

bool characters_equal(const struct characters *one, const struct characters *other)
{
	return one->n == other->n && memcmp(one->at, other->at, one->n * sizeof(one->at[0])) == 0;
}

ptrdiff_t characters_find(const struct characters *text, const struct characters *part)
{
	if (part->n == 0)
		return -1;
	for (size_t i = 0; i + part->n <= text->n; i++)
		if (memcmp(&text->at[i], part->at, part->n * sizeof(part->at[0])) == 0)
			return (ptrdiff_t)i;
	return -1;
}

static uint32_t least(uint32_t one, uint32_t two, uint32_t three)
{
	const uint32_t less = one < two ? one : two;

	return less < three ? less : three;
}

uint32_t characters_distance(const struct characters *one, const struct characters *other)
{
	uint32_t row[STRENGTH_CHARACTERS_MAX + 1];

	for (uint32_t j = 0; j <= other->n; j++)
		row[j] = j;
	for (uint32_t i = 1; i <= one->n; i++) {
		uint32_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= other->n; j++) {
			const uint32_t above = row[j];
			const uint32_t same = one->at[i - 1] == other->at[j - 1] ? 0 : 1;

			row[j] = least(diagonal + same, above + 1, row[j - 1] + 1);
			diagonal = above;
		}
	}
	return row[other->n];
}

bool is_digit(uint32_t point)
{
	return within(point, '0', '9');
}

bool is_letter(uint32_t point)
{
	if (point <= ASCII_LAST)
		return within(point, 'a', 'z') || within(point, 'A', 'Z');
	for (size_t i = 0; i < ARRAY_SIZE(symbols); i++)
		if (within(point, symbols[i].first, symbols[i].last))
			return false;
	return true;
}
