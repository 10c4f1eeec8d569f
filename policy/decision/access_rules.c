/* SPDX-License-Identifier: MIT */
/* access_rules.c - the roles held and the rules they have for a service. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>

#include "access_load.h"

/* Note which of the roles held @role excludes. */
static int link_excludes(struct reading *reading, const struct id_set *excludes,
			 struct case_role *role)
{
	struct access_case *access = reading->access;
	size_t *room;
	ptrdiff_t index;

	role->excludes_at = access->n_excludes;
	room = reallocarray(access->excludes, access->n_excludes + excludes->n + 1, sizeof(*room));
	if (!room)
		return -ENOMEM;
	access->excludes = room;
	for (size_t i = 0; i < excludes->n; i++) {
		index = id_set_find(&reading->held, excludes->id[i]);
		if (index >= 0)
			room[access->n_excludes++] = (size_t)index;
	}
	role->n_excludes = access->n_excludes - role->excludes_at;
	return 0;
}

int role_load(const struct policy *policy, uint32_t id, struct role_fact *ret)
{
	scoped(blob_clear) struct blob blob = { 0 };
	struct decoder decoder;
	int r;

	r = policy_find_id(policy, TABLE_ROLES, id, &blob);
	if (r < 0)
		return r;
	decoder = blob_decoder(&blob);
	return decode_role(&decoder, ret);
}

static int load_role(struct reading *reading, uint32_t id, struct case_role *role)
{
	scoped(role_fact_clear) struct role_fact fact = { 0 };
	int r;

	r = role_load(reading->policy, id, &fact);
	if (r < 0)
		return r;
	memcpy(role->name, fact.name, sizeof(role->name));
	role->line = fact.line;
	role->unattended = fact.unattended;
	role->valid = fact.valid;
	role->own = id_set_find(&reading->own, id) >= 0;
	role->excludes_groups = fact.excludes_groups;
	role->gives = take(fact.gives, (struct id_set){ 0 });
	return link_excludes(reading, &fact.excludes, role);
}

