/* SPDX-License-Identifier: MIT */
/* subject.c - a user's groups and other accounts, gathered for a decision. */
#include "subject.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>

/* All groups of @user as a login would see them. */
static int ask_groups(const char *user, gid_t gid, gid_t **ret, size_t *ret_n)
{
	int n = 64;

	for (;;) {
		const int room = n;
		gid_t *gids = calloc((size_t)room, sizeof(*gids));

		if (!gids)
			return -ENOMEM;
		if (getgrouplist(user, gid, gids, &n) >= 0) {
			*ret = gids;
			*ret_n = (size_t)n;
			return 0;
		}
		free(gids);
		if (n <= room || n > NGROUPS_MAX)
			return -E2BIG;
	}
}

static int find_groups(const char *root, const struct people *people, const char *user, gid_t **ret,
		       size_t *ret_n)
{
	const struct account *account = people_account(people, user);
	const struct passwd *answer;

	if (*root)
		return people_groups_of(people, user, ret, ret_n);
	if (account)
		return ask_groups(user, account->gid, ret, ret_n);
	answer = getpwnam(user);
	if (!answer)
		return people_groups_of(people, user, ret, ret_n);
	return ask_groups(user, answer->pw_gid, ret, ret_n);
}

static void find_uid(const char *root, const struct people *people, struct subject *subject)
{
	const struct account *account = people_account(people, subject->user);
	const struct passwd *answer = NULL;

	if (!account && !*root)
		answer = getpwnam(subject->user);
	if (!account && !answer)
		return;
	subject->exists = true;
	subject->uid = account ? account->uid : answer->pw_uid;
}

static int find_others(const char *root, const struct people *people, struct policy *policy,
		       struct subject *subject)
{
	const char *names[POLICY_PERSON_MAX];
	int n = policy_same_person(policy, subject->user, names, POLICY_PERSON_MAX);
	int r = 0;

	if (n < 0)
		return n;
	for (int i = 0; r == 0 && i < n && i < POLICY_PERSON_MAX; i++) {
		struct access_account *other = &subject->others[i];

		r = find_groups(root, people, names[i], &subject->groups[1 + i], &other->n_groups);
		other->user = names[i];
		other->groups = subject->groups[1 + i];
		subject->n_others = (size_t)i + 1;
	}
	return r;
}

int subject_find(const char *root, const struct people *people, struct policy *policy,
		 const char *user, struct subject *ret)
{
	struct subject subject = { .user = user,
				   .uid = policy ? policy_facts(policy)->min_uid : (uid_t)-1 };
	int r;

	find_uid(root, people, &subject);
	subject.own.user = user;
	r = find_groups(root, people, user, &subject.groups[0], &subject.own.n_groups);
	subject.own.groups = subject.groups[0];
	if (r == 0 && policy)
		r = find_others(root, people, policy, &subject);
	if (r < 0) {
		subject_clear(&subject);
		return r;
	}
	*ret = subject;
	return 0;
}

void subject_clear(struct subject *subject)
{
	for (size_t i = 0; i < 1 + POLICY_PERSON_MAX; i++)
		free(subject->groups[i]);
	*subject = (struct subject){ 0 };
}

int subject_judge(const struct subject *subject, struct policy *policy, const char *service,
		  const struct origin *origin, int64_t now, unsigned met,
		  struct access_verdict *ret)
{
	const struct access_request request = {
		.service = service,
		.uid = subject->uid,
		.subject = subject->own,
		.others = subject->others,
		.n_others = subject->n_others,
		.origins = origin,
		.n_origins = 1,
	};
	struct access_case *access;
	int r = access_load(policy, &request, &access);

	if (r < 0)
		return r;
	access_judge(access, now, met, ret);
	access_free(access);
	return 0;
}
