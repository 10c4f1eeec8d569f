/* SPDX-License-Identifier: MIT */
/* progress.c - what takes long is said, but only to people and only when it does. */
#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define SILENT_MSEC 1000
#define PAUSE_MSEC  100

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

void progress_show(struct progress *progress, const char *text, size_t done)
{
	int64_t now;

	if (!progress->terminal)
		return;
	now = now_msec();
	if (now - progress->started_msec < SILENT_MSEC || now - progress->shown_msec < PAUSE_MSEC)
		return;
	progress->shown = true;
	progress->shown_msec = now;
	if (done > 0)
		fprintf(stderr, "\r\033[K%s: %zu", text, done);
	else
		fprintf(stderr, "\r\033[K%s", text);
	fflush(stderr);
}

void progress_end(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
	progress->shown = false;
}
