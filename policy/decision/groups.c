/* SPDX-License-Identifier: MIT */
/* groups.c - the Unix groups that the roles held give. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/groups.h>
#include <sereno/scoped.h>

#include "access_load.h"

_Static_assert(_Generic((gid_t)0, uint32_t : true), "a set of numbers is a list of groups");

/* Whether a role of those dates is held, as far as the clock can be believed. */
static bool is_held(const struct policy *policy, const struct validity *valid, int64_t now)
{
	return validity_holds(valid, now) &&
	       (now >= policy->meta.facts.compiled || valid->until == TIME_NO_END);
}

/* Whether the role at @index gives its groups at @now. */
static bool role_gives(const struct reading *reading, size_t index, int64_t now)
{
	const struct case_role *role = &reading->access->roles[index];

	if (role->gives.n == 0 || !role_counts(reading->access, index, now))
		return false;
	if (!is_held(reading->policy, &role->valid, now))
		return false;
	/* The others may hold by their Unix groups what this role excludes. */
	return !(role->excludes_groups && reading->has_others);
}

static int gather_gids(const struct reading *reading, int64_t now, struct id_set *ret)
{
	const struct access_case *access = reading->access;
	int r = 0;

	for (size_t i = 0; i < access->n_roles; i++) {
		const struct id_set *gives = &access->roles[i].gives;
		const size_t n = role_gives(reading, i, now) ? gives->n : 0;

		for (size_t k = 0; r == 0 && k < n; k++)
			r = id_set_add(ret, gives->id[k]);
	}
	return r;
}

static int load_and_gather(struct reading *reading, int64_t now, struct id_set *ret)
{
	int r = load_subject(reading);

	if (r < 0 || reading->access->subject != SUBJECT_GOVERNED ||
	    reading->access->departed <= now)
		return r;
	r = load_roles(reading);
	return r < 0 ? r : gather_gids(reading, now, ret);
}

static int gather_with_case(struct policy *policy, const struct group_asker *asker, int64_t now,
			    struct id_set *ret)
{
	const struct access_request request = {
		.uid = (uid_t)-1, /* nobody's: asker->find_uid is asked instead */
		.subject = { asker->user, asker->groups, asker->n_groups },
	};
	scoped(access_free_p) struct access_case *access = calloc(1, sizeof(*access));
	scoped(reading_clear) struct reading reading = {
		.policy = policy,
		.request = &request,
		.access = access,
		.find_uid = asker->find_uid,
	};

	return access ? load_and_gather(&reading, now, ret) : -ENOMEM;
}

/* Add what @grant gives. Returns 1, 0 (his other roles must be looked at) or a negative errno. */
static int add_grant(const struct policy *policy, const struct grant_fact *grant, int64_t now,
		     struct id_set *ret)
{
	int r = 0;

	if (grant->depends)
		return 0;
	if (!is_held(policy, &grant->valid, now))
		return 1;
	for (size_t i = 0; r == 0 && i < grant->gives.n; i++)
		r = id_set_add(ret, grant->gives.id[i]);
	return r < 0 ? r : 1;
}

static int add_grants(const struct policy *policy, struct decoder *decoder, int64_t now,
		      struct id_set *ret)
{
	scoped(grant_fact_clear) struct grant_fact grant = { 0 }; /* its memory serves them all */
	int r = 1;

	while (r > 0 && decode_more(decoder)) {
		r = decode_grant(decoder, &grant);
		if (r == 0)
			r = add_grant(policy, &grant, now, ret);
	}
	if (r > 0 && decode_end(decoder) < 0)
		return -EBADMSG;
	return r;
}

/*
 * The short way, for nearly everybody: roles that name him and depend on no other. Returns 1, 0
 * (the long way must be gone) or a negative errno.
 */
static int gather_grants(const struct policy *policy, const struct group_asker *asker, int64_t now,
			 struct id_set *ret)
{
	scoped(blob_clear) struct blob blob = { 0 };
	struct decoder decoder;
	int r;

	r = is_registered(policy, asker->user);
	if (r != 0)
		return r < 0 ? r : 0;
	for (size_t i = 0; i < asker->n_groups; i++)
		if (meta_watches(&policy->meta, asker->groups[i]))
			return 0;
	r = table_find(&policy->tables, TABLE_GRANTS, asker->user, strlen(asker->user), &blob);
	if (r <= 0)
		return r < 0 ? r : 1;
	decoder = blob_decoder(&blob);
	return add_grants(policy, &decoder, now, ret);
}

static int gather(struct policy *policy, const struct group_asker *asker, int64_t now,
		  struct id_set *ret)
{
	const struct policy_facts *facts = policy_facts(policy);
	int r;

	if (!facts->gives_groups || (facts->observe & (unsigned)OBSERVE_ROLES) != 0)
		return 0;
	r = gather_grants(policy, asker, now, ret);
	if (r == 0) {
		ret->n = 0;
		r = gather_with_case(policy, asker, now, ret);
	}
	if (r < 0)
		return r;
	id_set_settle(ret);
	return 0;
}

int policy_given_groups(struct policy *policy, const struct group_asker *asker, int64_t now,
			gid_t **ret, size_t *ret_n)
{
	scoped(id_set_clear) struct id_set gids = { 0 };
	const int r = gather(policy, asker, now, &gids);

	if (r < 0)
		return r;
	*ret_n = gids.n;
	*ret = gids.n > 0 ? take(gids.id, NULL) : NULL;
	return 0;
}

int groups_in_force(const char *root, const struct group_asker *asker, int64_t now, gid_t **ret,
		    size_t *ret_n)
{
	scoped(policy_end) struct policy policy = { .fd = -1, .directory = -1 };
	const int r = policy_begin(root, GRANTS_FOR_ALL, &policy);

	return r < 0 ? r : policy_given_groups(&policy, asker, now, ret, ret_n);
}

int policy_own_group(struct policy *policy, const char *name, gid_t *ret)
{
	scoped(blob_clear) struct blob blob = { 0 };
	struct decoder decoder;
	gid_t gid;
	int r;

	r = table_find(&policy->tables, TABLE_OWN_NAMES, name, strlen(name), &blob);
	if (r <= 0)
		return r;
	decoder = blob_decoder(&blob);
	gid = decode_u32(&decoder);
	if (decode_end(&decoder) < 0 || !gid_is_own(gid))
		return -EBADMSG;
	*ret = gid;
	return 1;
}

int policy_own_gid(struct policy *policy, gid_t gid, char ret[static OWN_GROUP_NAME_MAX + 1])
{
	const struct table_key key = key_of_id(gid);
	scoped(blob_clear) struct blob blob = { 0 };
	char name[OWN_GROUP_NAME_MAX + 1];
	struct decoder decoder;
	int r;

	if (!gid_is_own(gid))
		return 0;
	r = policy_find(policy, TABLE_OWN_GIDS, &key, &blob);
	if (r <= 0)
		return r;
	decoder = blob_decoder(&blob);
	decode_text(&decoder, name, sizeof(name));
	if (decode_end(&decoder) < 0 || !own_group_name(name))
		return -EBADMSG;
	memcpy(ret, name, sizeof(name));
	return 1;
}
