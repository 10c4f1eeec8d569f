/* SPDX-License-Identifier: MIT */
/* fallback.c - the decision without a policy: who still gets in, and nobody else. */
#include <string.h>

#include <sereno/fallback.h>
#include <sereno/service.h>

#include "access_load.h"

static bool listed(const char names[][FALLBACK_NAME_SIZE], size_t n, const char *user)
{
	for (size_t i = 0; i < n && i < FALLBACK_NAMES_MAX; i++) {
		if (strcmp(names[i], user) == 0)
			return true;
	}
	return false;
}

struct fallback fallback_stricter(const struct fallback *old, const struct fallback *new)
{
	struct fallback both = *new;

	both.observe &= old->observe;
	if (old->min_uid < both.min_uid)
		both.min_uid = old->min_uid;
	for (size_t i = 0; i < old->n_governed && both.n_governed < FALLBACK_NAMES_MAX; i++) {
		if (!listed(both.governed, both.n_governed, old->governed[i]))
			memcpy(both.governed[both.n_governed++], old->governed[i],
			       FALLBACK_NAME_SIZE);
	}
	return both;
}

/* Whether every origin is this machine itself. */
static bool all_local(const struct access_request *request)
{
	for (size_t i = 0; i < request->n_origins; i++) {
		if (request->origins[i].kind != ORIGIN_SEAT &&
		    request->origins[i].kind != ORIGIN_SERIAL)
			return false;
	}
	return request->n_origins > 0;
}

static void decide(const struct access_request *request, enum access_reason reason,
		   struct access_verdict *verdict)
{
	const enum service_kind kind = service_kind(request->service);
	bool allowed = all_local(request);

	if (reason == REASON_BREAK_GLASS)
		allowed = allowed || !service_needs_rule(kind) || elevates_in_own_login(request);
	else
		allowed = allowed || kind != SERVICE_LOGIN;

	verdict->enforced = allowed ? ACCESS_ALLOW : ACCESS_DENY;
	verdict->reason = allowed ? reason : REASON_NO_POLICY;
	if (allowed && reason == REASON_ROOT_LOGIN && kind != SERVICE_LOGIN)
		verdict->reason = REASON_ROOT_ASKS;
}

void fallback_judge(const struct fallback *fallback, const struct access_request *request,
		    struct access_verdict *ret)
{
	struct access_verdict verdict = {
		.enforced = ACCESS_DENY,
		.reason = REASON_NO_POLICY,
		.until = TIME_NO_END,
	};
	const char *user = request->subject.user;
	enum observe block = OBSERVE_ROLES;

	if (request->uid == 0) {
		block = OBSERVE_ROOT;
		decide(request, REASON_ROOT_LOGIN, &verdict);
	} else if (listed(fallback->break_glass, fallback->n_break_glass, user)) {
		block = OBSERVE_ACCOUNTS;
		decide(request, REASON_BREAK_GLASS, &verdict);
	} else if (!uid_governed(request->uid, fallback->min_uid) &&
		   !listed(fallback->governed, fallback->n_governed, user)) {
		verdict.enforced = ACCESS_NOT_GOVERNED;
		verdict.reason = REASON_UNGOVERNED;
	}
	verdict.outcome = verdict.enforced;
	if (verdict.enforced == ACCESS_DENY && (fallback->observe & block) != 0) {
		verdict.outcome = ACCESS_ALLOW;
		verdict.on_trial = true;
	}
	if (verdict.outcome == ACCESS_DENY)
		verdict.until = 0;
	verdict.until_told = verdict.until;
	*ret = verdict;
}
