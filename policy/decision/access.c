/* SPDX-License-Identifier: MIT */
/* access.c - what the policy in force says about one subject, service and place. */
#include <errno.h>
#include <stdlib.h>

#include <sereno/scoped.h>

#include "access_load.h"

#define ORIGINS_MAX 4096 /* logins one user has open; more is no honest request */

void reading_clear(struct reading *reading)
{
	id_set_clear(&reading->own);
	id_set_clear(&reading->held);
	holdings_clear(&reading->holdings);
	id_set_clear(&reading->services);
}

void access_free_p(struct access_case **access)
{
	access_free(*access);
}

void access_free(struct access_case *access)
{
	if (!access)
		return;
	for (size_t i = 0; i < access->n_origins; i++)
		free(access->origins[i].rules);
	free(access->origins);
	for (size_t i = 0; i < access->n_roles; i++)
		id_set_clear(&access->roles[i].gives);
	free(access->roles);
	free(access->excludes);
	free(access->holdings);
	free(access);
}

/* Whether every origin of the request lies in the settled list @allowed. */
static int load_place(struct reading *reading, const struct id_set *allowed)
{
	const struct access_request *request = reading->request;

	reading->access->at_place = false;
	for (size_t i = 0; i < count_origins(request); i++) {
		scoped(id_set_clear) struct id_set ids = { 0 };
		const struct origin origin = request_origin(request, i);
		bool fits = false;
		int r;

		r = load_origin_ids(reading->policy, &origin, &ids);
		if (r < 0)
			return r;
		for (size_t j = 0; j < ids.n; j++)
			fits = fits || id_set_find(allowed, ids.id[j]) >= 0;
		if (!fits)
			return 0;
	}
	reading->access->at_place = true;
	return 0;
}

/* Where holding a role is enough: one made-up rule per role, which always fits. */
static int hold_is_enough(struct access_case *access)
{
	struct case_rule rule = {
		.fact = { .valid = { TIME_NO_START, TIME_NO_END }, .always = true },
	};
	int r = 0;

	access->n_origins = 1;
	for (; r == 0 && rule.role < access->n_roles; rule.role++) {
		if (access->roles[rule.role].own)
			r = origin_add_rule(&access->origins[0], &rule);
	}
	return r;
}

/* What the roles held say of the service. */
static int load_by_kind(struct reading *reading)
{
	int r;

	if (service_needs_rule(reading->access->kind))
		return load_rules(reading);
	r = hold_is_enough(reading->access);
	return r == 0 && reading->access->kind == SERVICE_UNLOCK ? load_unlocking(reading) : r;
}

static int load_governed(struct reading *reading)
{
	const size_t n = count_origins(reading->request);
	struct access_case *access = reading->access;
	int r;

	access->origins = calloc(n, sizeof(*access->origins));
	if (!access->origins)
		return -ENOMEM;
	r = load_roles(reading);
	return r < 0 ? r : load_by_kind(reading);
}

static int load_case(struct reading *reading)
{
	const struct meta *meta = &reading->policy->meta;
	const struct access_case *access = reading->access;
	int r;

	r = load_subject(reading);
	if (r < 0)
		return r;
	switch (access->subject) {
	case SUBJECT_UNGOVERNED:
		break;
	case SUBJECT_ROOT:
		return access->kind == SERVICE_LOGIN ? load_place(reading, &meta->direct_login) : 0;
	case SUBJECT_BREAK_GLASS:
		reading->access->at_place = elevates_in_own_login(reading->request);
		return reading->access->at_place ? 0 : load_place(reading, &meta->break_glass_from);
	case SUBJECT_GOVERNED:
		return load_governed(reading);
	}
	return 0;
}

int access_load(struct policy *policy, const struct access_request *request,
		struct access_case **ret)
{
	scoped(access_free_p) struct access_case *access = calloc(1, sizeof(*access));
	scoped(reading_clear) struct reading reading = { .policy = policy, .request = request };
	int r;

	if (!access)
		return -ENOMEM;
	if (request->n_origins > ORIGINS_MAX)
		return -E2BIG;
	reading.access = access;
	access->kind = service_kind(request->service);
	access->observe = policy->meta.facts.observe;
	r = load_case(&reading);
	if (r < 0)
		return r;
	*ret = take(access, NULL);
	return 0;
}
