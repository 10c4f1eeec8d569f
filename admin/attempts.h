/* SPDX-License-Identifier: MIT */
/*
 * attempts.h - whose record of wrong passwords a command means.
 */
#ifndef ADMIN_ATTEMPTS_H
#define ADMIN_ATTEMPTS_H

#include "people.h"

/* The uid of @user: of @people, or with @root "" of the name service. Returns 0 or -ENOENT. */
int attempts_find_uid(const char *root, const struct people *people, const char *user, uid_t *ret);

#endif
