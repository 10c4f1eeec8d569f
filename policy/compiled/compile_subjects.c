/* SPDX-License-Identifier: MIT */
/* compile_subjects.c - who holds which role, by name and by Unix group, and whether he exists. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/fallback.h>
#include <sereno/scoped.h>

#include "compile.h"
#include "written.h"

static const struct names *members_of_role(const struct role *role)
{
	return &role->members;
}

static const struct names *groups_of_role(const struct role *role)
{
	return &role->members_of;
}

static void check_member(struct compilation *compilation, const struct name *name)
{
	const struct compile_inputs *inputs = compilation->inputs;
	uid_t uid;

	if (strcmp(name->text, "root") == 0)
		return; /* the reader has said it */
	if (inputs->user_id(inputs->context, name->text, &uid) < 0)
		diag_warn(compilation->diags, name->at, "no account '%s' on this host (yet)",
			  name->text);
	else if (uid == 0)
		diag_warn(compilation->diags, name->at,
			  "'%s' has uid 0, which the block root: is for; no role will ever count",
			  name->text);
}

static int check_members(struct compilation *compilation)
{
	scoped(written_clear) struct written_list list = { 0 };
	uint32_t n = 0;
	int r;

	r = written_gather(compilation->model, members_of_role, &list);
	if (r < 0)
		return r;
	for (size_t i = 0; i < list.n; i++) {
		if (!written_first(&list, i))
			continue;
		check_member(compilation, list.item[i].name);
		n++;
	}
	compilation->meta.facts.n_members = n;
	return 0;
}

static void report_absence(struct compilation *compilation, const struct name *name,
			   const char *what)
{
	static const char text[] = "no %s '%s' on this host: create it, or remove it here";

	if (compilation->inputs->absence == DIAG_WARNING)
		diag_warn(compilation->diags, name->at, text, what, name->text);
	else
		(void)diag_fault(compilation->diags, name->at, text, what, name->text);
}

static int group_id(struct compilation *compilation, const struct name *name, gid_t *ret)
{
	const struct compile_inputs *inputs = compilation->inputs;

	if (inputs->group_id(inputs->context, name->text, ret) < 0) {
		report_absence(compilation, name, "group");
		return -ENOENT;
	}
	if (*ret == 0)
		diag_warn(compilation->diags, name->at,
			  "group '%s' has gid 0: its members are as good as root", name->text);
	return 0;
}

/* Its members would depend on the order in which groups are asked for. */
static bool is_given(struct compilation *compilation, const struct name *name, gid_t gid)
{
	if (id_set_find(&compilation->given, gid) < 0)
		return false;
	(void)diag_fault(
		compilation->diags, name->at,
		"group '%s' (number %u) is given by a role: members-of: names other groups",
		name->text, gid);
	return true;
}

static int compile_groups(struct compilation *compilation)
{
	scoped(written_clear) struct written_list list = { 0 };
	scoped(id_set_clear) struct id_set watched = { 0 };
	bool known = false;
	struct table_key key;
	gid_t gid = 0;
	int r;

	r = written_gather(compilation->model, groups_of_role, &list);
	if (r < 0)
		return r;
	for (size_t i = 0; i < list.n; i++) {
		if (written_first(&list, i))
			known = group_id(compilation, list.item[i].name, &gid) == 0 &&
				!is_given(compilation, list.item[i].name, gid);
		if (!known)
			continue;
		key = key_of_id(gid);
		encode_u32(&compilation->item, list.item[i].role);
		compile_add(compilation, TABLE_GROUPS, &key);
		r = id_set_add(&watched, gid);
		if (r < 0)
			return r;
	}
	compilation->meta.facts.asks_groups = list.n > 0;
	id_set_settle(&watched);
	if (watched.n > META_WATCHED_MAX)
		return 0;
	compilation->meta.has_watched = true;
	compilation->meta.watched = take(watched, (struct id_set){ 0 });
	return 0;
}

static void add_mentions(struct compilation *compilation, const struct names *names,
			 struct mention mention)
{
	for (size_t i = 0; i < names->n; i++) {
		encode_mention(&compilation->item, mention);
		multimap_add(&compilation->tables[TABLE_SUBJECTS], names->item[i].text,
			     strlen(names->item[i].text), &compilation->item);
	}
}

static void compile_person(struct compilation *compilation, uint32_t id)
{
	const struct person *person = &compilation->model->persons[id];
	const struct table_key key = key_of_id(id);

	if (person->accounts.n > POLICY_PERSON_MAX)
		(void)diag_fault(compilation->diags, person->name.at,
				 "'%s' has %zu accounts; a person may have %d", person->name.text,
				 person->accounts.n, POLICY_PERSON_MAX);
	add_mentions(compilation, &person->accounts,
		     (struct mention){ .kind = MENTION_PERSON, .id = id });
	for (size_t i = 0; i < person->accounts.n; i++) {
		encode_text(&compilation->item, person->accounts.item[i].text);
		compile_add(compilation, TABLE_PERSONS, &key);
	}
}

int compile_subjects(struct compilation *compilation)
{
	const struct model *model = compilation->model;
	int r;

	r = check_members(compilation);
	if (r == 0)
		r = compile_groups(compilation);
	if (r < 0)
		return r;
	for (size_t i = 0; i < model->n_roles; i++) {
		const struct role *role = &model->roles[i];

		add_mentions(compilation, &role->members,
			     (struct mention){ .kind = MENTION_MEMBER, .id = (uint32_t)i });
		add_mentions(compilation, &role->except,
			     (struct mention){ .kind = MENTION_EXCEPT, .id = (uint32_t)i });
	}
	for (size_t i = 0; i < model->n_persons; i++)
		compile_person(compilation, (uint32_t)i);
	return 0;
}

static void check_break_glass(struct compilation *compilation, const struct name *name)
{
	const struct compile_inputs *inputs = compilation->inputs;
	uid_t uid;

	if (strlen(name->text) >= FALLBACK_NAME_SIZE)
		(void)diag_fault(compilation->diags, name->at,
				 "'%s': a break-glass account's name has at most %d bytes",
				 name->text, FALLBACK_NAME_SIZE - 1);
	else if (inputs->user_id(inputs->context, name->text, &uid) < 0)
		report_absence(compilation, name, "break-glass account");
	else if (uid == 0)
		(void)diag_fault(
			compilation->diags, name->at,
			"'%s' has uid 0, which needs no break-glass: see root.direct-login",
			name->text);
}

int compile_break_glass(struct compilation *compilation)
{
	const struct names *members = &compilation->model->break_glass;
	scoped(encoder_clear) struct encoder names = { 0 };
	struct meta *meta = &compilation->meta;

	if (members->n > FALLBACK_NAMES_MAX)
		(void)diag_fault(compilation->diags, compilation->model->break_glass_at,
				 "%zu break-glass accounts; there may be %d", members->n,
				 FALLBACK_NAMES_MAX);
	for (size_t i = 0; i < members->n; i++) {
		check_break_glass(compilation, &members->item[i]);
		encode_bytes(&names, members->item[i].text, strlen(members->item[i].text) + 1);
	}
	if (names.error < 0)
		return names.error;
	meta->break_glass_bytes = names.length;
	meta->break_glass = (char *)take(names.data, NULL);
	return 0;
}
