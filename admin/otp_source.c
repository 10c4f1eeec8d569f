/* SPDX-License-Identifier: MIT */
/* otp_source.c - lines, words and numbers of a foreign file, and what was found in it. */
#include "otp_source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r\f\v"

void otp_source_clear(struct otp_source *source)
{
	if (source->found)
		explicit_bzero(source->found, source->room * sizeof(*source->found));
	free(source->found);
	*source = (struct otp_source){ .found = NULL };
}

/* Not by realloc(), which would leave the secrets where they were. */
static int make_room(struct otp_source *source)
{
	const size_t room = source->room ? source->room * 2 : 8;
	struct otp_found *more = calloc(room, sizeof(*more));
	struct otp_source before = *source;

	if (!more)
		return -ENOMEM;
	if (before.n > 0)
		memcpy(more, before.found, before.n * sizeof(*more));
	source->found = more;
	source->room = room;
	otp_source_clear(&before);
	return 0;
}

struct otp_found *otp_source_add(struct otp_source *source, unsigned long line)
{
	if (source->n == source->room && make_room(source) < 0)
		return NULL;
	source->found[source->n].line = line;
	return &source->found[source->n++];
}

char *otp_source_line(char **at)
{
	char *line = *at;
	const size_t length = strcspn(line, "\n");

	if (!*line)
		return NULL;
	*at = line + length + (line[length] == '\n');
	line[length] = '\0';
	if (length > 0 && line[length - 1] == '\r')
		line[length - 1] = '\0';
	return line;
}

char *otp_source_word(char **at)
{
	char *word = *at + strspn(*at, BLANKS);
	const size_t length = strcspn(word, BLANKS);

	if (length == 0)
		return NULL;
	*at = word + length + (word[length] != '\0');
	word[length] = '\0';
	return word;
}

int otp_source_number(const char *text, uint64_t max, uint64_t *ret)
{
	uint64_t number = 0, digit;

	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		digit = (uint64_t)(*text - '0');
		if (digit > max || number > (max - digit) / 10)
			return -EINVAL;
		number = number * 10 + digit;
	}
	*ret = number;
	return 0;
}
