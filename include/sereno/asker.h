/* SPDX-License-Identifier: MIT */
/*
 * asker.h - whom the policy is asked about: an account, its groups, its person's other accounts.
 *
 * Callable inside other people's processes; asks the name service.
 */
#ifndef SERENO_ASKER_H
#define SERENO_ASKER_H

#include <sereno/access.h>
#include <sereno/account.h>

struct asker {
	struct access_account subject;
	struct access_account others[POLICY_PERSON_MAX];
	size_t n_others;
	gid_t *groups[POLICY_PERSON_MAX + 1];
	size_t n_groups;
};

/* Fill @asker, zero-initialised, with @subject, and with groups where @policy asks for them; it
 * borrows from both. Always release with asker_clear(). Returns 0, -EBADMSG, -E2BIG, -ENOMEM or
 * what NSS reported. */
int asker_read(struct policy *policy, const struct account *subject, struct asker *asker);
void asker_clear(struct asker *asker);

#endif
