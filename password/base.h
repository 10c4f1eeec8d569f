/* SPDX-License-Identifier: MIT */
/*
 * base.h - the word under the decoration: P@ssw0rd2024! is password.
 *
 * What a digit or a symbol stands for is a guess, so there are several readings of one password;
 * the plain one is what strength_base() gives. Pure.
 */
#ifndef PASSWORD_BASE_H
#define PASSWORD_BASE_H

#include "characters.h"

/* What digits and symbols between letters are. */
enum inside {
	INSIDE_LEET,	    /* letters: p@ssw0rd */
	INSIDE_LEET_DIGITS, /* digits are letters, symbols are nothing: pa-ssw0rd */
	INSIDE_DROPPED,	    /* nothing: pass123word */
};

enum one { ONE_IS_I, ONE_IS_L };

struct reading {
	size_t before, after; /* leet characters that belong to the word's ends: barc@ */
	enum inside inside;
	enum one one;
};

extern const struct reading plain_reading;

/* Take out the years 1900 to 2099. */
void base_cut_years(struct characters *folded);

/* Undo leet everywhere, and drop what is no letter then. */
void base_undo_leet(const struct characters *folded, enum inside inside, enum one one,
		    struct characters *ret);

/* Read @folded: what stands before the first and after the last letter goes, but for what the
 * reading keeps. Returns whether that reading is possible; *@ret may be empty. */
bool base_read(const struct characters *folded, const struct reading *reading,
	       struct characters *ret);

#endif
