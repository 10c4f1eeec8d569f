/* SPDX-License-Identifier: MIT */
/* compile_given.c - which numbers the groups have that roles give, and which ones sereno makes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/groups.h>
#include <sereno/scoped.h>

#include "compile.h"
#include "written.h"

static const struct names *given_by_role(const struct role *role)
{
	return &role->gives_groups;
}

/* A group as good as root may have been given a second name, or a name of its own here. */
static int find_powerful(const struct compilation *compilation, struct id_set *ret)
{
	const struct compile_inputs *inputs = compilation->inputs;
	gid_t gid;
	int r;

	for (const char *const *name = powerful_groups(); *name; name++) {
		if (inputs->group_id(inputs->context, *name, &gid) < 0)
			continue;
		r = id_set_add(ret, gid);
		if (r < 0)
			return r;
	}
	id_set_settle(ret);
	return 0;
}

static int fault_of(struct compilation *compilation, const struct name *name, const char *what)
{
	(void)diag_fault(compilation->diags, name->at, "group '%s' %s", name->text, what);
	return -ENOENT;
}

/* Say that the host has no group @name and why sereno makes none, @r. Returns -ENOENT, or @r where
 * that has nothing to do with the group. */
static int report_none(struct compilation *compilation, const struct name *name, int r)
{
	if (r == -ERANGE)
		return fault_of(
			compilation, name,
			"is not on this host, and in a container without numbers above 90000 "
			"sereno makes none: create it");
	if (r == -ENOSPC)
		return fault_of(
			compilation, name,
			"is not on this host, and sereno has given out all its numbers: create it");
	if (r != -ENOENT)
		return r;
	if (compilation->inputs->absence == DIAG_FAULT)
		return fault_of(compilation, name, "is not on this host: create it");
	diag_warn(compilation->diags, name->at, "no group '%s' on this host", name->text);
	return r;
}

static int make_own(struct compilation *compilation, const struct name *name, gid_t *ret)
{
	const struct compile_inputs *inputs = compilation->inputs;
	int r = -ENOENT;

	if (!own_group_name(name->text))
		return fault_of(
			compilation, name,
			"is not on this host, and sereno makes none of that name: it would have "
			"to be lower case, digits, _ and -");
	if (inputs->own_group)
		r = inputs->own_group(inputs->context, name->text, ret);
	if (r < 0)
		return report_none(compilation, name, r);
	if (r > 0)
		diag_warn(compilation->diags, name->at,
			  "no group '%s' on this host yet: sereno makes it, with number %u",
			  name->text, *ret);
	return gid_is_own(*ret) ? 0 : -EINVAL;
}

static void add_own(struct compilation *compilation, const char *name, gid_t gid)
{
	const struct table_key key = key_of_id(gid);

	encode_u32(&compilation->item, gid);
	multimap_add(&compilation->tables[TABLE_OWN_NAMES], name, strlen(name), &compilation->item);
	encode_text(&compilation->item, name);
	compile_add(compilation, TABLE_OWN_GIDS, &key);
}

/* The number of the group @name. Returns 0, -ENOENT (said so) or another negative errno.
 */
static int find_given(struct compilation *compilation, const struct name *name, gid_t *ret)
{
	const struct compile_inputs *inputs = compilation->inputs;
	const bool known = inputs->group_id(inputs->context, name->text, ret) == 0;
	const gid_t there = known ? *ret : 0;
	int r;

	if (known && (there == 0 || there == (gid_t)-1))
		return fault_of(compilation, name,
				"has the number of root's group, which is never given");
	if (known && !gid_is_own(there))
		return 0;
	/* The name service knows our own groups by our own module. */
	r = make_own(compilation, name, ret);
	if (r < 0)
		return r;
	if (known && there != *ret)
		return fault_of(
			compilation, name,
			"has a number among those that sereno keeps for its own groups: change it");
	add_own(compilation, name->text, *ret);
	return 0;
}

static void check_power(struct compilation *compilation, const struct id_set *powerful,
			const struct written *written, gid_t gid)
{
	const struct role *role = &compilation->model->roles[written->role];

	/* By its name the reader has refused it. */
	if (role->privileged || id_set_find(powerful, gid) < 0 ||
	    group_is_powerful(written->name->text))
		return;
	(void)diag_fault(
		compilation->diags, written->name->at,
		"the group '%s' has number %u here, that of a group as good as root: the role "
		"'%s' needs privileged: yes, and until",
		written->name->text, gid, role->name.text);
}

static int add_given(struct compilation *compilation, uint32_t role, gid_t gid)
{
	const int r = id_set_add(&compilation->given_by[role], gid);

	return r < 0 ? r : id_set_add(&compilation->given, gid);
}

static int resolve(struct compilation *compilation, const struct written_list *list,
		   const struct id_set *powerful)
{
	gid_t gid = 0;
	int found = 0, r = 0;

	for (size_t i = 0; r == 0 && i < list->n; i++) {
		if (written_first(list, i))
			found = find_given(compilation, list->item[i].name, &gid);
		if (found == -ENOENT)
			continue;
		if (found < 0)
			return found;
		check_power(compilation, powerful, &list->item[i], gid);
		r = add_given(compilation, list->item[i].role, gid);
	}
	return r;
}

int compile_given(struct compilation *compilation)
{
	scoped(written_clear) struct written_list list = { 0 };
	scoped(id_set_clear) struct id_set powerful = { 0 };
	const size_t n_roles = compilation->model->n_roles;
	int r;

	compilation->given_by = calloc(n_roles + 1, sizeof(*compilation->given_by));
	if (!compilation->given_by)
		return -ENOMEM;
	r = written_gather(compilation->model, given_by_role, &list);
	if (r < 0 || list.n == 0)
		return r;
	compilation->meta.facts.gives_groups = true;
	r = find_powerful(compilation, &powerful);
	if (r == 0)
		r = resolve(compilation, &list, &powerful);
	for (size_t i = 0; i < n_roles; i++)
		id_set_settle(&compilation->given_by[i]);
	id_set_settle(&compilation->given);
	return r;
}
