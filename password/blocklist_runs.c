/* SPDX-License-Identifier: MIT */
/* blocklist_runs.c - sort more entries than memory holds: sorted runs in a file, then one merge. */
#include "blocklist_runs.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <sereno/scoped.h>

#define RADIX_BITS     8
#define RADIX	       (1U << RADIX_BITS)
#define ENTRY_START(n) (sizeof(struct list_header) + (n) * sizeof(uint64_t))

/* A run being merged: its part in memory, and what is still in the file. */
struct cursor {
	uint64_t *entries;
	size_t at, n;
	struct list_run rest;
};

struct merge {
	int fd;
	size_t room; /* entries a cursor holds */
	struct cursor *cursor;
	size_t *heap, n; /* numbers of cursors, the one with the least entry first */
};

int runs_open(int fd, size_t room, struct list_runs *ret)
{
	struct list_runs runs = { .room = room };
	int r;

	r = writer_open(fd, &runs.first);
	if (r < 0)
		return r;
	runs.entries = calloc(2 * room, sizeof(runs.entries[0]));
	runs.run = calloc(RUNS_MAX, sizeof(runs.run[0]));
	if (!runs.entries || !runs.run) {
		runs_close(&runs);
		return -ENOMEM;
	}
	runs.scratch = runs.entries + room;
	*ret = runs;
	return 0;
}

void runs_close(struct list_runs *runs)
{
	writer_close(&runs->first);
	free(take(runs->entries, NULL));
	free(take(runs->run, NULL));
}

static bool is_sorted(const uint64_t *entries, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (entries[i - 1] > entries[i])
			return false;
	return true;
}

/* One pass of a radix sort. */
static void sort_by_digit(const uint64_t *from, uint64_t *to, size_t n, unsigned shift)
{
	size_t place[RADIX] = { 0 }, next = 0;

	for (size_t i = 0; i < n; i++)
		place[from[i] >> shift & (RADIX - 1)]++;
	for (size_t i = 0; i < RADIX; i++) {
		const size_t count = place[i];

		place[i] = next;
		next += count;
	}
	for (size_t i = 0; i < n; i++)
		to[place[from[i] >> shift & (RADIX - 1)]++] = from[i];
}

static void sort_entries(struct list_runs *runs)
{
	if (is_sorted(runs->entries, runs->n_entries))
		return;
	for (unsigned shift = 0; shift < 64; shift += 2 * RADIX_BITS) {
		sort_by_digit(runs->entries, runs->scratch, runs->n_entries, shift);
		sort_by_digit(runs->scratch, runs->entries, runs->n_entries, shift + RADIX_BITS);
	}
}

static int add_to_first(struct list_runs *runs)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < runs->n_entries; i++)
		r = writer_add(&runs->first, runs->entries[i]);
	return r;
}

static int add_run(struct list_runs *runs)
{
	const struct list_run run = { runs->written, runs->n_entries };

	if (runs->n_runs == RUNS_MAX)
		return -EFBIG;
	for (size_t i = 0; i < runs->n_entries; i++)
		runs->scratch[i] = htole64(runs->entries[i]);
	runs->run[runs->n_runs++] = run;
	runs->written += run.n;
	return write_at(runs->first.fd, runs->scratch, run.n * sizeof(uint64_t),
			ENTRY_START(run.start));
}

/* The entries come in no order after all: what was the list is now the first run. */
static int give_up_order(struct list_runs *runs)
{
	const int r = writer_flush(&runs->first);

	runs->written = runs->first.count;
	runs->run[runs->n_runs++] = (struct list_run){ 0, runs->written };
	return r;
}

static int put(struct list_runs *runs)
{
	int r = 0;

	if (runs->n_entries == 0)
		return 0;
	sort_entries(runs);
	if (runs->n_runs == 0 && runs->first.count > 0 && runs->entries[0] < runs->first.last)
		r = give_up_order(runs);
	if (r == 0)
		r = runs->n_runs == 0 ? add_to_first(runs) : add_run(runs);
	runs->n_entries = 0;
	return r;
}

int runs_add(struct list_runs *runs, uint64_t entry)
{
	runs->entries[runs->n_entries++] = entry;
	return runs->n_entries == runs->room ? put(runs) : 0;
}

int runs_end(struct list_runs *runs)
{
	return put(runs);
}

/* Read the next part of a run. */
static int fill(const struct merge *merge, struct cursor *cursor)
{
	const size_t n = cursor->rest.n < merge->room ? (size_t)cursor->rest.n : merge->room;
	size_t done = 0;

	while (done < n * sizeof(uint64_t)) {
		const ssize_t got = pread(merge->fd, (char *)cursor->entries + done,
					  n * sizeof(uint64_t) - done,
					  (off_t)(ENTRY_START(cursor->rest.start) + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? neg_errno() : -EIO;
		done += (size_t)got;
	}
	cursor->rest.start += n;
	cursor->rest.n -= n;
	cursor->at = 0;
	cursor->n = n;
	return 0;
}

static uint64_t least_of(const struct merge *merge, size_t place)
{
	const struct cursor *cursor = &merge->cursor[merge->heap[place]];

	return le64toh(cursor->entries[cursor->at]);
}

/* Let the cursor at @place sink to where it belongs. */
static void sink(struct merge *merge, size_t place)
{
	for (;;) {
		size_t child = 2 * place + 1;
		const size_t number = merge->heap[place];

		if (child + 1 < merge->n && least_of(merge, child + 1) < least_of(merge, child))
			child++;
		if (child >= merge->n || least_of(merge, place) <= least_of(merge, child))
			return;
		merge->heap[place] = merge->heap[child];
		merge->heap[child] = number;
		place = child;
	}
}

/* Go past the least entry. */
static int advance(struct merge *merge)
{
	struct cursor *cursor = &merge->cursor[merge->heap[0]];
	int r = 0;

	cursor->at++;
	if (cursor->at == cursor->n && cursor->rest.n > 0)
		r = fill(merge, cursor);
	else if (cursor->at == cursor->n)
		merge->heap[0] = merge->heap[--merge->n];
	if (r == 0 && merge->n > 0)
		sink(merge, 0);
	return r;
}

static int start_merge(struct list_runs *runs, struct merge *merge)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < runs->n_runs; i++) {
		merge->cursor[i].entries = runs->entries + i * merge->room;
		merge->cursor[i].rest = runs->run[i];
		merge->heap[i] = i;
		r = fill(merge, &merge->cursor[i]);
	}
	merge->n = runs->n_runs;
	for (size_t i = merge->n / 2; r == 0 && i > 0; i--)
		sink(merge, i - 1);
	return r;
}

int runs_merge(struct list_runs *runs, struct list_writer *writer)
{
	scoped_free struct cursor *cursor = calloc(runs->n_runs, sizeof(*cursor));
	scoped_free size_t *heap = calloc(runs->n_runs, sizeof(*heap));
	struct merge merge = {
		.fd = runs->first.fd,
		.room = 2 * runs->room / runs->n_runs,
		.cursor = cursor,
		.heap = heap,
	};
	int r;

	if (!cursor || !heap)
		return -ENOMEM;
	if (merge.room == 0)
		return -EFBIG;
	r = start_merge(runs, &merge);
	while (r == 0 && merge.n > 0) {
		r = writer_add(writer, least_of(&merge, 0));
		if (r == 0)
			r = advance(&merge);
	}
	return r;
}
