/* SPDX-License-Identifier: MIT */
/*
 * safety.h - what apply looks at before a policy may lock anybody out.
 *
 * Each check adds its findings to the edition's diags. check runs them too, as warnings: there
 * the host need not be the one the policy is for.
 */
#ifndef ADMIN_SAFETY_H
#define ADMIN_SAFETY_H

#include <sereno/policy.h>

#include "caller.h"
#include "edition.h"
#include "holders.h"

struct situation {
	const char *root;
	const char *host; /* node name */
	int64_t now;
	enum severity severity; /* of what is found */
	struct edition *edition;
	const struct people *people;
	const struct holders *holders;
};

/* Record a finding at @at: a fault only if both @severity and the situation's say so. */
void situation_report(const struct situation *situation, enum severity severity, struct mark at,
		      const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Roles that exclude each other, held by one person through a Unix group. Returns 0 or -ENOMEM. */
int check_exclusions(const struct situation *situation);

/* Break-glass accounts that would not open. */
void check_break_glass(const struct situation *situation);

/* Whether a break-glass account is there, has a shell and a password, and has not expired. */
bool break_glass_works(const struct situation *situation, const char *user);

/* At least min-administrators people able to become root. Returns 0 or -ENOMEM. */
int check_administrators(const struct situation *situation);

/* Whether somebody with the roles of @set could log in and become root now, if need be with a code.
 * Returns 0 or -ENOMEM. */
int role_set_can_become_root(const struct situation *situation, const struct role_set *set,
			     bool *ret);

/* The list of leaked passwords, if the policy names one, is there and sound. Returns 0 or -ENOMEM.
 */
int check_blocklist(const struct situation *situation);

/* If roles give groups: that the name service asks sereno for them, and that no nscd keeps them. */
void check_name_service(const struct situation *situation);

/* The way in of whoever runs this, by @policy, which was compiled from the edition. Returns 0,
 * -EBADMSG or -ENOMEM. */
int check_way_back(const struct situation *situation, struct policy *policy,
		   const struct caller *caller);

#endif
