/* SPDX-License-Identifier: MIT */
/*
 * code_memory.h - a code that was accepted counts again in its own login, and at the same seat or
 * line. For room pam/.
 *
 * Failures only mean that somebody is asked again.
 */
#ifndef PAM_CODE_MEMORY_H
#define PAM_CODE_MEMORY_H

#include <stdbool.h>

#include "code_check.h"

/* Whether one accepted before counts for this request. Reports it. */
bool code_memory_counts(const struct code_asked *asked);

/* One was accepted now, and all of the authentication has succeeded. */
void code_memory_keep(const struct code_asked *asked);

/* The login that this process opened for account @uid is over. */
void code_memory_close(const char *root, uid_t uid);

#endif
