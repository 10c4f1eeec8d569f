/* SPDX-License-Identifier: MIT */
/* local_account.h - the number of an account of /etc/passwd, without asking the name service. */
#ifndef SERENO_NSS_LOCAL_ACCOUNT_H
#define SERENO_NSS_LOCAL_ACCOUNT_H

#include <sys/types.h>

/* The uid of @user by the file /etc/passwd. A module of the name service that asked the name
 * service would wait for itself. Returns 0, -ENOENT (not in the file), -EINVAL (his line has no
 * number) or what open(2) or read(2) reported. */
int local_account_uid(const char *user, uid_t *ret);

/* The same by the file @path. */
int local_account_uid_in(const char *path, const char *user, uid_t *ret);

#endif
