/* SPDX-License-Identifier: MIT */
/* role_terms.c - on what terms a role is granted, and who holds it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/role_terms.h>
#include <sereno/scoped.h>

#include "access_load.h"

/* The number of the role @name. Returns 0, -ENOENT or a negative errno. */
static int role_id(const struct policy *policy, const char *name, uint32_t *ret)
{
	const int r = role_find(policy, name, ret);

	if (r == 0)
		return -ENOENT;
	return r < 0 ? r : 0;
}

int policy_role_terms(struct policy *policy, const char *name, struct role_terms *ret)
{
	scoped(blob_clear) struct blob blob = { 0 };
	struct decoder decoder;
	uint32_t id;
	int r;

	r = role_id(policy, name, &id);
	if (r == 0)
		r = policy_find_id(policy, TABLE_TERMS, id, &blob);
	if (r < 0)
		return r;
	decoder = blob_decoder(&blob);
	return decode_terms(&decoder, ret);
}

static bool is_listed(const struct role_names *roles, const char *name)
{
	for (size_t i = 0; i < roles->n; i++)
		if (strcmp(roles->name[i], name) == 0)
			return true;
	return false;
}

static int load_holder(struct reading *reading)
{
	const int r = load_subject(reading);

	return r < 0 || reading->access->subject != SUBJECT_GOVERNED ? r : load_roles(reading);
}

int policy_holds_one(struct policy *policy, const struct access_request *request, int64_t now,
		     const struct role_names *roles)
{
	scoped(access_free_p) struct access_case *access = calloc(1, sizeof(*access));
	scoped(reading_clear) struct reading reading = {
		.policy = policy,
		.request = request,
		.access = access,
	};
	const int r = access ? load_holder(&reading) : -ENOMEM;

	if (r < 0 || access->departed <= now)
		return r < 0 ? r : 0;
	for (size_t i = 0; i < access->n_roles; i++)
		if (is_listed(roles, access->roles[i].name) && role_counts(access, i, now))
			return 1;
	return 0;
}

/* The first moment after @now at which a role, his or one that excludes a role of his, begins or
 * ends, or he leaves. */
static int64_t next_change(const struct access_case *access, int64_t now)
{
	int64_t next = access->departed > now ? access->departed : TIME_NO_END;

	for (size_t i = 0; i < access->n_holdings; i++) {
		const struct validity *valid = &access->holdings[i].valid;

		if (valid->since > now && valid->since < next)
			next = valid->since;
		if (valid->until > now && valid->until < next)
			next = valid->until;
	}
	return next;
}

static int list_roles(const struct access_case *access, int64_t now, struct role_names *ret)
{
	struct role_names names = { 0 };

	for (size_t i = 0; i < access->n_roles; i++) {
		if (access->departed <= now || !role_counts(access, i, now))
			continue;
		if (names.n == ROLE_NAMES_MAX)
			return -E2BIG;
		memcpy(names.name[names.n++], access->roles[i].name, MODEL_NAME_MAX + 1);
	}
	*ret = names;
	return 0;
}

int policy_roles_held(struct policy *policy, const struct access_request *request, int64_t now,
		      struct role_names *ret, int64_t *ret_until)
{
	scoped(access_free_p) struct access_case *access = calloc(1, sizeof(*access));
	scoped(reading_clear) struct reading reading = {
		.policy = policy,
		.request = request,
		.access = access,
	};
	int r = access ? load_holder(&reading) : -ENOMEM;

	if (r == 0)
		r = list_roles(access, now, ret);
	if (r == 0)
		*ret_until = next_change(access, now);
	return r;
}

/* Whether one of the roles that the person holds by name or by a grant is in @excludes. */
static int find_conflict(struct reading *reading, const struct id_set *excludes,
			 char ret[static MODEL_NAME_MAX + 1])
{
	const int r = load_holder(reading);

	for (size_t i = 0; r == 0 && i < reading->access->n_roles; i++) {
		if (id_set_find(excludes, reading->held.id[i]) < 0)
			continue;
		memcpy(ret, reading->access->roles[i].name, MODEL_NAME_MAX + 1);
		return 1;
	}
	return r;
}

int policy_role_conflicts(struct policy *policy, const char *user, const char *name,
			  char ret[static MODEL_NAME_MAX + 1])
{
	/* Whatever his number: as somebody who is governed, so that his roles are looked at. */
	const struct access_request request = {
		.uid = policy->meta.facts.min_uid,
		.subject = { .user = user },
	};
	scoped(access_free_p) struct access_case *access = calloc(1, sizeof(*access));
	scoped(reading_clear) struct reading reading = {
		.policy = policy,
		.request = &request,
		.access = access,
	};
	scoped(role_fact_clear) struct role_fact fact = { 0 };
	uint32_t id;
	int r;

	if (!access)
		return -ENOMEM;
	r = role_id(policy, name, &id);
	if (r == 0)
		r = role_load(policy, id, &fact);
	return r < 0 ? r : find_conflict(&reading, &fact.excludes, ret);
}

int policy_is_same_person(struct policy *policy, const char *user, const char *other)
{
	const char *names[POLICY_PERSON_MAX];
	int n;

	if (strcmp(user, other) == 0)
		return 1;
	n = policy_same_person(policy, user, names, POLICY_PERSON_MAX);
	/* Of more than we can look at, none is another person for certain. */
	if (n < 0 || n > POLICY_PERSON_MAX)
		return n < 0 ? n : 1;
	for (int i = 0; i < n; i++)
		if (strcmp(names[i], other) == 0)
			return 1;
	return 0;
}

uint64_t policy_request_expiry(const struct policy *policy)
{
	return policy->meta.by_request_sec;
}
