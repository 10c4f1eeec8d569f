/* SPDX-License-Identifier: MIT */
/* guard_rules.c - how often the password of a request's subject may be tried. */
#include <errno.h>
#include <string.h>

#include <sereno/fallback.h>
#include <sereno/grants.h>
#include <sereno/model.h>
#include <sereno/scoped.h>

#include "asker.h"
#include "guard_rules.h"

static void apply_kind(enum subject_kind kind, struct guard_rules *rules)
{
	switch (kind) {
	case SUBJECT_IS_ROOT:
	case SUBJECT_IS_BREAK_GLASS:
		rules->never_locked = true;
		return;
	case SUBJECT_IS_PERSON:
	case SUBJECT_IS_PROGRAM:
		return;
	case SUBJECT_IS_UNGOVERNED:
		rules->limited = false;
		return;
	}
}

/* An account that is no more has a name all the same. */
static int has_departed(const struct policy *policy, const struct request *request, int64_t now,
			bool *ret)
{
	const char *user = request->known ? request->subject.name : request->user;
	const uid_t uid = request->known ? request->subject.uid : GRANTS_NO_UID;
	const struct grants *grants = policy_grants(policy);
	struct departure departure;
	const int r = grants && user ? grants_departed(grants, user, uid, &departure) : 0;

	*ret = r > 0 && (departure.since <= now || departure.since <= grants_earliest(grants));
	return r < 0 ? r : 0;
}

static int ask_policy(const char *root, const struct request *request, int64_t now,
		      struct guard_rules *ret)
{
	scoped(policy_close_p) struct policy *policy = NULL;
	scoped(asker_clear) struct asker asker = { .n_groups = 0 };
	struct guard_rules rules = { .limited = true };
	enum subject_kind kind = SUBJECT_IS_PERSON;
	struct access_request asked;
	int r;

	r = policy_open_at_login(root, &policy);
	if (r < 0)
		return r;
	r = has_departed(policy, request, now, &rules.departed);
	if (r < 0)
		return r;
	if (policy_attempts(policy, &rules.limits) < 0) {
		*ret = (struct guard_rules){ .limited = false, .departed = rules.departed };
		return 0;
	}
	rules.on_trial = policy_facts(policy)->observe & OBSERVE_ATTEMPTS;
	if (request->known) {
		r = asker_read(policy, &request->subject, &asker);
		if (r < 0)
			return r;
		asked = asker_request(&asker, request);
		r = policy_subject(policy, &asked, now, &kind);
		if (r < 0)
			return r;
	}
	apply_kind(kind, &rules);
	*ret = rules;
	return 0;
}

static enum subject_kind fallback_kind(const struct fallback *fallback,
				       const struct request *request)
{
	const struct asker asker = { .subject = { .user = request->subject.name } };
	const struct access_request asked = asker_request(&asker, request);
	struct access_verdict verdict;

	if (!request->known)
		return SUBJECT_IS_PERSON;
	if (request->subject.uid == 0)
		return SUBJECT_IS_ROOT;
	for (size_t i = 0; i < fallback->n_break_glass; i++)
		if (strcmp(fallback->break_glass[i], request->subject.name) == 0)
			return SUBJECT_IS_BREAK_GLASS;
	fallback_judge(fallback, &asked, &verdict);
	return verdict.outcome == ACCESS_NOT_GOVERNED ? SUBJECT_IS_UNGOVERNED : SUBJECT_IS_PERSON;
}

static void ask_fallback(const char *root, const struct request *request, struct guard_rules *ret)
{
	struct guard_rules rules = { .limited = true, .limits = ATTEMPT_LIMITS_STRICT };
	struct fallback fallback;

	(void)fallback_read(root, &fallback); /* its defaults are the strict answer to a failure */
	rules.on_trial = fallback.observe & OBSERVE_ATTEMPTS;
	apply_kind(fallback_kind(&fallback, request), &rules);
	*ret = rules;
}

void guard_rules_read(const char *root, const struct request *request, int64_t now,
		      struct guard_rules *ret)
{
	if (ask_policy(root, request, now, ret) < 0)
		ask_fallback(root, request, ret);
}
