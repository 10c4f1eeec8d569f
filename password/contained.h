/* SPDX-License-Identifier: MIT */
/*
 * contained.h - does a password contain a word, in whatever disguise?
 */
#ifndef PASSWORD_CONTAINED_H
#define PASSWORD_CONTAINED_H

#include "characters.h"

#define CONTAINED_FORMS 6

/* A password, ready to be searched: as it is, and with leet undone in several ways. */
struct disguises {
	struct characters folded, base;
	struct characters form[CONTAINED_FORMS];
};

#define scoped_disguises scoped(disguises_erase)

void disguises_erase(struct disguises *disguises);
void disguises_make(const struct characters *folded, struct disguises *ret);

/* Whether @word (UTF-8, any case) is contained, forwards or backwards; one of less than four
 * characters only as the whole base. What is not UTF-8 is contained in nothing. */
bool disguises_contain(const struct disguises *disguises, const char *word);

/* The same for each word of four characters or more in @text, which is cut at whatever is no
 * letter or digit. */
bool disguises_contain_word_of(const struct disguises *disguises, const char *text);

#endif
