/* SPDX-License-Identifier: MIT */
/*
 * character.h - one character of a hostile text: read it, and say why it is refused.
 *
 * What a screen does not show as it stands in the file can hide a rule from the person who
 * reviews it: control characters, other line ends, marks that reverse the direction of writing.
 */
#ifndef CHARACTER_H
#define CHARACTER_H

#include <stddef.h>
#include <stdint.h>

/* Read the character at @text (@length bytes, at least 1). Returns how many bytes it takes, or 0
 * when they are not UTF-8 (overlong forms, surrogates and numbers above U+10FFFF included). */
size_t character_read(const char *text, size_t length, uint32_t *ret);

/* What is wrong with @character in a policy ("a NUL"), or NULL. A line feed is not wrong. */
const char *character_fault(uint32_t character);

#endif
