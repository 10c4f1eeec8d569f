/* SPDX-License-Identifier: MIT */
/* judge.c - ask the policy in force, and the fallback when that cannot be used. */
#include <errno.h>
#include <string.h>

#include <sereno/fallback.h>
#include <sereno/scoped.h>

#include "judge.h"

/* The subject and the same person's other accounts, with the groups the policy asks for. */
struct people {
	struct access_account subject;
	struct access_account others[POLICY_PERSON_MAX];
	size_t n_others;
	gid_t *groups[POLICY_PERSON_MAX + 1];
	size_t n_groups;
};

static void people_clear(struct people *people)
{
	for (size_t i = 0; i < people->n_groups; i++)
		free(people->groups[i]);
}

static int add_groups(struct people *people, const struct account *account,
		      struct access_account *ret)
{
	gid_t *groups = NULL;
	const ssize_t n = account_groups(account, &groups);

	if (n < 0)
		return (int)n;
	people->groups[people->n_groups++] = groups;
	ret->groups = groups;
	ret->n_groups = (size_t)n;
	return 0;
}

static int add_other(struct people *people, const char *user)
{
	struct access_account *other = &people->others[people->n_others++];
	struct account account;
	int r;

	other->user = user;
	r = account_by_name(user, &account);
	if (r == -ESRCH) /* named in the policy, not known here: in no group */
		return 0;
	return r < 0 ? r : add_groups(people, &account, other);
}

/* Groups are the dear part of a decision; most policies ask for none. */
static int people_read(struct policy *policy, const struct account *subject, struct people *people)
{
	const char *names[POLICY_PERSON_MAX];
	int n, r;

	people->subject.user = subject->name;
	if (!policy_facts(policy)->asks_groups)
		return 0;
	r = add_groups(people, subject, &people->subject);
	if (r < 0)
		return r;
	n = policy_same_person(policy, subject->name, names, POLICY_PERSON_MAX);
	if (n > POLICY_PERSON_MAX)
		return -E2BIG;
	for (int i = 0; r == 0 && i < n; i++)
		r = add_other(people, names[i]);
	return n < 0 ? n : r;
}

static struct access_request access_request_of(const struct request *request,
					       const struct people *people)
{
	return (struct access_request){
		.service = request->service,
		.uid = request->subject.uid,
		.subject = people->subject,
		.others = people->others,
		.n_others = people->n_others,
		.origins = request->origins,
		.n_origins = request->n_origins,
		.own_login = request->own_login,
	};
}

static int judge_by_policy(const char *root, const struct request *request, int64_t now,
			   unsigned met, struct judgement *ret)
{
	scoped(policy_close_p) struct policy *policy = NULL;
	scoped(access_free_p) struct access_case *access = NULL;
	scoped(people_clear) struct people people = { .n_groups = 0 };
	struct access_request asked;
	int r;

	r = policy_open(root, &policy);
	if (r < 0)
		return r;
	r = people_read(policy, &request->subject, &people);
	if (r < 0)
		return r;
	asked = access_request_of(request, &people);
	r = access_load(policy, &asked, &access);
	if (r < 0)
		return r;
	access_judge(access, now, met, &ret->verdict);
	memcpy(ret->policy, policy_facts(policy)->hash, sizeof(ret->policy));
	ret->observe = policy_facts(policy)->observe;
	return 0;
}

static void judge_by_fallback(const char *root, const struct request *request,
			      struct judgement *ret)
{
	const struct people people = { .subject = { .user = request->subject.name } };
	const struct access_request asked = access_request_of(request, &people);
	struct fallback fallback;

	/* Its defaults know no break-glass account and govern by number alone, from uid 1000 up:
	 * whom the file governs below that is then left to the other modules. */
	(void)fallback_read(root, &fallback);
	fallback_judge(&fallback, &asked, &ret->verdict);
	ret->observe = fallback.observe;
}

void judge(const char *root, const struct request *request, int64_t now, unsigned met,
	   struct judgement *ret)
{
	*ret = (struct judgement){ .unusable = 0 };
	ret->unusable = judge_by_policy(root, request, now, met, ret);
	if (ret->unusable < 0)
		judge_by_fallback(root, request, ret);
}
