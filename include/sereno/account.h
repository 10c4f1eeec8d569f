/* SPDX-License-Identifier: MIT */
/*
 * account.h - accounts and their groups, as the host's user databases know them.
 *
 * The names come from NSS, not from who asked: databases that do not tell upper from lower case,
 * or that know several spellings, must not yield a subject that except: and excludes: miss.
 * Callable inside other people's processes.
 */
#ifndef SERENO_ACCOUNT_H
#define SERENO_ACCOUNT_H

#include <stddef.h>
#include <sys/types.h>

struct account {
	uid_t uid;
	gid_t gid;
	char name[256];
	char full_name[256]; /* GECOS, cut where it is longer */
};

/* Returns 0, -ESRCH (no such account), -ENAMETOOLONG, -ENOMEM or what NSS reported. */
int account_by_name(const char *name, struct account *ret);
int account_by_uid(uid_t uid, struct account *ret);

/* Every group of @account, the primary one included; *@ret is the caller's, released with
 * free(). Returns how many, -E2BIG or -ENOMEM. */
ssize_t account_groups(const struct account *account, gid_t **ret);

#endif
