/* SPDX-License-Identifier: MIT */
/*
 * known.h - is what remains of a password, its decoration taken off, a word people use?
 */
#ifndef PASSWORD_KNOWN_H
#define PASSWORD_KNOWN_H

#include "characters.h"
#include "dictionary.h"

/* Whether some reading of @folded is a known word, or next to nothing is left beside digits and
 * symbols. @dictionary may be NULL: then only our own words count. */
bool base_is_known(const struct characters *folded, struct dictionary *dictionary);

#endif
