/* SPDX-License-Identifier: MIT */
/*
 * slot_list.h - which accounts have a record of a kind.
 */
#ifndef SERENO_STATE_SLOT_LIST_H
#define SERENO_STATE_SLOT_LIST_H

#include <sys/types.h>

#define SLOT_LIST_MAX 1000000

/* The accounts with a record in directory @kind below ROOT/var/lib/sereno, by uid in ascending
 * order: *@ret is the caller's, released with free(). Returns how many, at most SLOT_LIST_MAX, or a
 * negative errno. Changes nothing. */
ssize_t slot_list(const char *root, const char *kind, uid_t **ret);

#endif
