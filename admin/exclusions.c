/* SPDX-License-Identifier: MIT */
/*
 * exclusions.c - nobody known may hold two roles that exclude each other. What the names in the
 * policy alone give is the reader's to refuse; here Unix groups and people's other accounts count.
 */
#include <string.h>

#include <sereno/scoped.h>

#include "messages.h"
#include "safety.h"

/* Where the exclusion of the two is written. */
static struct mark place_of(const struct role *a, const struct role *b)
{
	for (size_t i = 0; i < a->excludes.n; i++)
		if (strcmp(a->excludes.item[i].text, b->name.text) == 0)
			return a->excludes.item[i].at;
	for (size_t i = 0; i < b->excludes.n; i++)
		if (strcmp(b->excludes.item[i].text, a->name.text) == 0)
			return b->excludes.item[i].at;
	return a->name.at;
}

/* Find two of @n roles that @clash and have not ended. */
static bool find_pair(const struct situation *situation, const struct role_set *set,
		      bool (*clash)(const struct role *a, const struct role *b),
		      const struct role **ret_a, const struct role **ret_b)
{
	const uint32_t *role = set->role;
	const size_t n = set->n;

	for (size_t i = 0; i < n; i++) {
		const struct role *a = &situation->edition->model->roles[role[i]];

		for (size_t j = 0; a->valid.until > situation->now && j < n; j++) {
			const struct role *b = &situation->edition->model->roles[role[j]];

			if (i == j || b->valid.until <= situation->now || !clash(a, b))
				continue;
			*ret_a = a;
			*ret_b = b;
			return true;
		}
	}
	return false;
}

/* Say that @first, and @others more, hold both. */
static void report_set(const struct situation *situation, const struct role *a,
		       const struct role *b, const char *first, size_t others)
{
	char more[64] = "";

	if (others > 0)
		(void)snprintf(more, sizeof(more), P_(" and %zu more", " and %zu more", others),
			       others); /* may be cut */
	if (roles_exclude(a, b))
		situation_report(situation, DIAG_FAULT, place_of(a, b),
				 P_("roles %s and %s exclude each other, but %s%s holds both "
				    "through a Unix group; take him out of one, or put him under "
				    "its except:",
				    "roles %s and %s exclude each other, but %s%s hold both "
				    "through a Unix group; take them out of one, or put them "
				    "under its except:",
				    others + 1),
				 a->name.text, b->name.text, first, more);
	else
		situation_report(situation, DIAG_FAULT, (a->unattended ? a : b)->name.at,
				 P_("role %s is for programs and role %s for people, but %s%s "
				    "holds both through a Unix group; take him out of one, or put "
				    "him under its except:",
				    "role %s is for programs and role %s for people, but %s%s "
				    "hold both through a Unix group; take them out of one, or put "
				    "them under its except:",
				    others + 1),
				 a->unattended ? a->name.text : b->name.text,
				 a->unattended ? b->name.text : a->name.text, first, more);
}

static void check_set(const struct situation *situation, size_t set)
{
	const struct holders *holders = situation->holders;
	const struct role *a, *b;
	const char *first = NULL;
	size_t others = 0;

	if (!find_pair(situation, &holders->sets[set], roles_clash, &a, &b))
		return;
	for (size_t i = 0; i < holders->n; i++) {
		if (holders->item[i].set != set)
			continue;
		if (!first)
			first = holders->item[i].user;
		else
			others++;
	}
	report_set(situation, a, b, first, others);
}

/* The roles of all accounts of one person, together. */
static int check_person(const struct situation *situation, const struct person *person)
{
	scoped_free uint32_t *roles = NULL;
	const struct role_set *set;
	struct role_set all = { 0 };
	const struct role *a, *b;
	size_t accounts = 0;

	for (size_t i = 0; i < person->accounts.n; i++) {
		set = holders_find(situation->holders, person->accounts.item[i].text);
		all.n += set ? set->n : 0;
		accounts += set != NULL;
	}
	if (accounts < 2)
		return 0; /* then check_set() has seen it */
	roles = calloc(all.n, sizeof(*roles));
	if (!roles)
		return -ENOMEM;
	all = (struct role_set){ 0, roles };
	for (size_t i = 0; i < person->accounts.n; i++) {
		set = holders_find(situation->holders, person->accounts.item[i].text);
		if (!set)
			continue;
		memcpy(roles + all.n, set->role, set->n * sizeof(*roles));
		all.n += set->n;
	}
	if (find_pair(situation, &all, roles_exclude, &a, &b))
		situation_report(situation, DIAG_FAULT, place_of(a, b),
				 _("roles %s and %s exclude each other, but the accounts of %s "
				   "hold both between them"),
				 a->name.text, b->name.text, person->name.text);
	return 0;
}

int check_exclusions(const struct situation *situation)
{
	const struct model *model = situation->edition->model;
	bool any = false;
	int r = 0;

	for (size_t i = 0; i < model->n_roles; i++)
		any = any || model->roles[i].excludes.n > 0 || model->roles[i].unattended;
	if (!any)
		return 0;
	for (size_t i = 0; i < situation->holders->n_sets; i++)
		check_set(situation, i);
	for (size_t i = 0; r == 0 && i < model->n_persons; i++)
		r = check_person(situation, &model->persons[i]);
	return r;
}
