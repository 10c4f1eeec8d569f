/* SPDX-License-Identifier: MIT */
/*
 * role_terms.h - on what terms a role is granted, as the policy in force has it; and who holds it.
 *
 * For the register, commands and daemons; under the rules of policy.h. Logins do not ask this.
 */
#ifndef SERENO_ROLE_TERMS_H
#define SERENO_ROLE_TERMS_H

#include <sereno/access.h>
#include <sereno/policy.h>

#define ROLE_NAMES_MAX 64 /* of one list of by: or approved-by: */

struct role_names {
	size_t n;
	char name[ROLE_NAMES_MAX][MODEL_NAME_MAX + 1];
};

struct role_terms {
	uint32_t line;
	bool unattended;
	bool privileged; /* it may give groups as good as root: a grant must end */
	struct validity valid;
	bool on_request;      /* what follows was given */
	uint64_t at_most_sec; /* of one grant */
	uint32_t approvers;   /* so many different persons, from 1 to APPROVERS_MAX */
	struct role_names by; /* whose holders may ask */
	struct role_names approved_by;
};

/* The terms of the role @name. Returns 0, -ENOENT (no such role), -EBADMSG, -ENOMEM or a read
 * error. */
int policy_role_terms(struct policy *policy, const char *name, struct role_terms *ret);

/* Whether the subject of @request, himself, holds one of @roles at @now, by the policy or by a
 * grant. Of @request only subject, others and uid count. Returns 1, 0, -EBADMSG, -ENOMEM or a read
 * error. */
int policy_holds_one(struct policy *policy, const struct access_request *request, int64_t now,
		     const struct role_names *roles);

/* The roles that the subject of @request, himself, holds at @now, as policy_holds_one() asks for;
 * *@ret_until is the next moment at which it may be others, UTC seconds, TIME_NO_END for none.
 * Returns 0, -E2BIG (more than ROLE_NAMES_MAX), -EBADMSG, -ENOMEM or a read error. */
int policy_roles_held(struct policy *policy, const struct access_request *request, int64_t now,
		      struct role_names *ret, int64_t *ret_until);

/* Whether @user, or another account of his person, holds a role by name or by a grant, at whatever
 * time, that the role @name excludes; *@ret is then its name. Unix groups are not asked. Returns 1,
 * 0, -ENOENT (no role @name), -EBADMSG, -ENOMEM or a read error. */
int policy_role_conflicts(struct policy *policy, const char *user, const char *name,
			  char ret[static MODEL_NAME_MAX + 1]);

/* Whether two accounts are the same one or belong to the same person. Returns 1, 0, -EBADMSG,
 * -ENOMEM or a read error. */
int policy_is_same_person(struct policy *policy, const char *user, const char *other);

/* After how long a request that nobody answered is void (approvals.by-request), in seconds. */
uint64_t policy_request_expiry(const struct policy *policy);

#endif
