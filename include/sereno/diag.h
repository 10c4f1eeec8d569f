/* SPDX-License-Identifier: MIT */
/*
 * diag.h - the faults and warnings found in one policy file, each with its place.
 *
 * Used by everything that reads a policy text (policy/, admin/). Not for modules: they never
 * parse text. Not thread-safe; one list belongs to one reader.
 */
#ifndef SERENO_DIAG_H
#define SERENO_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A place in a text: line and column count from 1, the column in characters. 0 is "the file". */
struct mark {
	uint32_t line, column;
};

enum severity { DIAG_FAULT, DIAG_WARNING };

struct diag {
	enum severity severity;
	struct mark at;
	char *text; /* one line without a newline, never NULL; owned by the list */
};

#define DIAG_MAX 1000 /* no file can grow the list past this; the rest is only counted */

/* Zero-initialise; release with diag_clear(). */
struct diag_list {
	struct diag *item;
	size_t n, allocated;
	size_t faults, warnings; /* all that were added, those past DIAG_MAX included */
};

/*
 * Record one fault at @at; the text is formatted and hostile bytes in it are escaped (\xNN).
 * Always returns -EINVAL, so that a reader can "return diag_fault(...)". When memory is short
 * the fault is still counted.
 */
int diag_fault(struct diag_list *list, struct mark at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Record one warning: something an administrator should look at, but no reason to refuse. */
void diag_warn(struct diag_list *list, struct mark at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Sort by place, stably. Readers find faults in several passes; people read from top to bottom. */
void diag_sort(struct diag_list *list);

/* Release the texts and leave an empty list that can be used again. */
void diag_clear(struct diag_list *list);

/*
 * The candidate nearest to @word, if near enough to be a slip of the pen (at most a third of its
 * letters changed, swapped, missing or added), else NULL. @candidates holds @n pointers, none
 * NULL. Returns one of @candidates. For "did you mean".
 */
const char *diag_nearest(const char *word, const char *const *candidates, size_t n);

#endif
