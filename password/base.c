/* SPDX-License-Identifier: MIT */
/* base.c - the word under the decoration: P@ssw0rd2024! is password. */
#include "base.h"

#include <string.h>

#include <sereno/scoped.h>

#include "words.h"

#define YEAR_DIGITS 4

const struct reading plain_reading = { 0, 0, INSIDE_LEET, ONE_IS_I };

/* The letter that @point is written for, or 0. */
static uint32_t leet_letter(uint32_t point, enum one one)
{
	static const char digits[] = "oizeasgtbg";

	if (is_digit(point))
		return point == '1' && one == ONE_IS_L ? 'l' : (unsigned char)digits[point - '0'];
	switch (point) {
	case '@':
		return 'a';
	case '$':
	case 0xA7: /* section sign */
		return 's';
	case '!':
	case 0xA1: /* inverted exclamation mark */
		return 'i';
	case '|':
		return 'l';
	case '+':
		return 't';
	case '(':
		return 'c';
	case 0x20AC: /* euro sign */
		return 'e';
	}
	return 0;
}

static bool is_year(const uint32_t *at)
{
	return (at[0] == '1' && at[1] == '9' && is_digit(at[2]) && is_digit(at[3])) ||
	       (at[0] == '2' && at[1] == '0' && is_digit(at[2]) && is_digit(at[3]));
}

static size_t count_digits(const struct characters *text, size_t from)
{
	size_t n = 0;

	while (from + n < text->n && is_digit(text->at[from + n]))
		n++;
	return n;
}

void base_cut_years(struct characters *folded)
{
	size_t i = 0;

	while (i < folded->n) {
		const size_t n = count_digits(folded, i);

		if (n == YEAR_DIGITS && is_year(&folded->at[i]))
			characters_cut(folded, i, n);
		else
			i += n ? n : 1;
	}
}

/* The letter @point stands for inside a word, or 0 for nothing. */
static uint32_t read_inside(uint32_t point, enum inside inside, enum one one)
{
	if (is_letter(point))
		return point;
	switch (inside) {
	case INSIDE_LEET:
		return leet_letter(point, one);
	case INSIDE_LEET_DIGITS:
		return is_digit(point) ? leet_letter(point, one) : 0;
	case INSIDE_DROPPED:
		break;
	}
	return 0;
}

static void append(struct characters *text, uint32_t point)
{
	if (point)
		text->at[text->n++] = point;
}

void base_undo_leet(const struct characters *folded, enum inside inside, enum one one,
		    struct characters *ret)
{
	ret->n = 0;
	for (size_t i = 0; i < folded->n; i++)
		append(ret, read_inside(folded->at[i], inside, one));
}

/* Append @n characters at @from as leet letters. Returns whether all of them are. */
static bool append_leet(const struct characters *folded, size_t from, size_t n, enum one one,
			struct characters *ret)
{
	for (size_t i = from; i < from + n; i++) {
		const uint32_t letter = leet_letter(folded->at[i], one);

		if (letter == 0)
			return false;
		append(ret, letter);
	}
	return true;
}

bool base_read(const struct characters *folded, const struct reading *reading,
	       struct characters *ret)
{
	size_t first = 0, end = folded->n;

	ret->n = 0;
	while (first < end && !is_letter(folded->at[first]))
		first++;
	while (end > first && !is_letter(folded->at[end - 1]))
		end--;
	if (first == end)
		return reading->before == 0 && reading->after == 0;
	if (reading->before > first || reading->after > folded->n - end ||
	    !append_leet(folded, first - reading->before, reading->before, reading->one, ret))
		return false;
	for (size_t i = first; i < end; i++)
		append(ret, read_inside(folded->at[i], reading->inside, reading->one));
	return append_leet(folded, end, reading->after, reading->one, ret);
}

size_t strength_base(const char *password, char base[static STRENGTH_BASE_MAX])
{
	scoped_characters struct characters text = { 0 }, folded = { 0 };

	base[0] = '\0';
	if (characters_read(password, &text) < 0)
		return 0;
	characters_fold(&text, &folded);
	base_cut_years(&folded);
	(void)base_read(&folded, &plain_reading, &text); /* the plain reading is always possible */
	if (characters_write(&text, base, STRENGTH_BASE_MAX) == 0)
		return 0;
	return word_without_season(base);
}
