/* SPDX-License-Identifier: MIT */
/*
 * register_known.h - which shared secrets (knows:) people know, or knew, by the register.
 *
 * It is noted while the policy still says so, and stays when the role, the secret or the membership
 * is gone: what somebody was told once he knows. Errors and restrictions are those of register.h.
 */
#ifndef SERENO_REGISTER_KNOWN_H
#define SERENO_REGISTER_KNOWN_H

#include <sereno/register.h>

struct known {
	const char *user; /* NULL, in register_learn() alone: everybody ever granted @role */
	const char *role, *secret;
};

/* Note all of @item (@n of them) as known by @now (UTC seconds); what is noted already stays. */
int register_learn(struct register_db *db, int64_t now, const struct known *item, size_t n);

/* When register_learn() was called last, in UTC seconds; 0: never. Returns 0 or a negative errno.
 */
int register_learned(struct register_db *db, int64_t *ret);

/* Each secret that @user ever knew, by name. Texts are borrowed for the call. */
typedef int register_each_known(void *context, const struct known *row);
int register_known(struct register_db *db, const char *user, register_each_known *each,
		   void *context);

#endif
