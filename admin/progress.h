/* SPDX-License-Identifier: MIT */
/*
 * progress.h - a line on stderr that says what takes long, on a terminal and after a second.
 */
#ifndef ADMIN_PROGRESS_H
#define ADMIN_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	bool terminal, shown;
	int64_t started_msec, shown_msec;
};

void progress_begin(struct progress *progress);

/* Say that @text is being done, with how many of it so far unless @done is 0. */
void progress_show(struct progress *progress, const char *text, size_t done);

/* The same as a bar, of @done out of @total (more than 0). */
void progress_bar(struct progress *progress, const char *text, uint64_t done, uint64_t total);

/* Take the line away. */
void progress_end(struct progress *progress);

#endif
