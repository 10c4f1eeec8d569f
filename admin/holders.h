/* SPDX-License-Identifier: MIT */
/*
 * holders.h - who holds which roles by a model, the local members of Unix groups included.
 *
 * Users with the same roles share one role set, so that what depends on the roles alone is worked
 * out once for each set and not once for each user.
 */
#ifndef ADMIN_HOLDERS_H
#define ADMIN_HOLDERS_H

#include <sereno/model.h>

#include "people.h"

struct role_set {
	size_t n;
	const uint32_t *role; /* indexes into model.roles, ascending */
};

struct holder {
	const char *user; /* borrowed from the model or from people */
	uint32_t set;	  /* index into sets */
};

struct holders {
	size_t n;
	struct holder *item; /* by user, each once */
	size_t n_sets;
	struct role_set *sets;
	uint32_t *roles; /* what the sets point into */
	size_t n_owned;
	char **owned; /* names that came from the name service */
};

/*
 * Everybody with a role at any time. With @root "" the members of groups that the files do not
 * have are asked of the name service. Borrows from @model and @people. On success *@ret is
 * released with holders_clear(). Returns 0 or -ENOMEM.
 */
int holders_gather(const struct model *model, const struct people *people, const char *root,
		   struct holders *ret);
void holders_clear(struct holders *holders);

/* The roles of @user, or NULL when he holds none. */
const struct role_set *holders_find(const struct holders *holders, const char *user);

/* The roles of @set that count at @now: valid then, and none excluding another of them. Writes
 * set->n indexes at most; returns how many. */
size_t role_set_at(const struct model *model, const struct role_set *set, int64_t now,
		   uint32_t *ret);

/* Whether roles @a and @b exclude each other; either may say so. */
bool roles_exclude(const struct role *a, const struct role *b);

/* The same for one account, which is a program's or a person's: never both. */
bool roles_clash(const struct role *a, const struct role *b);

#endif
