/* SPDX-License-Identifier: MIT */
/*
 * keeping.h - an administrator changes what is kept about an account: the policy, the people, who
 * he is. For sereno password expire and renew.
 */
#ifndef ADMIN_KEEPING_H
#define ADMIN_KEEPING_H

#include <sereno/age.h>
#include <sereno/event.h>
#include <sereno/policy.h>

#include "caller.h"
#include "messages.h"
#include "options.h"
#include "people.h"

struct keeping {
	const char *root;
	struct policy *policy;
	struct people *people;
	struct caller caller;
};

/* Open what is needed; complains itself. Always release with keeping_clear(). */
enum exit_status keeping_open(const struct options *options, struct keeping *ret);
void keeping_clear(struct keeping *keeping);

/* Whether ages and inactivity concern @account: a person whose hash is kept here. Returns 1, 0 or
 * a negative errno. */
int keeping_concerns(const struct keeping *keeping, const struct account *account);

/* The account of that name, if they concern it; else complains why not, and sets *@ret_status. */
const struct account *keeping_account(const struct keeping *keeping, const char *user,
				      enum exit_status *ret_status);

struct age_owner keeping_owner(const struct keeping *keeping, const struct account *account);

/* Send event @id about @account, in the name of who runs this. */
void keeping_report(const struct keeping *keeping, enum event_id id, const struct account *account);

/* Say that the record of @account cannot be written. */
enum exit_status keeping_complain(const struct account *account, int err);

#endif
