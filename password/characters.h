/* SPDX-License-Identifier: MIT */
/*
 * characters.h - a password as the characters a person sees, not as bytes.
 *
 * Everything here holds secrets: declare with scoped_characters, which erases at the end of the
 * scope. Pure; independent of the locale, since login programs run in any.
 */
#ifndef PASSWORD_CHARACTERS_H
#define PASSWORD_CHARACTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sereno/strength.h>

struct characters {
	size_t n;
	uint32_t at[STRENGTH_CHARACTERS_MAX]; /* Unicode code points */
};

#define scoped_characters scoped(characters_erase)

void characters_erase(struct characters *text);

/* Decode UTF-8. Returns 0, -EILSEQ (not UTF-8, or a control character) or -E2BIG (longer than
 * STRENGTH_CHARACTERS_MAX or STRENGTH_BYTES_MAX); *@ret then holds nothing. */
int characters_read(const char *utf8, struct characters *ret);

/* Write UTF-8 with a NUL into @buffer. Returns the length, 0 if it does not fit. */
size_t characters_write(const struct characters *text, char *buffer, size_t size);

/* Lower case, without accents and combining marks; full-width forms become plain ones. */
void characters_fold(const struct characters *text, struct characters *ret);

void characters_reverse(struct characters *text);

/* Take @n characters out at @from. */
void characters_cut(struct characters *text, size_t from, size_t n);

bool characters_equal(const struct characters *one, const struct characters *other);

/* Where @part begins in @text, or -1; an empty part is nowhere. */
ptrdiff_t characters_find(const struct characters *text, const struct characters *part);

/* Characters to change, add or take away to make one of the other. */
uint32_t characters_distance(const struct characters *one, const struct characters *other);

bool is_digit(uint32_t point);
bool is_letter(uint32_t point); /* of a folded text: all but digits, punctuation, symbols, spaces */

#endif
