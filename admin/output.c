/* SPDX-License-Identifier: MIT */
/* output.c - colour and line width as the terminal has them. */
#include "output.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <sereno/scoped.h>

#include "messages.h"

#define WIDTH_LEAST 20
#define WIDTH_MOST  1000

static const char *const colours[] = {
	[STYLE_PLAIN] = "",	      [STYLE_GOOD] = "\033[32m", [STYLE_BAD] = "\033[31m",
	[STYLE_WARNING] = "\033[33m", [STYLE_FAINT] = "\033[2m", [STYLE_STRONG] = "\033[1m",
};

static unsigned width_of(FILE *stream)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size = { 0 };
	unsigned long wanted = 0;
	char *end = NULL;

	if (columns && *columns >= '0' && *columns <= '9') {
		wanted = strtoul(columns, &end, 10);
		if (!*end && wanted >= WIDTH_LEAST && wanted <= WIDTH_MOST)
			return (unsigned)wanted;
	}
	if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col >= WIDTH_LEAST)
		return size.ws_col;
	return 0;
}

void output_open(struct output *output, FILE *stream)
{
	const char *no_colour = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	output->stream = stream;
	output->terminal = isatty(fileno(stream)) == 1;
	output->colour = output->terminal && !(no_colour && *no_colour) &&
			 !(term && strcmp(term, "dumb") == 0);
	output->width = width_of(stream);
}

static void begin_style(const struct output *output, enum style style)
{
	if (output->colour)
		fputs(colours[style], output->stream);
}

static void end_style(const struct output *output, enum style style)
{
	if (output->colour && style != STYLE_PLAIN)
		fputs("\033[0m", output->stream);
}

void output_print(const struct output *output, enum style style, const char *format, ...)
{
	va_list arguments;

	begin_style(output, style);
	va_start(arguments, format);
	vfprintf(output->stream, format, arguments);
	va_end(arguments);
	end_style(output, style);
}

/* How many columns @bytes bytes of UTF-8 take: one for each character, which is near enough. */
static size_t columns_of(const char *text, size_t bytes)
{
	size_t columns = 0;

	for (size_t i = 0; i < bytes; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

/* Print @text from column @at on, continued at column @indent. */
static void print_wrapped(const struct output *output, const char *text, size_t at, size_t indent)
{
	const size_t start = at;

	while (*text) {
		size_t blanks = strspn(text, " ");
		size_t word = strcspn(text + blanks, " ");
		size_t columns = blanks + columns_of(text + blanks, word);

		if (output->width > 0 && at + columns > output->width && at > start &&
		    at > indent) {
			fprintf(output->stream, "\n%*s", (int)indent, "");
			at = indent;
			columns -= blanks;
			text += blanks;
			blanks = 0;
		}
		fwrite(text, 1, blanks + word, output->stream);
		at += columns;
		text += blanks + word;
	}
}

void output_wrap(const struct output *output, enum style style, unsigned indent, const char *format,
		 ...)
{
	scoped_free char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	text = format_text(format, arguments);
	va_end(arguments);
	if (!text)
		return;
	begin_style(output, style);
	print_wrapped(output, text, 0, indent);
	end_style(output, style);
	fputc('\n', output->stream);
}

void output_field(const struct output *output, unsigned column, const char *label, const char *text)
{
	const bool beside = output->width == 0 || column + WIDTH_LEAST <= output->width;
	const size_t columns = columns_of(label, strlen(label));

	output_print(output, STYLE_FAINT, "%s", label);
	if (columns < column)
		fprintf(output->stream, "%*s", (int)(column - columns), "");
	print_wrapped(output, text, columns < column ? column : columns, beside ? column : 4);
	fputc('\n', output->stream);
}

void output_lines(const struct output *output, const char *text)
{
	while (*text) {
		const size_t length = strcspn(text, "\n");

		if (*text == ' ')
			fprintf(output->stream, "%.*s\n", (int)length, text);
		else
			output_wrap(output, STYLE_PLAIN, 0, "%.*s", (int)length, text);
		text += length + (text[length] == '\n');
	}
}

void table_measure(struct table *table, const char *const *cells)
{
	for (size_t i = 0; i < table->columns; i++) {
		const size_t columns = columns_of(cells[i], strlen(cells[i]));

		if (columns > table->width[i])
			table->width[i] = columns;
	}
}

/* Whether the columns before the last leave room for it. */
static bool table_fits(const struct table *table, const struct output *output)
{
	size_t at = 0;

	for (size_t i = 0; i + 1 < table->columns; i++)
		at += table->width[i] + 2;
	return output->width == 0 || at + WIDTH_LEAST <= output->width;
}

/* All cells in a row, as far as they go. */
static void print_paragraph(const struct table *table, const struct output *output,
			    const char *const *cells)
{
	scoped_free char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		return;
	for (size_t i = 0; i < table->columns; i++)
		fprintf(stream, "%s%s", i > 0 ? "  " : "", cells[i]);
	if (fclose(stream) == 0)
		print_wrapped(output, text, 0, 4);
}

void table_print(const struct table *table, const struct output *output, enum style style,
		 const char *const *cells)
{
	const char *last = cells[table->columns - 1];
	size_t at = 0;

	begin_style(output, style);
	if (!table_fits(table, output)) {
		print_paragraph(table, output, cells);
		end_style(output, style);
		fputc('\n', output->stream);
		return;
	}
	for (size_t i = 0; i + 1 < table->columns; i++) {
		const size_t columns = columns_of(cells[i], strlen(cells[i]));

		fprintf(output->stream, "%s%*s", cells[i], (int)(table->width[i] - columns + 2),
			"");
		at += table->width[i] + 2;
	}
	print_wrapped(output, last, at, at);
	end_style(output, style);
	fputc('\n', output->stream);
}
