/* SPDX-License-Identifier: MIT */
/* review.c - sereno review: open one, look at who holds each role, sign it. */
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "commands.h"
#include "duration.h"
#include "escape.h"
#include "instant.h"
#include "review.h"

#define DEADLINE_SEC	(INT64_C(14) * 86400)
#define COLUMNS		5
#define SIGNED_TEXT_MAX 128

static int deadline_of(const struct options *options, int64_t *ret)
{
	*ret = DEADLINE_SEC;
	return options->deadline ? duration_read(options->deadline, ret) : 0;
}

/* Roles that somebody can sign for. */
static size_t parts_of(const struct model *model, const struct output *output,
		       struct review_part *parts)
{
	size_t n = 0;

	for (size_t i = 0; i < model->n_roles; i++) {
		const struct role *role = &model->roles[i];

		if (role->owner.text)
			parts[n++] = (struct review_part){ role->name.text, role->owner.text };
		else
			output_wrap(
				output, STYLE_WARNING, 2,
				_("! %s has no owner: nobody reviews it (owner: in the policy)"),
				role->name.text);
	}
	return n;
}

static enum exit_status open_parts(struct review *review, const struct output *output,
				   int64_t deadline)
{
	const struct model *model = review->in_force.model;
	scoped_free struct review_part *parts = calloc(model->n_roles + 1, sizeof(*parts));
	struct registrar *registrar = &review->registrar;
	char when[INSTANT_TEXT_MAX];
	uint32_t id = 0;
	size_t n;
	int r;

	if (!parts)
		return complain_error(-ENOMEM, _("cannot open a review"));
	n = parts_of(model, output, parts);
	if (n == 0)
		return complain(EXIT_NO, "%s", _("no role has an owner who could sign"));
	r = register_review_open(registrar->db, &registrar->act, deadline, parts, n, &id);
	if (r == REFUSED_ALREADY)
		return complain(EXIT_NO, "%s",
				_("a review is open already, not all of it signed; next: sereno "
				  "review"));
	if (r != 0)
		return registrar_complain(registrar, r);
	output_wrap(output, STYLE_GOOD, 2,
		    P_("Review %u is open: %zu role, to be signed by %s.",
		       "Review %u is open: %zu roles, to be signed by %s.", n),
		    id, n, instant_local(deadline, &registrar->zone, when));
	output_wrap(output, STYLE_PLAIN, 2, "%s", _("Next, each owner: sereno review ROLE"));
	return EXIT_YES;
}

static enum exit_status open_review(const struct options *options, const struct output *output)
{
	scoped(review_clear) struct review review = { 0 };
	struct options reasoned = *options;
	enum exit_status status;
	int64_t length = 0;

	if (options->second)
		return complain(EXIT_USAGE, "%s", _("a review is opened for all roles"));
	if (deadline_of(options, &length) < 0)
		return complain(EXIT_USAGE, "%s",
				_("--deadline wants 12h, 14d or 4w: a minute to ten years"));
	reasoned.reason = "";
	status = registrar_open(&reasoned, &review.registrar);
	if (status == EXIT_YES)
		status = review_read(&review);
	if (status != EXIT_YES)
		return status;
	return open_parts(&review, output, review.registrar.act.at + length);
}

static enum exit_status role_index(const struct review *review, const char *name, size_t *ret)
{
	const ptrdiff_t index = model_find_role(review->in_force.model, name);
	char buffer[ESCAPE_MAX];

	if (index < 0)
		return complain(EXIT_NO, _("there is no role %s"), escape(buffer, name));
	*ret = (size_t)index;
	return EXIT_YES;
}

static enum exit_status complain_list(int r)
{
	return complain_error(r, _("the list of a role cannot be drawn"));
}

/* What he signs is what he saw. */
static enum exit_status sign_list(const struct options *options, const struct output *output,
				  struct review *review, const struct review_list *list)
{
	struct registrar *registrar = &review->registrar;
	const size_t length = strlen(options->digest);
	char text[SIGNED_TEXT_MAX], owner[ESCAPE_MAX];
	int r;

