/* SPDX-License-Identifier: MIT */
/* progress.c - what takes long is said, but only to people and only when it does. */
#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SILENT_MSEC 1000
#define PAUSE_MSEC  100
#define BAR_WIDTH   30

static int64_t now_msec(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) < 0)
		return 0;
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_begin(struct progress *progress)
{
	*progress = (struct progress){
		.terminal = isatty(STDERR_FILENO) == 1,
		.started_msec = now_msec(),
	};
}

/* Whether to show something now: to people, late enough, and not all the time. */
static bool is_due(struct progress *progress)
{
	int64_t now;

	if (!progress->terminal)
		return false;
	now = now_msec();
	if (now - progress->started_msec < SILENT_MSEC || now - progress->shown_msec < PAUSE_MSEC)
		return false;
	progress->shown = true;
	progress->shown_msec = now;
	return true;
}

void progress_show(struct progress *progress, const char *text, size_t done)
{
	if (!is_due(progress))
		return;
	if (done > 0)
		fprintf(stderr, "\r\033[K%s: %zu", text, done);
	else
		fprintf(stderr, "\r\033[K%s", text);
	fflush(stderr);
}

void progress_bar(struct progress *progress, const char *text, uint64_t done, uint64_t total)
{
	const unsigned percent = (unsigned)(done >= total ? 100 : done * 100 / total);
	char bar[BAR_WIDTH + 1];

	if (!is_due(progress))
		return;
	memset(bar, '-', BAR_WIDTH);
	memset(bar, '#', percent * BAR_WIDTH / 100);
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r\033[K%s [%s] %3u %%", text, bar, percent);
	fflush(stderr);
}

void progress_end(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
	progress->shown = false;
}
