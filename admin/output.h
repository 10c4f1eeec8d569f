/* SPDX-License-Identifier: MIT */
/*
 * output.h - text for people on stdout: colour and width as the terminal has them.
 */
#ifndef ADMIN_OUTPUT_H
#define ADMIN_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum style { STYLE_PLAIN, STYLE_GOOD, STYLE_BAD, STYLE_WARNING, STYLE_FAINT, STYLE_STRONG };

struct output {
	FILE *stream;
	bool terminal;
	bool colour;
	unsigned width; /* columns; 0 is no limit: a file or a pipe */
};

/* Look at what @stream is. NO_COLOR (any value but empty) and TERM=dumb turn colours off;
 * COLUMNS, a number, wins over what the terminal says. */
void output_open(struct output *output, FILE *stream);

/* Print in @style, as it is: no wrapping. */
void output_print(const struct output *output, enum style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Print as a paragraph, wrapped at blanks, continued @indent columns in, and end the line. */
void output_wrap(const struct output *output, enum style style, unsigned indent, const char *format,
		 ...) __attribute__((format(printf, 4, 5)));

/* Print @label, and @text wrapped beside it from column @column on; where the terminal is too
 * narrow for that, below it. The label is faint, as its text says more. */
void output_field(const struct output *output, unsigned column, const char *label,
		  const char *text);

/* Print each line of @text as a paragraph; lines that begin with a blank are examples and stay. */
void output_lines(const struct output *output, const char *text);

#define TABLE_COLUMNS 8

/*
 * A table in two passes, so that none of it is kept: first every row, the head included, is
 * measured, then every row is printed, in columns as wide as their texts. Where the terminal is
 * narrower, the last column wraps, or, when no room is left for it, each row is a paragraph.
 * Zero-initialise with .columns.
 */
struct table {
	size_t columns;
	size_t width[TABLE_COLUMNS];
};

void table_measure(struct table *table, const char *const *cells);
void table_print(const struct table *table, const struct output *output, enum style style,
		 const char *const *cells);

#endif
