/* SPDX-License-Identifier: MIT */
/*
 * asker.h - the subject of a request and his person's other accounts, as the policy is asked about
 * them. For room pam/.
 */
#ifndef PAM_ASKER_H
#define PAM_ASKER_H

#include <sereno/access.h>

#include "request.h"

struct asker {
	struct access_account subject;
	struct access_account others[POLICY_PERSON_MAX];
	size_t n_others;
	gid_t *groups[POLICY_PERSON_MAX + 1];
	size_t n_groups;
};

/* Fill @asker with @subject, and with groups where @policy asks for them. Always release with
 * asker_clear(). Returns 0, -EBADMSG, -E2BIG, -ENOMEM or what NSS reported. */
int asker_read(struct policy *policy, const struct account *subject, struct asker *asker);
void asker_clear(struct asker *asker);

/* @request as the policy takes it; borrows from both. */
struct access_request asker_request(const struct asker *asker, const struct request *request);

#endif
