/* SPDX-License-Identifier: MIT */
/* sitter.c - who sits at a seat, with his groups and his other accounts', as a request. */
#include <stdlib.h>

#include <sereno/access.h>
#include <sereno/account.h>
#include <sereno/role_terms.h>
#include <sereno/scoped.h>

#include "sitter.h"

#define RETRY_SEC 60

/* The groups of all accounts of a person; his own first. */
struct kin {
	size_t n;
	gid_t *groups[1 + POLICY_PERSON_MAX];
	struct access_account account[1 + POLICY_PERSON_MAX];
};

static void kin_clear(struct kin *kin)
{
	for (size_t i = 0; i < kin->n; i++)
		free(kin->groups[i]);
	kin->n = 0;
}

/* Who is not known to the name service is in no group. */
static int add(struct kin *kin, const char *user, bool asks_groups)
{
	struct access_account *place = &kin->account[kin->n];
	struct account account;
	ssize_t n = 0;
	int r = asks_groups ? account_by_name(user, &account) : -ESRCH;

	if (r < 0 && r != -ESRCH)
		return r;
	if (r == 0)
		n = account_groups(&account, &kin->groups[kin->n]);
	if (n < 0)
		return (int)n;
	*place = (struct access_account){ user, kin->groups[kin->n], (size_t)n };
	kin->n++;
	return 0;
}

static int gather(struct policy *policy, const char *user, struct kin *kin)
{
	const bool asks_groups = policy_facts(policy)->asks_groups;
	const char *names[POLICY_PERSON_MAX];
	int n = policy_same_person(policy, user, names, POLICY_PERSON_MAX);
	int r = n < 0 ? n : add(kin, user, asks_groups);

	for (int i = 0; r == 0 && i < n && i < POLICY_PERSON_MAX; i++)
		r = add(kin, names[i], asks_groups);
	return r;
}

static int ask(struct policy *policy, int64_t now, struct seat *seat)
{
	scoped(kin_clear) struct kin kin = { 0 };
	struct access_request request = { .uid = seat->uid };
	int r = gather(policy, seat->user, &kin);

	if (r < 0)
		return r;
	request.subject = kin.account[0];
	request.others = kin.account + 1;
	request.n_others = kin.n - 1;
	return policy_roles_held(policy, &request, now, &seat->roles, &seat->until);
}

int sitter_find_roles(struct policy *policy, int64_t now, struct seat *seat)
{
	int r;

	seat->roles.n = 0;
	seat->until = TIME_NO_END;
	if (!policy || !seat->session[0])
		return 0;
	r = ask(policy, now, seat);
	if (r < 0) {
		seat->roles.n = 0;
		seat->until = now + RETRY_SEC;
	}
	return r;
}
