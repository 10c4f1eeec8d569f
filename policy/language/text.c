/* SPDX-License-Identifier: MIT */
/* text.c - may these bytes be read as a policy at all? */
#include <errno.h>
#include <string.h>

#include <sereno/model.h>

#include "character.h"
#include "text.h"

#define TEXT_FAULTS_MAX 100

/* Faults that concern the file as a whole: one message says it all. Returns 0 or -EINVAL. */
static int check_whole(const char *text, size_t length, struct diag_list *diags)
{
	const struct mark top = { 1, 1 };

	if (length == 0)
		return diag_fault(diags, top,
				  "the file is empty; a policy begins with 'sereno: 1'");
	if (length > MODEL_MAX_BYTES)
		return diag_fault(diags, (struct mark){ 0 }, "larger than %u MiB",
				  MODEL_MAX_BYTES >> 20);
	if (length >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
		return diag_fault(diags, top, "is UTF-16 or UTF-32; save it as UTF-8");
	if (length >= 2 && (text[0] == '\0') != (text[1] == '\0'))
		return diag_fault(
			diags, top,
			"has a NUL in its first character, as UTF-16 has; save it as UTF-8");
	return 0;
}

struct place {
	struct mark at;
	bool indents; /* nothing but spaces so far on this line */
	bool said_crlf;
	size_t faults;
};

static void add_fault(struct place *place, uint32_t character, const char *fault,
		      struct diag_list *diags)
{
	place->faults++;
	if (character == '\t' && place->indents)
		diag_fault(diags, place->at, "a tab in the indentation; use spaces");
	else if (character == '\t')
		diag_fault(diags, place->at, "a tab; use spaces");
	else if (character == 0xfeff && place->at.line == 1 && place->at.column == 1)
		diag_fault(diags, place->at,
			   "the file begins with a byte order mark; save it as UTF-8 without one");
	else
		diag_fault(diags, place->at, "U+%04X: %s; remove it", character, fault);
}

/* A line end in CR LF is one mistake of the whole file, not one per line. */
static void add_crlf(struct place *place, struct diag_list *diags)
{
	if (!place->said_crlf) {
		place->faults++;
		diag_fault(
			diags, place->at,
			"line ends in CR LF (Windows); convert the file: sed -i 's/\\r$//' FILE");
	}
	place->said_crlf = true;
}

/* Look at the character at @text and step behind it; returns how many bytes that takes. */
static size_t step(struct place *place, const char *text, size_t length, struct diag_list *diags)
{
	uint32_t character = 0;
	size_t size = character_read(text, length, &character);
	const char *fault = size ? character_fault(character) : NULL;

	if (!size) {
		place->faults++;
		diag_fault(diags, place->at, "byte 0x%02x is not UTF-8; save the file as UTF-8",
			   (unsigned char)*text);
		size = 1;
	} else if (character == '\r' && length > 1 && text[1] == '\n') {
		add_crlf(place, diags);
	} else if (fault) {
		add_fault(place, character, fault, diags);
	}

	if (character == '\n') {
		place->at.line++;
		place->at.column = 1;
		place->indents = true;
		return size;
	}
	place->at.column++;
	place->indents = place->indents && (character == ' ' || character == '\t');
	return size;
}

int text_check(const char *text, size_t length, struct diag_list *diags)
{
	struct place place = { .at = { 1, 1 }, .indents = true };
	int r = check_whole(text, length, diags);

	if (r < 0)
		return r;
	for (size_t i = 0; i < length;) {
		i += step(&place, text + i, length - i, diags);
		if (place.faults == TEXT_FAULTS_MAX)
			return diag_fault(diags, place.at,
					  "too many such characters; is this a text file?");
	}
	return place.faults ? -EINVAL : 0;
}
