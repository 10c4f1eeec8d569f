/* SPDX-License-Identifier: MIT */
/* contained.c - does a password contain a word, in whatever disguise? */
#include "contained.h"

#include <string.h>

#include <sereno/scoped.h>

#include "base.h"

#define WORD_MIN 4 /* shorter words are contained in too much */

void disguises_erase(struct disguises *disguises)
{
	explicit_bzero(disguises, sizeof(*disguises));
}

void disguises_make(const struct characters *folded, struct disguises *ret)
{
	scoped_characters struct characters without_years = *folded;
	size_t n = 0;

	ret->folded = *folded;
	base_cut_years(&without_years);
	(void)base_read(&without_years, &plain_reading, &ret->base); /* always possible */
	base_undo_leet(folded, INSIDE_LEET, ONE_IS_I, &ret->form[n++]);
	base_undo_leet(folded, INSIDE_LEET, ONE_IS_L, &ret->form[n++]);
	base_undo_leet(folded, INSIDE_LEET_DIGITS, ONE_IS_I, &ret->form[n++]);
	base_undo_leet(folded, INSIDE_LEET_DIGITS, ONE_IS_L, &ret->form[n++]);
	base_undo_leet(folded, INSIDE_DROPPED, ONE_IS_I, &ret->form[n++]);
	base_undo_leet(&without_years, INSIDE_LEET, ONE_IS_I, &ret->form[n++]);
}

static bool contain_forwards(const struct disguises *disguises, const struct characters *word,
			     const struct characters *letters)
{
	bool found = characters_find(&disguises->folded, word) >= 0;

	if (letters->n < WORD_MIN)
		return found;
	for (size_t i = 0; !found && i < CONTAINED_FORMS; i++)
		found = characters_find(&disguises->form[i], letters) >= 0;
	return found;
}

/* @word is folded. */
static bool contain_folded(const struct disguises *disguises, struct characters *word)
{
	struct characters letters;

	base_undo_leet(word, INSIDE_LEET, ONE_IS_I, &letters);
	if (word->n < WORD_MIN)
		return letters.n > 0 && characters_equal(&disguises->base, &letters);
	if (contain_forwards(disguises, word, &letters))
		return true;
	characters_reverse(word);
	characters_reverse(&letters);
	return contain_forwards(disguises, word, &letters);
}

bool disguises_contain(const struct disguises *disguises, const char *word)
{
	struct characters text, folded;

	if (characters_read(word, &text) < 0)
		return false;
	characters_fold(&text, &folded);
	return contain_folded(disguises, &folded);
}

bool disguises_contain_word_of(const struct disguises *disguises, const char *text)
{
	struct characters read, folded, word = { .n = 0 };

	if (characters_read(text, &read) < 0)
		return false;
	characters_fold(&read, &folded);
	for (size_t i = 0; i <= folded.n; i++) {
		const uint32_t point = i < folded.n ? folded.at[i] : ' ';

		if (is_letter(point) || is_digit(point)) {
			word.at[word.n++] = point;
			continue;
		}
		if (word.n >= WORD_MIN && contain_folded(disguises, &word))
			return true;
		word.n = 0;
	}
	return false;
}
