/* SPDX-License-Identifier: MIT */
/*
 * groups.h - the Unix groups that roles give, as the policy in force has them.
 *
 * For libnss_sereno and for commands. Under the rules of policy.h: callable inside other people's
 * processes; nothing here asks the name service or a clock.
 */
#ifndef SERENO_GROUPS_H
#define SERENO_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <sereno/policy.h>

/* Numbers of the groups that sereno makes: no other range is free (docs/decisions.md). */
#define OWN_GID_FIRST 90000
#define OWN_GID_LAST  99999

#define OWN_GROUP_NAME_MAX 32 /* bytes */

static inline bool gid_is_own(gid_t gid)
{
	return gid >= OWN_GID_FIRST && gid <= OWN_GID_LAST;
}

/* Whether @name may be a group that sereno makes: as useradd(8) wants it, lower case. */
bool own_group_name(const char *name);

/* Whether the group @name is as good as root wherever it is found by that name. */
bool group_is_powerful(const char *name);

/* The names that group_is_powerful() knows, for asking which numbers they have here; NULL behind
 * the last one. */
const char *const *powerful_groups(void);

/* Whose groups are asked for. */
struct group_asker {
	const char *user;
	const gid_t *groups; /* those he is in otherwise, the primary one included */
	size_t n_groups;
	/* The user's number, asked only when nothing but a Unix group gives him a role. Returns 0,
	 * -ENOENT (no local account: taken for one that is governed) or a negative errno. */
	int (*find_uid)(const char *user, uid_t *ret);
};

/*
 * The groups that the roles of @asker give him at @now (UTC seconds), each once, in no order, never
 * gid 0. None for break-glass accounts, for those that are not governed, and where roles are on
 * trial. A @now before the policy was compiled cannot be right: roles with an end give nothing
 * then. So do roles that exclude one which is held by Unix group, to a person of several accounts:
 * the groups of the others are not known here. On success *@ret, NULL for none, is the caller's.
 * Returns 0, -EBADMSG, -ENOMEM, a read error or what @find_uid reported.
 */
int policy_given_groups(struct policy *policy, const struct group_asker *asker, int64_t now,
			gid_t **ret, size_t *ret_n);

/* The same by what is in force below @root, as policy_open_for_all() opens it. */
int groups_in_force(const char *root, const struct group_asker *asker, int64_t now, gid_t **ret,
		    size_t *ret_n);

/* The group that sereno makes, by @name or by @gid. Returns 1 (then *@ret is set), 0 (none, for
 * certain), -EBADMSG, -ENOMEM or a read error. */
int policy_own_group(struct policy *policy, const char *name, gid_t *ret);
int policy_own_gid(struct policy *policy, gid_t gid, char ret[static OWN_GROUP_NAME_MAX + 1]);

#endif
