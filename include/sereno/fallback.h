/* SPDX-License-Identifier: MIT */
/*
 * fallback.h - who gets in when the policy in force cannot be used.
 *
 * ROOT/etc/sereno/fallback (root, 0644, at most 4 KiB) is written by apply, the stricter of both
 * before it swaps the policy and the new one after, and read only when policy_open() or
 * access_load() fails. Governed people are refused, root and break-glass accounts get in at the
 * seat and at serial lines, the ungoverned are never touched. Without the file: uids from 1000 up
 * are governed, there is no break-glass account. Callable inside other people's processes; no
 * global state.
 */
#ifndef SERENO_FALLBACK_H
#define SERENO_FALLBACK_H

#include <sereno/access.h>

#define FALLBACK_MAX_BYTES 4096
#define FALLBACK_NAMES_MAX 16 /* break-glass accounts, and governed names below min-uid, each */
#define FALLBACK_NAME_SIZE 33

struct fallback {
	uid_t min_uid;
	unsigned observe; /* enum observe */
	size_t n_break_glass, n_governed;
	char break_glass[FALLBACK_NAMES_MAX][FALLBACK_NAME_SIZE];
	char governed[FALLBACK_NAMES_MAX][FALLBACK_NAME_SIZE]; /* named in a role, below min-uid */
};

/* Read the file below @root; when it is missing, unsafe or not understood *@ret holds the
 * defaults without it and the reason is returned as a negative errno, else 0. */
int fallback_read(const char *root, struct fallback *ret);

/* Write it atomically (rename, fsync). Returns 0, -E2BIG or a write error. */
int fallback_write(const char *root, const struct fallback *fallback);

/* What is safe beside either policy while apply swaps @old for @new: on trial is only what is so
 * in both, governed is who is so in one, as far as the names fit; break-glass is that of @new. */
struct fallback fallback_stricter(const struct fallback *old, const struct fallback *new);

/* Decide @request; pure. Sets every member of *@ret; reason is REASON_NO_POLICY, REASON_UNGOVERNED,
 * REASON_ROOT_LOGIN, REASON_ROOT_ASKS or REASON_BREAK_GLASS. */
void fallback_judge(const struct fallback *fallback, const struct access_request *request,
		    struct access_verdict *ret);

#endif
