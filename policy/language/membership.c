/* SPDX-License-Identifier: MIT */
/* membership.c - who holds several roles by name, and may not. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>
#include <sereno/sorted.h>

#include "reader.h"

/* One user is a member of one role. */
struct membership {
	const char *human; /* the same text for all accounts of one person */
	const char *user;
	size_t role;
	struct mark at;
};

struct memberships {
	size_t n;
	struct membership *item; /* sorted by human, user, role */
};

/* Which roles a role excludes. */
struct exclusions {
	size_t n;
	size_t *role; /* sorted */
};

/* Which human an account belongs to: the name of the person's first account, or its own. */
static int index_persons(struct reader *reader, struct lookup_index *ret)
{
	const struct model *model = reader->model;
	size_t n = 0;
	int r;

	for (size_t i = 0; i < model->n_persons; i++)
		n += model->persons[i].accounts.n;
	r = lookup_allocate(reader->arena, n, ret);
	if (r < 0)
		return r;
	n = 0;
	for (size_t i = 0; i < model->n_persons; i++)
		for (size_t k = 0; k < model->persons[i].accounts.n; k++)
			ret->entry[n++] =
				(struct lookup_entry){ model->persons[i].accounts.item[k].text, i };
	lookup_sort(ret);
	return 0;
}

static void check_persons(struct reader *reader, const struct lookup_index *owners)
{
	const struct person *persons = reader->model->persons;

	for (size_t i = 0; i < reader->model->n_persons; i++) {
		const struct names *accounts = &persons[i].accounts;

		for (size_t k = 0; k < accounts->n; k++) {
			const ptrdiff_t first = lookup_find(owners, accounts->item[k].text);

			if (first != (ptrdiff_t)i)
				diag_fault(reader->diags, accounts->item[k].at,
					   "'%s' is already an account of '%s', on line %u",
					   accounts->item[k].text, persons[first].name.text,
					   persons[first].name.at.line);
		}
	}
}

static const char *human_of(const struct reader *reader, const struct lookup_index *owners,
			    const char *user)
{
	const ptrdiff_t person = lookup_find(owners, user);

	return person < 0 ? user : reader->model->persons[person].accounts.item[0].text;
}

static int add_members(struct reader *reader, const struct lookup_index *owners, size_t number,
		       struct memberships *all)
{
	const struct role *role = &reader->model->roles[number];
	struct lookup_index except;
	int r = lookup_of_names(reader->arena, &role->except, &except);

	if (r < 0)
		return r;
	for (size_t i = 0; i < role->members.n; i++) {
		const struct name *member = &role->members.item[i];

		if (lookup_find(&except, member->text) >= 0) {
			diag_warn(reader->diags, member->at,
				  "'%s' is under except: too, and so no member", member->text);
			continue;
		}
		if (strcmp(member->text, "root") == 0)
			diag_warn(reader->diags, member->at,
				  "root needs no role: root: says from where it may log in");
		all->item[all->n++] = (struct membership){ human_of(reader, owners, member->text),
							   member->text, number, member->at };
	}
	return 0;
}

static int compare(const void *left, const void *right)
{
	const struct membership *a = left, *b = right;
	int order = strcmp(a->human, b->human);

	if (order == 0)
		order = strcmp(a->user, b->user);
	return order ? order : (a->role > b->role) - (a->role < b->role);
}

static int gather(struct reader *reader, const struct lookup_index *owners, struct memberships *ret)
{
	struct memberships all = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < reader->model->n_roles; i++)
		n += reader->model->roles[i].members.n;
	all.item = arena_array(reader->arena, n, sizeof(*all.item));
	if (!all.item)
		return -ENOMEM;
	for (size_t i = 0; i < reader->model->n_roles; i++) {
		const int r = add_members(reader, owners, i, &all);

		if (r < 0)
			return r;
	}
	if (all.n)
		qsort(all.item, all.n, sizeof(*all.item), compare);
	*ret = all;
	return 0;
}

static const char *role_name(const struct reader *reader, const struct membership *one)
{
	return reader->model->roles[one->role].name.text;
}

/* The memberships of one account: break-glass accounts hold no role, programs no other kind. */
static void check_user(struct reader *reader, const struct lookup_index *break_glass,
		       const struct membership *one, size_t n)
{
	const struct role *roles = reader->model->roles;
	const struct membership *program = NULL, *person = NULL;

	if (lookup_find(break_glass, one->user) >= 0)
		diag_fault(
			reader->diags, one->at,
			"'%s' is a break-glass account, which holds no role: remove it from '%s'",
			one->user, role_name(reader, one));
	for (size_t i = 0; i < n; i++) {
		if (roles[one[i].role].unattended)
			program = &one[i];
		else
			person = &one[i];
	}
	if (program && person)
		diag_fault(
			reader->diags, program->at,
			"'%s' is a member of '%s', which is unattended, and of '%s', which is not",
			one->user, role_name(reader, program), role_name(reader, person));
}