static int compare_holdings(const void *first, const void *second)
{
	const struct holding *a = first, *b = second;

	return (a->role > b->role) - (a->role < b->role);
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Give each role of the case how it is held, within its own dates. */
static int place_holdings(struct reading *reading)
{
	struct access_case *access = reading->access;
	const struct holdings *from = &reading->holdings;

	access->holdings = calloc(from->n + 1, sizeof(*access->holdings));
	if (!access->holdings)
		return -ENOMEM;
	if (from->n > 1)
		qsort(from->item, from->n, sizeof(*from->item), compare_holdings);
	for (size_t i = 0; i < access->n_roles; i++) {
		struct case_role *role = &access->roles[i];

		role->holdings_at = access->n_holdings;
		while (access->n_holdings < from->n &&
		       from->item[access->n_holdings].role == reading->held.id[i]) {
			struct case_holding how = from->item[access->n_holdings].how;

			how.valid.since = later(how.valid.since, role->valid.since);
			how.valid.until = earlier(how.valid.until, role->valid.until);
			access->holdings[access->n_holdings++] = how;
		}
		role->n_holdings = access->n_holdings - role->holdings_at;
	}
	return 0;
}

/* Whether the subject himself holds roles of both kinds. */
static bool roles_mixed(const struct access_case *access)
{
	bool people = false, programs = false;

	for (size_t i = 0; i < access->n_roles; i++) {
		programs = programs || (access->roles[i].own && access->roles[i].unattended);
		people = people || (access->roles[i].own && !access->roles[i].unattended);
	}
	return people && programs;
}

int load_roles(struct reading *reading)
{
	struct access_case *access = reading->access;
	int r;

	access->roles = calloc(reading->held.n + 1, sizeof(*access->roles));
	if (!access->roles)
		return -ENOMEM;
	for (size_t i = 0; i < reading->held.n; i++) {
		access->n_roles++; /* what a failed load leaves is released with the rest */
		r = load_role(reading, reading->held.id[i], &access->roles[i]);
		if (r < 0)
			return r;
	}
	access->mixed = roles_mixed(access);
	return place_holdings(reading);
}

int origin_add_rule(struct case_origin *origin, const struct case_rule *rule)
{
	struct case_rule *rules;

	/* Grow at powers of two: the count itself says how much was allocated. */
	if ((origin->n_rules & (origin->n_rules - 1)) == 0) {
		rules = reallocarray(origin->rules, origin->n_rules ? origin->n_rules * 2 : 1,
				     sizeof(*rules));
		if (!rules)
			return -ENOMEM;
		origin->rules = rules;
	}
	origin->rules[origin->n_rules++] = *rule;
	return 0;
}

static int need_zone(struct reading *reading)
{
	struct access_case *access = reading->access;

	if (access->has_zone)
		return 0;
	access->has_zone = true;
	return policy_zone(reading->policy, &access->zone);
}

/* Append the rules of the role at @index for the service @service from the origin @from. */
static int load_cell(struct reading *reading, size_t index, uint32_t service, uint32_t from,
		     size_t at)
{
	const struct table_key key = key_of_rules(reading->held.id[index], service, from);
	scoped(blob_clear) struct blob blob = { 0 };
	struct case_rule rule = { .role = index };
	struct decoder decoder;
	int r;

	r = policy_find(reading->policy, TABLE_RULES, &key, &blob);
	decoder = blob_decoder(&blob);
	while (r >= 0 && decode_more(&decoder)) {
		decode_rule(&decoder, &rule.fact);
		if (!decoder.damaged)
			r = origin_add_rule(&reading->access->origins[at], &rule);
		if (r >= 0 && !rule.fact.always)
			r = need_zone(reading);
	}
	return r < 0 ? r : decode_end(&decoder);
}

static int load_origin(struct reading *reading, const struct origin *origin, size_t at)
{
	const struct access_case *access = reading->access;
	scoped(id_set_clear) struct id_set ids = { 0 };
	int r;

	r = load_origin_ids(reading->policy, origin, &ids);
	for (size_t i = 0; i < access->n_roles; i++) {
		if (!access->roles[i].own)
			continue;
		for (size_t j = 0; r == 0 && j < reading->services.n * ids.n; j++)
			r = load_cell(reading, i, reading->services.id[j / ids.n],
				      ids.id[j % ids.n], at);
	}
	return r;
}

static int load_services(struct reading *reading)
{
	const char *service = service_canonical(reading->request->service);
	scoped(blob_clear) struct blob blob = { 0 };
	struct decoder decoder;
	int r;

	r = table_find(&reading->policy->tables, TABLE_SERVICES, service, strlen(service), &blob);
	decoder = blob_decoder(&blob);
	if (r > 0)
		r = decode_ids(&decoder, &reading->services);
	id_set_settle(&reading->services);
	return r < 0 ? r : 0;
}

int load_rules(struct reading *reading)
{
	const struct access_request *request = reading->request;
	struct access_case *access = reading->access;
	int r;

	r = load_services(reading);
	for (size_t i = 0; r == 0 && i < count_origins(request); i++) {
		const struct origin origin = request_origin(request, i);

		if (origin_repeats(request, i))
			continue;
		r = load_origin(reading, &origin, access->n_origins++);
	}
	return r;
}

int load_unlocking(struct reading *reading)
{
	static const struct origin places[] = { { .kind = ORIGIN_UNKNOWN },
						{ .kind = ORIGIN_SEAT },
						{ .kind = ORIGIN_SERIAL } };
	struct case_origin *origin = &reading->access->origins[0];
	int r;

	r = load_services(reading);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(places); i++)
		r = load_origin(reading, &places[i], 0);
	for (size_t i = 0; i < origin->n_rules; i++)
		origin->rules[i].fact.always = true; /* hours are for starting */
	return r;
}
