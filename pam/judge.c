/* SPDX-License-Identifier: MIT */
/* judge.c - ask the policy in force, and the fallback when that cannot be used. */
#include <string.h>

#include <sereno/fallback.h>
#include <sereno/grants.h>
#include <sereno/scoped.h>

#include "asker.h"
#include "judge.h"

static int judge_by_policy(const char *root, const struct request *request, int64_t now,
			   unsigned met, struct judgement *ret)
{
	scoped(policy_close_p) struct policy *policy = NULL;
	scoped(access_free_p) struct access_case *access = NULL;
	scoped(asker_clear) struct asker asker = { .n_groups = 0 };
	struct access_request asked;
	int r;

	r = policy_open_at_login(root, &policy);
	if (r < 0)
		return r;
	r = asker_read(policy, &request->subject, &asker);
	if (r < 0)
		return r;
	asked = asker_request(&asker, request);
	r = access_load(policy, &asked, &access);
	if (r < 0)
		return r;
	policy_second_factor(policy, &ret->second_factor);
	if (policy_attempts(policy, &ret->attempts) < 0)
		ret->attempts = (struct attempt_limits)ATTEMPT_LIMITS_STRICT;
	access_judge(access, now, met, &ret->verdict);
	memcpy(ret->policy, policy_facts(policy)->hash, sizeof(ret->policy));
	ret->observe = policy_facts(policy)->observe;
	ret->access_end = policy_access_end(policy);
	return 0;
}

/* Without a policy who has left may still be known, break-glass account or not. */
static bool has_departed(const char *root, const struct request *request, int64_t now)
{
	scoped(grants_close_p) struct grants *grants = NULL;
	struct departure departure;

	return grants_open_remains(root, &grants) == 0 &&
	       grants_departed(grants, request->subject.name, request->subject.uid, &departure) >
		       0 &&
	       (departure.since <= now || departure.since <= grants_earliest(grants));
}

static void judge_by_fallback(const char *root, const struct request *request, int64_t now,
			      struct judgement *ret)
{
	const struct asker asker = { .subject = { .user = request->subject.name } };
	const struct access_request asked = asker_request(&asker, request);
	struct fallback fallback;

	/* Its defaults know no break-glass account and govern by number alone, from uid 1000 up:
	 * whom the file governs below that is then left to the other modules. */
	(void)fallback_read(root, &fallback);
	fallback_judge(&fallback, &asked, &ret->verdict);
	if (has_departed(root, request, now))
		ret->verdict = (struct access_verdict){ .reason = REASON_DEPARTED };
	ret->observe = fallback.observe;
}

void judge(const char *root, const struct request *request, int64_t now, unsigned met,
	   struct judgement *ret)
{
	*ret = (struct judgement){ .unusable = 0 };
	ret->unusable = judge_by_policy(root, request, now, met, ret);
	if (ret->unusable < 0)
		judge_by_fallback(root, request, now, ret);
}