static int compare_numbers(const void *left, const void *right)
{
	const size_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* Look every name under excludes: up once. Returns 0 or -ENOMEM. */
static int index_exclusions(struct reader *reader, struct exclusions **ret)
{
	const struct model *model = reader->model;
	struct exclusions *all =
		arena_array(reader->arena, model->n_roles, sizeof(struct exclusions));

	if (!all)
		return -ENOMEM;
	for (size_t i = 0; i < model->n_roles; i++) {
		const struct names *names = &model->roles[i].excludes;

		all[i].role = arena_array(reader->arena, names->n, sizeof(*all[i].role));
		if (!all[i].role)
			return -ENOMEM;
		for (size_t k = 0; k < names->n; k++) {
			const ptrdiff_t other = model_find_role(model, names->item[k].text);

			if (other >= 0 && (size_t)other != i)
				all[i].role[all[i].n++] = (size_t)other;
		}
		if (all[i].n)
			qsort(all[i].role, all[i].n, sizeof(*all[i].role), compare_numbers);
	}
	*ret = all;
	return 0;
}

static int compare_names(const void *left, const void *right)
{
	const struct name *a = left, *b = right;

	return strcmp(a->text, b->text);
}

/* As the model promises, for whoever searches the names. */
static void sort_exclusions(struct model *model)
{
	for (size_t i = 0; i < model->n_roles; i++) {
		const struct names *names = &model->roles[i].excludes;

		if (names->n)
			qsort(names->item, names->n, sizeof(*names->item), compare_names);
	}
}

static bool excludes(const struct exclusions *exclusions, size_t role)
{
	const size_t at =
		sorted_first(exclusions->role, exclusions->n, sizeof(role), &role, compare_numbers);

	return at < exclusions->n && exclusions->role[at] == role;
}

/* Two memberships of one human, whose roles exclude each other. */
static void check_pair(struct reader *reader, const struct membership *a,
		       const struct membership *b)
{
	const struct membership *later = b->at.line > a->at.line ? b : a;
	const struct membership *earlier = later == b ? a : b;

	if (strcmp(a->user, b->user) == 0)
		diag_fault(
			reader->diags, later->at,
			"'%s' is a member of '%s' and, on line %u, of '%s', which exclude each other",
			a->user, role_name(reader, later), earlier->at.line,
			role_name(reader, earlier));
	else
		diag_fault(
			reader->diags, later->at,
			"'%s' of '%s' and '%s' of '%s', which exclude each other, are one person",
			later->user, role_name(reader, later), earlier->user,
			role_name(reader, earlier));
}

/* The roles of one human. */
struct holding {
	size_t n;
	const struct membership *item;	     /* sorted by role */
	const struct exclusions *exclusions; /* of each role */
};

static int compare_role(const void *element, const void *key)
{
	const struct membership *one = element;

	return compare_numbers(&one->role, key);
}

static int compare_roles(const void *left, const void *right)
{
	const struct membership *b = right;
	const int order = compare_role(left, &b->role);

	return order ? order : compare(left, right);
}

/* @one against its human's memberships of @role, which @one's role excludes. */
static void check_role(struct reader *reader, const struct holding *holding,
		       const struct membership *one, size_t role)
{
	size_t k = sorted_first(holding->item, holding->n, sizeof(*one), &role, compare_role);

	/* Where both roles say so, the pair has its turn once. */
	if (role < one->role && excludes(&holding->exclusions[role], one->role))
		return;
	for (; k < holding->n && holding->item[k].role == role; k++)
		check_pair(reader, one, &holding->item[k]);
}

/* The memberships of one human: for each, the shorter of what is held and what is excluded is
 * gone through, and the longer is searched. */
static void check_human(struct reader *reader, const struct holding *holding)
{
	for (size_t i = 0; i < holding->n; i++) {
		const struct membership *one = &holding->item[i];
		const struct exclusions *own = &holding->exclusions[one->role];

		if (own->n < holding->n) {
			for (size_t k = 0; k < own->n; k++)
				check_role(reader, holding, one, own->role[k]);
			continue;
		}
		for (size_t k = 0; k < holding->n; k++) {
			const size_t role = holding->item[k].role;

			if ((k == 0 || role != holding->item[k - 1].role) && excludes(own, role))
				check_role(reader, holding, one, role);
		}
	}
}

/* The memberships of each human together, which are sorted by role for it. */
static int check_humans(struct reader *reader, struct memberships *all)
{
	struct exclusions *exclusions;
	size_t next;
	int r = index_exclusions(reader, &exclusions);

	for (size_t i = 0; r == 0 && i < all->n; i = next) {
		struct membership *one = &all->item[i];

		for (next = i + 1; next < all->n && strcmp(one->human, all->item[next].human) == 0;)
			next++;
		qsort(one, next - i, sizeof(*one), compare_roles);
		check_human(reader, &(struct holding){ next - i, one, exclusions });
	}
	return r;
}

int membership_check(struct reader *reader)
{
	struct lookup_index owners, break_glass;
	struct memberships all;
	size_t next;
	int r = index_persons(reader, &owners);

	if (r < 0)
		return r;
	check_persons(reader, &owners);
	r = gather(reader, &owners, &all);
	if (r < 0)
		return r;
	r = lookup_of_names(reader->arena, &reader->model->break_glass, &break_glass);
	if (r < 0)
		return r;
	for (size_t i = 0; i < all.n; i = next) {
		for (next = i + 1;
		     next < all.n && strcmp(all.item[i].user, all.item[next].user) == 0;)
			next++;
		check_user(reader, &break_glass, &all.item[i], next - i);
	}
	sort_exclusions(reader->model);
	return check_humans(reader, &all);
}
