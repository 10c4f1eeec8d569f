/* SPDX-License-Identifier: MIT */
/* access_granted.c - what the register says of a subject: roles granted, and that he has departed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/grants.h>
#include <sereno/scoped.h>

#include "access_load.h"

void holdings_clear(struct holdings *holdings)
{
	free(holdings->item);
	*holdings = (struct holdings){ 0 };
}

int holdings_add(struct holdings *holdings, uint32_t role, const struct case_holding *how)
{
	const size_t allocated = holdings->allocated ? holdings->allocated * 2 : 8;
	struct holding *item;

	if (holdings->n == holdings->allocated) {
		item = reallocarray(holdings->item, allocated, sizeof(*item));
		if (!item)
			return -ENOMEM;
		holdings->item = item;
		holdings->allocated = allocated;
	}
	holdings->item[holdings->n++] = (struct holding){ .role = role, .how = *how };
	return 0;
}

int role_find(const struct policy *policy, const char *name, uint32_t *ret)
{
	scoped(blob_clear) struct blob blob = { 0 };
	struct decoder decoder;
	uint32_t role;
	int r;

	r = table_find(&policy->tables, TABLE_ROLE_NAMES, name, strlen(name), &blob);
	if (r <= 0)
		return r;
	decoder = blob_decoder(&blob);
	role = decode_u32(&decoder);
	if (decode_end(&decoder) < 0)
		return -EBADMSG;
	*ret = role;
	return 1;
}

/*
 * A clock that was set back brings no grant back: what has ended by the least that the time can be
 * is left out, and before the moment of publishing none holds.
 */
static int add_grant(const struct policy *policy, const struct grant *grant, bool own,
		     struct holdings *ret)
{
	const int64_t published = grants_facts(policy->grants)->published;
	struct case_holding how = { .valid = grant->valid, .grant = grant->id, .own = own };
	uint32_t role;
	int r;

	if (grant->valid.until <= grants_earliest(policy->grants))
		return 0;
	if (how.valid.since < published)
		how.valid.since = published;
	r = role_find(policy, grant->role, &role);
	return r <= 0 ? r : holdings_add(ret, role, &how);
}

int load_granted(const struct policy *policy, const char *user, bool own, struct holdings *ret)
{
	scoped_free struct grant *grants = NULL;
	ssize_t n;
	int r = 0;

	if (!policy->grants)
		return 0;
	n = grants_of(policy->grants, user, &grants);
	if (n < 0)
		return (int)n;
	for (ssize_t i = 0; r == 0 && i < n; i++)
		r = add_grant(policy, &grants[i], own, ret);
	return r;
}

int load_departure(const struct reading *reading)
{
	const struct access_request *request = reading->request;
	const struct grants *grants = reading->policy->grants;
	struct departure departure;
	int r;

	reading->access->departed = TIME_NO_END;
	if (!grants)
		return 0;
	r = grants_departed(grants, request->subject.user, request->uid, &departure);
	if (r <= 0)
		return r;
	/* Nor does a clock that was set back bring a person back. */
	reading->access->departed =
		departure.since <= grants_earliest(grants) ? TIME_NO_START : departure.since;
	return 0;
}

int is_registered(const struct policy *policy, const char *user)
{
	scoped_free struct grant *grants = NULL;
	struct departure departure;
	ssize_t n;

	if (!policy->grants)
		return 0;
	n = grants_of(policy->grants, user, &grants);
	if (n != 0)
		return n < 0 ? (int)n : 1;
	return grants_departed(policy->grants, user, GRANTS_NO_UID, &departure);
}
