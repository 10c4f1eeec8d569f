/* SPDX-License-Identifier: MIT */
/*
 * alphabet.h - the 32 characters of recovery codes: no two look alike (Crockford's base32).
 */
#ifndef OTP_ALPHABET_H
#define OTP_ALPHABET_H

#define ALPHABET_SIZE 32
extern const char alphabet[ALPHABET_SIZE + 1];

/* The character of the alphabet that @typed stands for, or '\0'. */
char alphabet_character(char typed);

#endif
