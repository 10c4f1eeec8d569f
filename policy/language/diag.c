/* SPDX-License-Identifier: MIT */
/* diag.c - the faults and warnings found in one policy file, each with its place. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include <sereno/diag.h>
#include <sereno/scoped.h>

#include "character.h"

#define WORD_MAX 64 /* longer words are never a slip of the pen */

/*
 * A copy of @text that a terminal shows and does not obey: what is not UTF-8 or would be refused
 * in a policy becomes \xNN.
 */
static char *escape(const char *text)
{
	const size_t length = strlen(text);
	char *copy = malloc(4 * length + 1);
	char *to = copy;
	uint32_t character;

	if (!copy)
		return NULL;
	for (size_t i = 0; i < length;) {
		static const char digits[] = "0123456789abcdef";
		const size_t size = character_read(text + i, length - i, &character);
		const unsigned char byte = (unsigned char)text[i];

		if (size && character != '\n' && !character_fault(character)) {
			memcpy(to, text + i, size);
			to += size;
			i += size;
			continue;
		}
		*to++ = '\\';
		*to++ = 'x';
		*to++ = digits[byte >> 4];
		*to++ = digits[byte & 15];
		i++;
	}
	*to = '\0';
	return copy;
}

static bool make_room(struct diag_list *list)
{
	const size_t more = list->allocated ? 2 * list->allocated : 16;
	struct diag *item;

	if (list->n < list->allocated)
		return true;
	item = reallocarray(list->item, more, sizeof(*item));
	if (!item)
		return false;
	list->item = item;
	list->allocated = more;
	return true;
}

static void add(struct diag_list *list, enum severity severity, struct mark at, const char *format,
		va_list arguments) __attribute__((format(printf, 4, 0)));

static void add(struct diag_list *list, enum severity severity, struct mark at, const char *format,
		va_list arguments)
{
	scoped_free char *raw = NULL;
	char *text;

	if (list->n == DIAG_MAX || !make_room(list))
		return;
	if (vasprintf(&raw, format, arguments) < 0) {
		raw = NULL; /* its content is undefined then */
		return;
	}
	text = escape(raw);
	if (text)
		list->item[list->n++] =
			(struct diag){ .severity = severity, .at = at, .text = text };
}

int diag_fault(struct diag_list *list, struct mark at, const char *format, ...)
{
	va_list arguments;

	list->faults++;
	va_start(arguments, format);
	add(list, DIAG_FAULT, at, format, arguments);
	va_end(arguments);
	return -EINVAL;
}

void diag_warn(struct diag_list *list, struct mark at, const char *format, ...)
{
	va_list arguments;

	list->warnings++;
	va_start(arguments, format);
	add(list, DIAG_WARNING, at, format, arguments);
	va_end(arguments);
}

static bool comes_after(const struct diag *a, const struct diag *b)
{
	if (a->at.line != b->at.line)
		return a->at.line > b->at.line;
	return a->at.column > b->at.column;
}

/* By insertion: at most DIAG_MAX of them, and mostly in order. */
void diag_sort(struct diag_list *list)
{
	for (size_t i = 1; i < list->n; i++) {
		const struct diag moved = list->item[i];
		size_t to = i;

		for (; to > 0 && comes_after(&list->item[to - 1], &moved); to--)
			list->item[to] = list->item[to - 1];
		list->item[to] = moved;
	}
}

void diag_clear(struct diag_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->item[i].text);
	free(list->item);
	*list = (struct diag_list){ 0 };
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters to change, add, leave out or swap with their neighbour to make @a of @b; both at most
 * WORD_MAX long. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	uint8_t row[3][WORD_MAX + 1];
	uint8_t *before = row[0], *last = row[1], *now = row[2];

	for (size_t j = 0; j <= b_length; j++)
		last[j] = (uint8_t)j;
	for (size_t i = 1; i <= a_length; i++) {
		uint8_t *const oldest = before;

		now[0] = (uint8_t)i;
		for (size_t j = 1; j <= b_length; j++) {
			const size_t changed = last[j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u);
			size_t best = least(changed, least(last[j], now[j - 1]) + 1u);

			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				best = least(best, before[j - 2] + 1u);
			now[j] = (uint8_t)best;
		}
		before = last;
		last = now;
		now = oldest;
	}
	return last[b_length];
}

const char *diag_nearest(const char *word, const char *const *candidates, size_t n)
{
	const size_t length = strlen(word);
	size_t limit = length / 3;
	const char *nearest = NULL;

	if (length > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		const size_t other = strlen(candidates[i]);
		size_t d;

		if (other > WORD_MAX || other > length + limit || length > other + limit)
			continue;
		d = distance(word, length, candidates[i], other);
		if (d < limit || (d == limit && !nearest && d > 0)) {
			nearest = candidates[i];
			limit = d;
		}
	}
	return nearest;
}
