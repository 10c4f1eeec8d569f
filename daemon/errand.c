/* SPDX-License-Identifier: MIT */
/* errand.c - a caller's business with the register: what is opened for it. */
#include "errand.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include <sereno/role_terms.h>
#include <sereno/scoped.h>

#define OF_ANOTHER "who decides must have logged in as himself, not by su or sudo"
#define OF_NOBODY  "the kernel knows no login that this runs in: log in as yourself to decide"
#define OF_A_STEP  "the process that asks is not the one that has connected"

static int find_account(const struct caller *caller, struct account *ret)
{
	const int r = account_by_name(caller->name, ret);

	return r == 0 && ret->uid != caller->uid ? -ESTALE : r;
}

void errand_clear(struct errand *errand)
{
	asker_clear(&errand->asker);
	policy_close(errand->policy);
	register_close(errand->db);
}

/* Somebody else than the caller, by what the name service says of him now. */
static int other_holds(void *context, const char *user, int64_t now, const struct role_names *roles)
{
	scoped(asker_clear) struct asker asker = { .n_others = 0 };
	const struct errand *errand = context;
	struct access_request request;
	struct account account;
	int r = account_by_name(user, &account);

	if (r == 0 && strcmp(account.name, user) != 0)
		r = -ESRCH;
	if (r == 0)
		r = asker_read(errand->policy, &account, &asker);
	if (r < 0)
		return r == -ESRCH ? 0 : r;
	request = (struct access_request){
		.uid = account.uid,
		.subject = asker.subject,
		.others = asker.others,
		.n_others = asker.n_others,
	};
	return policy_holds_one(errand->policy, &request, now, roles);
}

/* The register first: it publishes what the policy is opened with. */
int errand_open(struct errand *errand)
{
	const struct caller *caller = &errand->talk->caller;
	int r;

	errand->act = (struct act){
		.user = caller->name,
		.uid = caller->uid,
		.at = time(NULL),
		.reason = errand->talk->request.reason,
	};
	r = register_open_hastily(errand->talk->root, errand->act.at, &errand->db);
	if (r == 0)
		r = policy_open(errand->talk->root, &errand->policy);
	if (r == 0)
		r = find_account(caller, &errand->account);
	if (r == 0)
		r = asker_read(errand->policy, &errand->account, &errand->asker);
	if (r < 0)
		return r;
	errand->expiry_sec = (int64_t)policy_request_expiry(errand->policy);
	errand->request = (struct access_request){
		.uid = caller->uid,
		.subject = errand->asker.subject,
		.others = errand->asker.others,
		.n_others = errand->asker.n_others,
	};
	errand->person = (struct register_person){
		.policy = errand->policy,
		.request = &errand->request,
		.other_holds = other_holds,
		.context = errand,
	};
	return 0;
}

const char *errand_not_himself(const struct talk *talk)
{
	switch (caller_is_himself(&talk->caller, &talk->sender)) {
	case CALLER_HIMSELF:
		return NULL;
	case CALLER_LOGIN_OTHER:
		return OF_ANOTHER;
	case CALLER_LOGIN_UNSET:
		return OF_NOBODY;
	case CALLER_NOT_THE_SAME:
		break;
	}
	return OF_A_STEP;
}
