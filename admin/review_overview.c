/* SPDX-License-Identifier: MIT */
/* review_overview.c - the roles of a review in short, or one of them in full. */
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "escape.h"
#include "instant.h"
#include "review.h"

#define COLUMNS	     6
#define STANDING_MAX 80

bool review_is_shown(const struct review *review, size_t role)
{
	const char *owner = review->in_force.model->roles[role].owner.text;
	const struct review_standing *standing = &review->standing[role];

	if (!review->owner || (owner && strcmp(owner, review->owner) == 0))
		return true;
	return standing->open && strcmp(standing->owner, review->owner) == 0;
}

/* One role's list, in short. */
struct brief {
	size_t role; /* index */
	size_t n_users;
	unsigned flaws;
	int64_t last_use;
	char standing[STANDING_MAX];
};

struct overview {
	const struct review *review;
	size_t n;
	struct brief *brief;
	struct table table;
	const struct output *output; /* NULL: measure */
};

static void overview_clear(struct overview *overview)
{
	free(overview->brief);
}

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

/* Each list is drawn once: that of a large role costs. */
static int add_brief(struct overview *overview, size_t role)
{
	scoped(review_list_clear) struct review_list list = { 0 };
	struct brief *brief = &overview->brief[overview->n];
	char when[INSTANT_TEXT_MAX];
	const int r = review_list(overview->review, role, &list);

	if (r < 0)
		return r;
	*brief = (struct brief){
		.role = role,
		.n_users = list.n_users,
		.flaws = list.flaws & ~(unsigned)REVIEW_PRESENT,
		.last_use = list.last_use,
	};
	(void)snprintf(brief->standing, sizeof(brief->standing), "%s",
		       standing_text(overview->review, &list, when)); /* may be cut */
	overview->n++;
	return 0;
}

static int gather(struct overview *overview)
{
	const size_t n = overview->review->in_force.model->n_roles;
	int r = 0;

	overview->brief = calloc(n + 1, sizeof(*overview->brief));
	if (!overview->brief)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < n; i++)
		if (review_is_shown(overview->review, i))
			r = add_brief(overview, i);
	return r;
}

static void print_brief(struct overview *overview, const struct brief *brief)
{
	const struct review *review = overview->review;
	const struct role *role = &review->in_force.model->roles[brief->role];
	char owner[ESCAPE_MAX], users[24], words[REVIEW_WORDS_MAX], used[INSTANT_TEXT_MAX];
	const char *const cells[COLUMNS] = {
		role->name.text,
		role->owner.text ? escape(owner, role->owner.text) : "-",
		users,
		brief->standing,
		brief->last_use ? instant_local(brief->last_use, &review->registrar.zone, used)
				: _("never"),
		review_words(brief->flaws, words),
	};

	(void)snprintf(users, sizeof(users), "%zu", brief->n_users); /* fits */
	if (overview->output)
		table_print(&overview->table, overview->output, STYLE_PLAIN, cells);
	else
		table_measure(&overview->table, cells);
}

static int print_roles(const struct review *review, const struct output *output)
{
	const char *const head[COLUMNS] = { _("ROLE"),	 _("OWNER"),	_("USERS"),
					    _("SIGNED"), _("LAST USE"), _("AMONG THEM") };
	scoped(overview_clear) struct overview overview = { .review = review,
							    .table = { .columns = COLUMNS } };
	const int r = gather(&overview);

	if (r < 0)
		return r;
	table_measure(&overview.table, head);
	for (size_t i = 0; i < overview.n; i++)
		print_brief(&overview, &overview.brief[i]);
	overview.output = output;
	table_print(&overview.table, output, STYLE_STRONG, head);
	for (size_t i = 0; i < overview.n; i++)
		print_brief(&overview, &overview.brief[i]);
	return review->owner ? 0 : review_print_accounts(review, output);
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
	if (r == 0 && !review->owner)
		r = review_write_accounts(review, &json);
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