	if (length < REVIEW_DIGEST_SHOWN || strncmp(options->digest, list->digest, length) != 0)
		return complain(EXIT_NO,
				_("the list of %s is another one by now, or this was not its "
				  "digest; next: sereno review %s"),
				list->role->name.text, list->role->name.text);
	(void)snprintf(text, sizeof(text), "sha256:%s users=%zu", list->digest,
		       list->n_users); /* fits */
	registrar->act.reason = text;
	r = register_review_sign(registrar->db, &registrar->act, list->role->name.text);
	registrar->act.reason = "";
	if (r == REFUSED_NOT_APPROVER)
		return complain(
			EXIT_NO, _("%s is reviewed by its owner, %s, and you logged in as %s"),
			list->role->name.text,
			list->role->owner.text ? escape(owner, list->role->owner.text) : "?",
			registrar->user);
	if (r == REFUSED_UNKNOWN)
		return complain(EXIT_NO, _("no open review waits for a signature of %s"),
				list->role->name.text);
	if (r != 0)
		return registrar_complain(registrar, r);
	output_wrap(output, STYLE_GOOD, 2,
		    P_("Signed: %s, %zu user, digest %.*s.", "Signed: %s, %zu users, digest %.*s.",
		       list->n_users),
		    list->role->name.text, list->n_users, REVIEW_DIGEST_SHOWN, list->digest);
	return EXIT_YES;
}

static enum exit_status sign(const struct options *options, const struct output *output)
{
	scoped(review_clear) struct review review = { 0 };
	scoped(review_list_clear) struct review_list list = { 0 };
	struct options reasoned = *options;
	enum exit_status status;
	size_t index = 0;
	int r;

	if (!options->second || !options->digest)
		return complain(EXIT_USAGE, "%s",
				_("sereno review ROLE prints the list and what signs it: sereno "
				  "review sign ROLE --digest DIGEST"));
	reasoned.reason = "";
	status = registrar_open(&reasoned, &review.registrar);
	if (status == EXIT_YES)
		status = review_read(&review);
	if (status == EXIT_YES)
		status = role_index(&review, options->second, &index);
	if (status != EXIT_YES)
		return status;
	r = review_list(&review, index, &list);
	return r < 0 ? complain_list(r) : sign_list(options, output, &review, &list);
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
		r = print_role(&overview, i);
	if (r < 0)
		return r;
	overview.output = output;
	table_print(&overview.table, output, STYLE_STRONG, head);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = print_role(&overview, i);
	if (r == 0)
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
		r = write_role(review, i, &json);
	json_end(&json, JSON_ARRAY);
	json_begin(&json, "also_root", JSON_ARRAY);
	for (size_t i = 1; i < review->registrar.people->n_accounts; i++)
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
		if (review_is_overdue(model, &model->roles[i], &review->standing[i],
				      review->registrar.act.at))
			return true;
	return false;
}

static enum exit_status look_at_one(const struct options *options, const struct output *output,
				    const struct review *review)
{
	scoped(review_list_clear) struct review_list list = { 0 };
	struct json json = { .stream = output->stream };
	size_t index = 0;
	enum exit_status status = role_index(review, options->operand, &index);
	int r;

	if (status != EXIT_YES)
		return status;
	r = review_list(review, index, &list);
	if (r < 0)
		return complain_list(r);
	if (options->given & OPTION_JSON)
		review_write(review, &list, &json);
	else
		review_print(review, &list, output);
	return review_is_overdue(review->in_force.model, list.role, &review->standing[index],
				 review->registrar.act.at)
		       ? EXIT_NO
		       : EXIT_YES;
}

static enum exit_status look(const struct options *options, const struct output *output)
{
	scoped(review_clear) struct review review = { 0 };
	enum exit_status status = registrar_look(options, &review.registrar);
	int r;

	if (status == EXIT_YES)
		status = review_read(&review);
	if (status != EXIT_YES)
		return status;
	if (options->operand)
		return look_at_one(options, output, &review);
	r = options->given & OPTION_JSON ? write_roles(&review, output)
					 : print_roles(&review, output);
	if (r < 0)
		return complain_list(r);
	return any_overdue(&review) ? EXIT_NO : EXIT_YES;
}

enum exit_status review_run(const struct options *options, const struct output *output)
{
	const bool opens = options->operand && strcmp(options->operand, "open") == 0;
	const bool signs = options->operand && strcmp(options->operand, "sign") == 0;

	if (options->deadline && !opens)
		return complain(EXIT_USAGE, "%s", _("--deadline belongs to sereno review open"));
	if (options->digest && !signs)
		return complain(EXIT_USAGE, "%s", _("--digest belongs to sereno review sign ROLE"));
	if (opens)
		return open_review(options, output);
	if (signs)
		return sign(options, output);
	if (options->second)
		return complain(EXIT_USAGE, "%s", _("a ROLE is wanted, or open, or sign ROLE"));
	return look(options, output);
}
