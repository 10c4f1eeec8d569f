/* SPDX-License-Identifier: MIT */
/* rules.c - what the policy in force says about a caller's codes. */
#include <sereno/access.h>
#include <sereno/model.h>
#include <sereno/policy.h>
#include <sereno/scoped.h>

#include "rules.h"

/* Groups and other accounts of the person would only tell programs from people. */
static int read_kind(struct policy *policy, const struct caller *caller, int64_t now,
		     enum subject_kind *ret)
{
	const struct access_request request = {
		.uid = caller->uid,
		.subject = { .user = caller->name },
	};

	return policy_subject(policy, &request, now, ret);
}

static void apply_limits(const struct policy *policy, enum subject_kind kind, struct rules *rules)
{
	static const struct attempt_limits strict = ATTEMPT_LIMITS_STRICT;

	if (kind == SUBJECT_IS_UNGOVERNED || policy_attempts(policy, &rules->limits) < 0)
		rules->limits = strict; /* six digits are few */
	else
		rules->on_trial = policy_facts(policy)->observe & OBSERVE_ATTEMPTS;
	rules->never_locked = kind == SUBJECT_IS_ROOT || kind == SUBJECT_IS_BREAK_GLASS;
}

int rules_read(const char *root, const struct caller *caller, int64_t now, struct rules *ret)
{
	scoped(policy_close_p) struct policy *policy = NULL;
	enum subject_kind kind = SUBJECT_IS_PERSON;
	struct rules rules = { .on_trial = false };
	int r;

	r = policy_open(root, &policy);
	if (r == 0)
		r = read_kind(policy, caller, now, &kind);
	if (r < 0)
		return r;
	policy_second_factor(policy, &rules.codes);
	apply_limits(policy, kind, &rules);
	*ret = rules;
	return 0;
}
