/* SPDX-License-Identifier: MIT */
/*
 * trusted.h - who could have written a file or a directory that logins depend on.
 *
 * Pure but for the effective user id; callable from every room and any thread.
 */
#ifndef SERENO_TRUSTED_H
#define SERENO_TRUSTED_H

#include <stdbool.h>
#include <sys/stat.h>

/* Whether what @st describes belongs to root, or to the user we run as. */
bool trusted_owner(const struct stat *st);

/* Whether its mode lets others than the owner write it. */
bool others_write(const struct stat *st);

/* Whether nobody but root or the user we run as could have written it. */
bool trusted_writers(const struct stat *st);

#endif
