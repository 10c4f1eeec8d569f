/* SPDX-License-Identifier: MIT */
/* compile_rules.c - roles, and rules under the role, service and origin they are for. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/access.h>
#include <sereno/scoped.h>

#include "compile.h"

/* Exclusion binds both roles, whichever of them wrote it. */
static int settle_excludes(const struct model *model, struct role_fact *facts)
{
	ptrdiff_t other;
	int r;

	for (size_t i = 0; i < model->n_roles; i++) {
		const struct names *excludes = &model->roles[i].excludes;

		for (size_t j = 0; j < excludes->n; j++) {
			other = model_find_role(model, excludes->item[j].text);
			if (other < 0)
				return -EINVAL;
			r = id_set_add(&facts[i].excludes, (uint32_t)other);
			if (r == 0)
				r = id_set_add(&facts[other].excludes, (uint32_t)i);
			if (r < 0)
				return r;
			if (model->roles[other].members_of.n > 0)
				facts[i].excludes_groups = true;
			if (model->roles[i].members_of.n > 0)
				facts[other].excludes_groups = true;
		}
	}
	for (size_t i = 0; i < model->n_roles; i++)
		id_set_settle(&facts[i].excludes);
	return 0;
}

static int add_role(struct compilation *compilation, uint32_t id, struct role_fact *fact)
{
	const struct role *role = &compilation->model->roles[id];
	const struct table_key key = key_of_id(id);

	if (strlen(role->name.text) > MODEL_NAME_MAX)
		return -EINVAL;
	memcpy(fact->name, role->name.text, strlen(role->name.text) + 1);
	fact->line = role->name.at.line;
	fact->unattended = role->unattended;
	fact->valid = role->valid;
	fact->gives = compilation->given_by[id];
	encode_role(&compilation->item, fact);
	fact->gives = (struct id_set){ 0 };
	compile_add(compilation, TABLE_ROLES, &key);
	return compile_grant(compilation, id, fact);
}

static int compile_roles(struct compilation *compilation)
{
	const size_t n = compilation->model->n_roles;
	struct role_fact *facts = calloc(n + 1, sizeof(*facts));
	int r;

	if (!facts)
		return -ENOMEM;
	r = settle_excludes(compilation->model, facts);
	for (size_t i = 0; i < n; i++) {
		if (r == 0)
			r = add_role(compilation, (uint32_t)i, &facts[i]);
		role_fact_clear(&facts[i]);
	}
	free(facts);
	return r;
}

static int compile_rule(struct compilation *compilation, const struct placed_rule *placed)
{
	scoped(id_set_clear) struct id_set services = { 0 }, origins = { 0 };
	const struct rule *rule = placed->rule;
	const struct rule_fact fact = {
		.number = rule->number,
		.line = rule->at.line,
		.valid = rule->valid,
		.demands = rule->second_factor ? DEMAND_SECOND_FACTOR : 0,
		.always = rule->hours.n == 0,
		.calendar = rule->calendar,
	};
	struct table_key key;
	int r;

	r = selectors_of_services(compilation, &rule->services, &services);
	if (r == 0)
		r = selectors_of_from(compilation, &rule->from, &origins);
	if (r < 0)
		return r;
	for (size_t i = 0; i < services.n; i++) {
		for (size_t j = 0; j < origins.n; j++) {
			key = key_of_rules(placed->role, services.id[i], origins.id[j]);
			encode_rule(&compilation->item, &fact);
			compile_add(compilation, TABLE_RULES, &key);
		}
	}
	return compilation->tables[TABLE_RULES].error;
}

int compile_rules(struct compilation *compilation)
{
	int r;

	r = compile_roles(compilation);
	for (size_t i = 0; r == 0 && i < compilation->n_placed; i++)
		r = compile_rule(compilation, &compilation->placed[i]);
	return r;
}
