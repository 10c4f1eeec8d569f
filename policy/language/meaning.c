/* SPDX-License-Identifier: MIT */
/* meaning.c - what is wrong, or odd, although each value for itself is right. */
#include <sereno/scoped.h>
#include <sereno/service.h>

#include "reader.h"

#define PRODUCT_MAX 4096 /* services times origins of one rule */

/* Whether @from lets in a person at a line, or one whose origin cannot be told. */
static bool lets_people_in(const struct model *model, const struct from *from)
{
	const struct from_list *elements;

	if (from->kind == FROM_SEAT || from->kind == FROM_SERIAL || from->kind == FROM_ANYWHERE)
		return true;
	if (from->kind != FROM_NAME)
		return false;
	elements = &model->origins[from->origin].elements;
	for (size_t i = 0; i < elements->n; i++)
		if (elements->item[i].kind == FROM_SEAT || elements->item[i].kind == FROM_SERIAL)
			return true;
	return false;
}

static void check_unattended_rule(struct reader *reader, const struct rule *rule)
{
	if (rule->second_factor)
		diag_fault(
			reader->diags, rule->at,
			"an unattended role cannot give a second factor: leave second-factor out");
	for (size_t i = 0; i < rule->from.n; i++)
		if (lets_people_in(reader->model, &rule->from.item[i]))
			diag_fault(
				reader->diags, rule->from.item[i].at,
				"an unattended role comes from addresses or as jobs, not from '%s'",
				rule->from.item[i].text);
}

static void check_rule(struct reader *reader, const struct role *role, const struct rule *rule)
{
	size_t product;

	if (validity_is_empty(&rule->valid))
		diag_fault(reader->diags, rule->at, "this rule ends before it begins");
	if (__builtin_mul_overflow(rule->services.n, rule->from.n, &product) ||
	    product > PRODUCT_MAX)
		diag_fault(
			reader->diags, rule->at,
			"more than %d pairs of services and origins; give the longer list a name",
			PRODUCT_MAX);
	if (role->unattended)
		check_unattended_rule(reader, rule);
}

static void check_role(struct reader *reader, size_t number)
{
	const struct role *role = &reader->model->roles[number];
	const struct names *excludes = &role->excludes;

	if (validity_is_empty(&role->valid))
		diag_fault(reader->diags, role->name.at, "the role '%s' ends before it begins",
			   role->name.text);
	if (role->unattended && role->members_of.n)
		diag_fault(
			reader->diags, role->members_of.item[0].at,
			"the members of an unattended role are named one by one, under members:");
	for (size_t i = 0; i < excludes->n; i++)
		if (model_find_role(reader->model, excludes->item[i].text) == (ptrdiff_t)number)
			diag_fault(reader->diags, excludes->item[i].at,
				   "the role '%s' excludes itself", role->name.text);
	for (size_t i = 0; i < role->n_rules; i++)
		check_rule(reader, role, &role->rules[i]);
}

static void warn_unused(struct reader *reader, enum lookup_table table, const struct name *name,
			size_t number)
{
	static const char *const keys[LOOKUP_TABLES] = {
		[LOOKUP_ORIGINS] = "from: or direct-login:",
		[LOOKUP_HOSTS] = "rule's hosts:",
		[LOOKUP_SERVICES] = "rule's services:",
		[LOOKUP_TIMES] = "rule's hours:",
	};

	if (!reader->used[table][number])
		diag_warn(reader->diags, name->at, "the name '%s' is used in no %s", name->text,
			  keys[table]);
}

static void warn_unused_names(struct reader *reader)
{
	const struct model *model = reader->model;

	for (size_t i = 0; i < model->n_origins; i++)
		warn_unused(reader, LOOKUP_ORIGINS, &model->origins[i].name, i);
	for (size_t i = 0; i < model->n_hosts; i++)
		warn_unused(reader, LOOKUP_HOSTS, &model->hosts[i].name, i);
	for (size_t i = 0; i < model->n_services; i++)
		warn_unused(reader, LOOKUP_SERVICES, &model->services[i].name, i);
	for (size_t i = 0; i < model->n_times; i++)
		warn_unused(reader, LOOKUP_TIMES, &model->times[i].name, i);
}

static void warn_roles(struct reader *reader)
{
	for (size_t i = 0; i < reader->model->n_roles; i++) {
		const struct role *role = &reader->model->roles[i];

		if (!role->members.n && !role->members_of.n && !role->on_request.at.line)
			diag_warn(reader->diags, role->name.at, "nobody holds the role '%s'",
				  role->name.text);
		if (!role->n_rules && !role->gives_groups.n)
			diag_warn(reader->diags, role->name.at,
				  "the role '%s' has no rule: it allows jobs and no login",
				  role->name.text);
	}
}

static void warn_break_glass(struct reader *reader)
{
	const struct from_list *from = &reader->model->break_glass_from;

	for (size_t i = 0; i < from->n; i++)
		if (from->item[i].kind == FROM_ANYWHERE)
			diag_warn(
				reader->diags, from->item[i].at,
				"break-glass from anywhere: a known name that no rule holds back");
	if (reader->model->break_glass.n && !from->n)
		diag_warn(reader->diags, reader->model->break_glass_at,
			  "break-glass from nowhere: these accounts can never log in");
}

/* A service of @written that is a screen locker's, or NULL. */
static const char *locker_in(const struct model *model, const char *written)
{
	const ptrdiff_t list = model_find_services(model, written);

	if (list < 0)
		return service_kind(written) == SERVICE_UNLOCK ? written : NULL;
	for (size_t i = 0; i < model->services[list].elements.n; i++) {
		const char *service = model->services[list].elements.item[i].text;

		if (service_kind(service) == SERVICE_UNLOCK)
			return service;
	}
	return NULL;
}

/* Where a session is that unlocks cannot be told. */
static void warn_locker(struct reader *reader, const struct rule *rule)
{
	static const enum origin_kind kinds[] = { ORIGIN_UNKNOWN, ORIGIN_SEAT, ORIGIN_SERIAL };
	const char *locker = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (model_from_fits(reader->model, &rule->from,
				    &(struct origin){ .kind = kinds[i] }))
			return;
	for (size_t i = 0; i < rule->services.n && !locker; i++)
		locker = locker_in(reader->model, rule->services.item[i].text);
	if (locker)
		diag_warn(reader->diags, rule->at,
			  "%s does not tell where it is: it is asked for a code by rules from "
			  "anywhere, seat or serial only",
			  locker);
}

static void warn_lockers(struct reader *reader)
{
	for (size_t i = 0; i < reader->model->n_roles; i++) {
		const struct role *role = &reader->model->roles[i];

		for (size_t k = 0; k < role->n_rules; k++)
			if (role->rules[k].second_factor)
				warn_locker(reader, &role->rules[k]);
	}
}

int meaning_check(struct reader *reader)
{
	int r;

	for (size_t i = 0; i < reader->model->n_roles; i++)
		check_role(reader, i);
	attempts_check(reader);
	given_groups_check(reader);
	on_request_check(reader);
	second_factor_check(reader);
	session_check(reader);
	r = media_check(reader);
	if (r < 0)
		return r;
	r = password_check(reader);
	if (r == 0)
		r = membership_check(reader);
	if (r < 0 || !reader_is_content(reader))
		return r; /* loose ends of a faulty text are mostly the faults once more */
	warn_unused_names(reader);
	warn_roles(reader);
	warn_break_glass(reader);
	warn_lockers(reader);
	return 0;
}
