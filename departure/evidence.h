/* SPDX-License-Identifier: MIT */
/*
 * evidence.h - what is kept of what was taken away, so that it can be shown and put back.
 *
 * Names of files are ours, never what a user chose. All is on disk when a function returns 0.
 */
#ifndef DEPARTURE_EVIDENCE_H
#define DEPARTURE_EVIDENCE_H

#include <stddef.h>

#include <sereno/departure.h>

/* Keep @bytes as @name unless something is kept as that already: what was there before the first
 * run is what counts. Returns 0 or a negative errno. */
int evidence_keep(const struct leaver *leaver, const char *name, const char *bytes, size_t length);

/* Add a line to @name. Returns 0 or a negative errno. */
int evidence_add(const struct leaver *leaver, const char *name, const char *line);

/* What was kept; *@ret is the caller's. Returns 0, -ENOENT or a negative errno. */
int evidence_read(const struct leaver *leaver, const char *name, char **ret, size_t *ret_length);

#endif
