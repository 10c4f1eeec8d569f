/* SPDX-License-Identifier: MIT */
/* alphabet.c - the 32 characters of recovery codes: no two look alike (Crockford's base32). */
#include "alphabet.h"

#include <string.h>

const char alphabet[ALPHABET_SIZE + 1] = "0123456789abcdefghjkmnpqrstvwxyz";

char alphabet_character(char typed)
{
	if (typed >= 'A' && typed <= 'Z')
		typed = (char)(typed - 'A' + 'a');
	if (typed == 'o')
		return '0';
	if (typed == 'i' || typed == 'l')
		return '1';
	return typed != '\0' && strchr(alphabet, typed) ? typed : '\0';
}
