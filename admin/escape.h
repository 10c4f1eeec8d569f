/* SPDX-License-Identifier: MIT */
/*
 * escape.h - names from files and command lines, made safe for a terminal.
 */
#ifndef ADMIN_ESCAPE_H
#define ADMIN_ESCAPE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ESCAPE_MAX 1100 /* 256 bytes of name at four characters each, and more than that is cut */

/*
 * Copy @text to @buffer with every byte that could steer a terminal or mislead a reader (control
 * characters, invalid UTF-8, marks of writing direction, backslashes) as \xNN. A text that does
 * not fit ends in "...". Returns @buffer.
 */
const char *escape(char buffer[static ESCAPE_MAX], const char *text);

/* Write @text to @stream so, whatever its length. Backslashes stay: what escape() made of a name
 * in it is not made twice. */
void escape_write(FILE *stream, const char *text);

/* The character at @text (NUL-terminated), strict UTF-8. Returns its length in bytes, 0 when it
 * is not valid; *@ret is written only for a valid one. */
size_t utf8_character(const char *text, uint32_t *ret);

#endif
