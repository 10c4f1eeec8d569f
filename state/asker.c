/* SPDX-License-Identifier: MIT */
/* asker.c - whom the policy is asked about, with groups where it asks for them. */
#include <errno.h>
#include <stdlib.h>

#include <sereno/asker.h>

void asker_clear(struct asker *asker)
{
	for (size_t i = 0; i < asker->n_groups; i++)
		free(asker->groups[i]);
}

static int add_groups(struct asker *asker, const struct account *account,
		      struct access_account *ret)
{
	gid_t *groups = NULL;
	const ssize_t n = account_groups(account, &groups);

	if (n < 0)
		return (int)n;
	asker->groups[asker->n_groups++] = groups;
	ret->groups = groups;
	ret->n_groups = (size_t)n;
	return 0;
}

static int add_other(struct asker *asker, const char *user)
{
	struct access_account *other = &asker->others[asker->n_others++];
	struct account account;
	int r;

	other->user = user;
	r = account_by_name(user, &account);
	if (r == -ESRCH) /* named in the policy, not known here: in no group */
		return 0;
	return r < 0 ? r : add_groups(asker, &account, other);
}

/* Groups are the dear part of a decision; most policies ask for none. */
int asker_read(struct policy *policy, const struct account *subject, struct asker *asker)
{
	const char *names[POLICY_PERSON_MAX];
	int n, r;

	asker->subject.user = subject->name;
	if (!policy_facts(policy)->asks_groups)
		return 0;
	r = add_groups(asker, subject, &asker->subject);
	if (r < 0)
		return r;
	n = policy_same_person(policy, subject->name, names, POLICY_PERSON_MAX);
	if (n > POLICY_PERSON_MAX)
		return -E2BIG;
	for (int i = 0; r == 0 && i < n; i++)
		r = add_other(asker, names[i]);
	return n < 0 ? n : r;
}
