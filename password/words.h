/* SPDX-License-Identifier: MIT */
/*
 * words.h - the words people build passwords on that no dictionary of English need hold.
 *
 * Spanish, English, Italian, French, German, Serbian; folded as characters_fold() does. Pure.
 */
#ifndef PASSWORD_WORDS_H
#define PASSWORD_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Whether @base is such a word, twice such a word, a walk over the keyboard, or hardly a word at
 * all. */
bool word_is_known(const char *base);

/* Take seasons, months and days of the week off both ends of @base while a word remains.
 * Returns its new length. */
size_t word_without_season(char *base);

#endif
