/* SPDX-License-Identifier: MIT */
/*
 * holder.h - the account whose password it is, and what the policy wants of that password. For
 * room pam/.
 *
 * It is PAM's user, also where somebody else asks: the target of su, whom root gives a password.
 */
#ifndef PAM_HOLDER_H
#define PAM_HOLDER_H

#include <limits.h>

#include <security/pam_modules.h>

#include <sereno/account.h>
#include <sereno/age.h>
#include <sereno/event.h>
#include <sereno/policy.h>
#include <sereno/service.h>

#include "local_password.h"

struct holder {
	const char *root;
	const char *service;
	enum service_kind kind;
	struct account account;
	int unusable; /* 0, or why the policy in force could not be used: a negative errno */
	/* What follows holds when it could. */
	enum subject_kind subject;
	unsigned observe; /* enum observe */
	uint64_t inactive_after_sec;
	int64_t compiled;	     /* when the policy was */
	bool has_rules;		     /* the policy has some for this account */
	struct password_rules rules; /* else all zero */
	char blocklist[PATH_MAX];    /* that of the rules, below the root; "" for none */
	bool is_local;		     /* its hash is kept here */
	int local_error;	     /* 0, or why that cannot be told: a negative errno */
	struct local_password local;
};

/* Returns 0, -EINVAL (no user), -ESRCH (no such account), -ENOMEM or what NSS reported. */
int holder_read(pam_handle_t *pamh, const char *root, struct holder *ret);

/* Whose record of age.h it is; borrows from @holder. */
struct age_owner holder_owner(const struct holder *holder);

/* When the password was chosen: by @age or by shadow, whichever is younger; 0 where neither knows.
 * A date after @now is none: the clock was ahead when it was noted. */
int64_t holder_changed(const struct holder *holder, const struct age *age, int64_t now);

/* Send an event about @holder; @reason and @detail may be NULL. */
void holder_report(const struct holder *holder, enum event_id id, const char *reason,
		   const char *detail);

/* Report a record or file that cannot be used, or only in part, for @err (0: it fell back). */
void holder_report_state(const struct holder *holder, const char *what, int err);

#endif
