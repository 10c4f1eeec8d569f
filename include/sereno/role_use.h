/* SPDX-License-Identifier: MIT */
/*
 * role_use.h - when a role let somebody do something last, for those who review it.
 *
 * ROOT/var/lib/sereno/role-uses/ROLE (root, 0600 in a 0700 directory): one moment, overwritten in
 * place at each login that a rule of the role allows, and no more: it stands in the way of logins,
 * so it is neither locked nor brought to the disk, and nothing is refused for it. Of two at once
 * one stands; a power cut may take the last ones back. Libc only, callable inside other people's
 * processes.
 */
#ifndef SERENO_ROLE_USE_H
#define SERENO_ROLE_USE_H

#include <stdint.h>

/* Note that @role, a name of the policy, was used at @now (UTC seconds). Returns 0 or a negative
 * errno; errno is as it was. */
int role_use_note(const char *root, const char *role, int64_t now);

/* When it was used last. Returns 0, -ENOENT (never, as far as this host knows), -EBADMSG or a
 * negative errno. */
int role_use_last(const char *root, const char *role, int64_t *ret);

#endif
