/* SPDX-License-Identifier: MIT */
/* review_overview.c - the roles of a review in short, or one of them in full. */
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "escape.h"
#include "instant.h"
#include "review.h"

#define COLUMNS 5

bool review_is_shown(const struct review *review, size_t role)
{
	const char *owner = review->in_force.model->roles[role].owner.text;
	const struct review_standing *standing = &review->standing[role];

	if (!review->owner || (owner && strcmp(owner, review->owner) == 0))
		return true;
	return standing->open && strcmp(standing->owner, review->owner) == 0;
}

/* Accounts that are root by another name are everybody's business. */
static void print_roots(const struct review *review, const struct output *output)
{
	char name[ESCAPE_MAX];

	for (size_t i = 1; i < review->registrar.people->n_accounts; i++)
		if (review->by_uid[i]->uid == 0)
			output_wrap(output, STYLE_BAD, 2,
				    _("! %s is root under another name: user id 0"),
				    escape(name, review->by_uid[i]->name));
}

struct overview {
	const struct review *review;
	struct table table;
	const struct output *output; /* NULL: measure */
	bool overdue;
};

static const char *standing_text(const struct review *review, const struct review_list *list,
				 char text[static INSTANT_TEXT_MAX])
{
	const size_t index = (size_t)(list->role - review->in_force.model->roles);
	const struct review_standing *standing = &review->standing[index];

	if (review_is_overdue(review->in_force.model, list->role, standing,
			      review->registrar.act.at))
		return _("OVERDUE");
	if (standing->open && !standing->is_signed)
		return _("to be signed");
	if (standing->signed_at && strcmp(standing->digest, list->digest) != 0)
		return _("changed since it was signed");
	if (standing->signed_at)
		return instant_local(standing->signed_at, &review->registrar.zone, text);
	return list->role->owner.text ? _("never signed") : _("nobody can sign");
}

static int print_role(struct overview *overview, size_t index)
{
	scoped(review_list_clear) struct review_list list = { 0 };
	char owner[ESCAPE_MAX], users[24], words[REVIEW_WORDS_MAX], when[INSTANT_TEXT_MAX];
	const struct review *review = overview->review;
	const char *cells[COLUMNS] = { NULL };
	const int r = review_list(review, index, &list);

	if (r < 0)
		return r;
	(void)snprintf(users, sizeof(users), "%zu", list.n_users); /* fits */
	cells[0] = list.role->name.text;
	cells[1] = list.role->owner.text ? escape(owner, list.role->owner.text) : "-";
	cells[2] = users;
	cells[3] = standing_text(review, &list, when);
	cells[4] = review_words(list.flaws & ~(unsigned)REVIEW_PRESENT, words);
	if (overview->output)
		table_print(&overview->table, overview->output, STYLE_PLAIN, cells);
	else
		table_measure(&overview->table, cells);
	return 0;
}

static int print_roles(const struct review *review, const struct output *output)
{
	const char *const head[COLUMNS] = { _("ROLE"), _("OWNER"), _("USERS"), _("SIGNED"),
					    _("AMONG THEM") };
	struct overview overview = { .review = review, .table = { .columns = COLUMNS } };
	const size_t n = review->in_force.model->n_roles;
	int r = 0;

	table_measure(&overview.table, head);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (review_is_shown(review, i))
			r = print_role(&overview, i);
	if (r < 0)
		return r;
	overview.output = output;
	table_print(&overview.table, output, STYLE_STRONG, head);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (review_is_shown(review, i))
			r = print_role(&overview, i);
	if (r == 0 && !review->owner)
		print_roots(review, output);
	return r;
}

static int write_role(const struct review *review, size_t index, struct json *json)
{
	scoped(review_list_clear) struct review_list list = { 0 };
	const int r = review_list(review, index, &list);

	if (r == 0)
		review_write(review, &list, json);
	return r;
}

static int write_roles(const struct review *review, const struct output *output)
{
	struct json json = { .stream = output->stream };
	int r = 0;

	json_begin(&json, NULL, JSON_OBJECT);
	json_begin(&json, "roles", JSON_ARRAY);
	for (size_t i = 0; r == 0 && i < review->in_force.model->n_roles; i++)
		if (review_is_shown(review, i))
			r = write_role(review, i, &json);
	json_end(&json, JSON_ARRAY);
	json_begin(&json, "also_root", JSON_ARRAY);
	for (size_t i = 1; !review->owner && i < review->registrar.people->n_accounts; i++)
		if (review->by_uid[i]->uid == 0)
			json_string(&json, NULL, review->by_uid[i]->name);
	json_end(&json, JSON_ARRAY);
	json_end(&json, JSON_OBJECT);
	return r;
}

static bool any_overdue(const struct review *review)
{
	const struct model *model = review->in_force.model;

	for (size_t i = 0; i < model->n_roles; i++)
		if (review_is_shown(review, i) &&
		    review_is_overdue(model, &model->roles[i], &review->standing[i],
				      review->registrar.act.at))
			return true;
	return false;
}

static int show_one(const struct review *review, size_t role, enum review_form form,
		    const struct output *output)
{
	scoped(review_list_clear) struct review_list list = { 0 };
	struct json json = { .stream = output->stream };
	const int r = review_list(review, role, &list);

	if (r < 0)
		return r;
	if (form == REVIEW_JSON)
		review_write(review, &list, &json);
	else
		review_print(review, &list, output);
	return 0;
}

int review_show_role(const struct review *review, size_t role, enum review_form form,
		     const struct output *output)
{
	const int r = show_one(review, role, form, output);

	if (r < 0)
		return r;
	return review_is_overdue(review->in_force.model, &review->in_force.model->roles[role],
				 &review->standing[role], review->registrar.act.at);
}

int review_show_all(const struct review *review, enum review_form form, const struct output *output)
{
	const int r =
		form == REVIEW_JSON ? write_roles(review, output) : print_roles(review, output);

	return r < 0 ? r : any_overdue(review);
}
