/* SPDX-License-Identifier: MIT */
/*
 * blocklist_runs.h - sort more entries than memory holds: sorted runs in a file, then one merge.
 *
 * As long as the entries come in order, as published lists do, there is one run, and its file is
 * the list already.
 */
#ifndef PASSWORD_BLOCKLIST_RUNS_H
#define PASSWORD_BLOCKLIST_RUNS_H

#include "blocklist_writer.h"

#define RUNS_MAX 1024

struct list_run {
	uint64_t start, n; /* in entries of the file */
};

struct list_runs {
	size_t room; /* entries sorted at once; memory holds twice as many */
	uint64_t *entries, *scratch;
	size_t n_entries;
	struct list_writer first; /* the list, if all entries come in order */
	uint64_t written;	  /* entries in the file, once they did not */
	struct list_run *run;
	size_t n_runs; /* 0 as long as they do */
};

/* Begin in @fd, an empty file that stays the caller's. */
int runs_open(int fd, size_t room, struct list_runs *ret);
void runs_close(struct list_runs *runs);

/* Add an entry. Returns 0, -EFBIG (too many) or another negative errno. */
int runs_add(struct list_runs *runs, uint64_t entry);

/* Put what is in memory into the file. Afterwards, with runs->n_runs of 0 the file is the list but
 * for writer_finish(&runs->first); else runs_merge() makes it. */
int runs_end(struct list_runs *runs);

/* Merge all runs into @writer. */
int runs_merge(struct list_runs *runs, struct list_writer *writer);

#endif
