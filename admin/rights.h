/* SPDX-License-Identifier: MIT */
/*
 * rights.h - what a set of roles allows, taken apart into single rights that can be compared.
 */
#ifndef ADMIN_RIGHTS_H
#define ADMIN_RIGHTS_H

#include <sereno/model.h>

#include "holders.h"

/* One service from one element of one from: entry. */
struct right {
	const char *service;	  /* canonical */
	const struct from *entry; /* as written in the rule */
	const struct from *place; /* the entry itself, or one element of the origin it names */
	const struct role *role;
	const struct rule *rule;
	struct validity valid; /* of role and rule together */
};

struct rights {
	size_t n, allocated;
	struct right *item; /* by service */
};

/* What the roles of @set allow on @host from @now on, sorted by service, then by the order of the
 * text. Borrows from @model. Returns 0 or -ENOMEM; release with rights_clear(). */
int rights_gather(const struct model *model, const struct role_set *set, const char *host,
		  int64_t now, struct rights *ret);
void rights_clear(struct rights *rights);

/* A number that is equal for roles that allow the same from @now on, whatever they are called. */
uint64_t role_fingerprint(const struct model *model, const struct role *role, const char *host,
			  int64_t now);

/* How a right fares, from best to worst. */
enum change {
	CHANGE_NONE,
	CHANGE_FACTOR, /* now asks for a second factor */
	CHANGE_HOURS,  /* at fewer or other hours */
	CHANGE_DATES,  /* for a shorter time */
	CHANGE_GONE,
};

/* How the old right @right fares under the new ones, given all old ones of the same user. */
enum change right_change(const struct right *right, const struct rights *old,
			 const struct rights *new, int64_t now);

/* Whether every origin of @inner lies in @outer. */
bool place_contains(const struct from *outer, const struct from *inner);

/* What @a and @b have in common: one of the two, since networks nest; or NULL. */
const struct from *place_meet(const struct from *a, const struct from *b);

/* Whether a code is due for @service (canonical) from all of @place, by some rule of @rights:
 * demands add. A rule for some hours or days counts as if it were for all. */
bool rights_ask_code(const struct rights *rights, const char *service, const struct from *place);

#endif
