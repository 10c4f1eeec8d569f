/* SPDX-License-Identifier: MIT */
/*
 * subject.h - one user as the decision wants him: uid, Unix groups, other accounts of the person.
 */
#ifndef ADMIN_SUBJECT_H
#define ADMIN_SUBJECT_H

#include <sereno/access.h>

#include "people.h"

struct subject {
	const char *user; /* borrowed from the caller */
	uid_t uid;
	bool exists; /* else uid is the first governed one */
	gid_t *groups[1 + POLICY_PERSON_MAX];
	struct access_account own;
	struct access_account others[POLICY_PERSON_MAX]; /* names borrowed from the policy */
	size_t n_others;
};

/*
 * Gather what is known of @user: from @people and, with @root "", from the name service. On
 * success *@ret is released with subject_clear(), before @policy is closed. Without a policy (NULL)
 * there are no other accounts, and who does not exist has uid -1. Returns 0, -EBADMSG
 * (policy damaged) or -ENOMEM.
 */
int subject_find(const char *root, const struct people *people, struct policy *policy,
		 const char *user, struct subject *ret);
void subject_clear(struct subject *subject);

/* Judge @subject for @service from @origins; 0 or what access_load() returns. */
int subject_judge(const struct subject *subject, struct policy *policy, const char *service,
		  const struct origin *origin, int64_t now, unsigned met,
		  struct access_verdict *ret);

#endif
