/* SPDX-License-Identifier: MIT */
/* known.c - is what remains of a password, its decoration taken off, a word people use? */
#include "known.h"

#include <string.h>

#include <sereno/scoped.h>

#include "base.h"
#include "words.h"

#define WORD_MIN 4 /* characters; less is no word but a short base */

/* Leet letters that may belong to the ends of a word: f0rtr3$$. */
#define BEFORE_MAX 2
#define AFTER_MAX  4

/* What makes up for a short base: so many different symbols, or symbols and digits. */
#define SYMBOLS_MIN 4
#define OTHERS_MIN  8

/* Whether @word is in the dictionary, or what it is the plural of. It is changed. */
static bool dictionary_has_form(struct dictionary *dictionary, char *word, size_t length)
{
	if (dictionary_has(dictionary, word))
		return true;
	if (length <= WORD_MIN || word[length - 1] != 's')
		return false;
	word[length - 1] = '\0';
	return dictionary_has(dictionary, word);
}

/* Whether @word is known, as it is or without the season at its end. It is changed. */
static bool is_known(char *word, struct dictionary *dictionary)
{
	if (word_is_known(word))
		return true;
	(void)word_without_season(word);
	return word_is_known(word) ||
	       (dictionary && dictionary_has_form(dictionary, word, strlen(word)));
}

static bool reading_is_known(const struct characters *reading, struct dictionary *dictionary)
{
	char word[STRENGTH_BASE_MAX];
	bool known = false;

	if (reading->n >= WORD_MIN && characters_write(reading, word, sizeof(word)) > 0)
		known = is_known(word, dictionary);
	explicit_bzero(word, sizeof(word));
	return known;
}

/* Whether @text has so many different digits and symbols that they are no mere decoration. */
static bool is_rich(const struct characters *text)
{
	size_t symbols = 0, others = 0;

	for (size_t i = 0; i < text->n; i++) {
		size_t before = 0;

		while (before < i && text->at[before] != text->at[i])
			before++;
		if (before < i || is_letter(text->at[i]))
			continue;
		others++;
		symbols += !is_digit(text->at[i]);
	}
	return symbols >= SYMBOLS_MIN || others >= OTHERS_MIN;
}

/* Try the readings that differ in what the ends keep. */
static bool some_end_is_known(const struct characters *text, enum inside inside, enum one one,
			      struct dictionary *dictionary)
{
	scoped_characters struct characters word = { 0 }, last = { 0 };
	struct reading reading = { .inside = inside, .one = one };

	for (reading.before = 0; reading.before <= BEFORE_MAX; reading.before++)
		for (reading.after = 0; reading.after <= AFTER_MAX; reading.after++) {
			if (!base_read(text, &reading, &word) || characters_equal(&word, &last))
				continue;
			if (reading_is_known(&word, dictionary))
				return true;
			last = word;
		}
	return false;
}

static bool has_one(const struct characters *text)
{
	for (size_t i = 0; i < text->n; i++)
		if (text->at[i] == '1')
			return true;
	return false;
}

bool base_is_known(const struct characters *folded, struct dictionary *dictionary)
{
	scoped_characters struct characters text = *folded, word = { 0 }, dropped = { 0 };
	const struct reading without_symbols = { .inside = INSIDE_LEET_DIGITS };
	const struct reading without_others = { .inside = INSIDE_DROPPED };

	base_cut_years(&text);
	(void)base_read(&text, &plain_reading, &word); /* the plain reading is always possible */
	if (word.n < WORD_MIN && !is_rich(folded))
		return true;
	if (some_end_is_known(&text, INSIDE_LEET, ONE_IS_I, dictionary) ||
	    (has_one(&text) && some_end_is_known(&text, INSIDE_LEET, ONE_IS_L, dictionary)))
		return true;
	(void)base_read(&text, &without_symbols, &dropped);
	if (!characters_equal(&word, &dropped) && reading_is_known(&dropped, dictionary))
		return true;
	(void)base_read(&text, &without_others, &dropped);
	return !characters_equal(&word, &dropped) && reading_is_known(&dropped, dictionary);
}
