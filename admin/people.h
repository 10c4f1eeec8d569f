/* SPDX-License-Identifier: MIT */
/*
 * people.h - the local users and groups of a file tree: etc/passwd, etc/group, etc/shadow.
 *
 * Read once, in one pass each; every question after that is a search in sorted arrays. The name
 * service is asked only by the functions that say so.
 */
#ifndef ADMIN_PEOPLE_H
#define ADMIN_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ACCOUNT_NEVER_EXPIRES INT64_MAX

struct account {
	const char *name;
	uid_t uid;
	gid_t gid;
	const char *full_name, *home, *shell;
	const char *password; /* hash, "x" resolved by shadow; NULL when shadow does not name him */
	int64_t expires_day;  /* since the epoch; ACCOUNT_NEVER_EXPIRES */
};

struct unix_group {
	const char *name;
	gid_t gid;
	size_t n_members;
	const char *members; /* one after the other, each with its NUL */
};

struct people {
	size_t n_accounts, n_groups;
	struct account *accounts;  /* by name */
	struct account **by_gid;   /* by primary group */
	struct unix_group *groups; /* by name */
	bool has_shadow;	   /* etc/shadow could be read */
	char *text[3];		   /* what all the names point into */
};

/* Read the files below @root ("" is the host). A missing etc/group or etc/shadow is an empty one.
 * On success *@ret is released with people_free(). Returns 0, -EFBIG, -EINVAL (no plain file) or a
 * negative errno. */
int people_read(const char *root, struct people **ret);

/* Release; NULL is allowed. */
void people_free(struct people *people);
void people_free_p(struct people **people);

/* The account or group of that name, or NULL. Borrowed. */
const struct account *people_account(const struct people *people, const char *name);
const struct unix_group *people_group(const struct people *people, const char *name);

/* The first account with @uid, or NULL. Linear: for single questions. */
const struct account *people_by_uid(const struct people *people, uid_t uid);

/* Call @visit with the name of each member of @group, by list or as primary group (then twice is
 * possible). Stops at the first negative result and returns it, else 0. */
int people_members(const struct people *people, const struct unix_group *group,
		   int (*visit)(void *context, const char *user), void *context);

/* The gids of @user by the files, the primary one included; *@ret is the caller's. Returns 0 or
 * -ENOMEM. */
int people_groups_of(const struct people *people, const char *user, gid_t **ret, size_t *ret_n);

/* Whether somebody could log in with @account: a shell that is one, and a password that can be
 * typed. */
bool account_has_shell(const struct account *account);
bool account_has_password(const struct account *account);

#endif
