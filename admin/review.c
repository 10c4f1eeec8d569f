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
#define SIGNED_TEXT_MAX 128

static void report(const struct registrar *registrar, enum event_id id, const char *role,
		   const char *detail)
{
	const struct event event = {
		.id = id,
		.subject = registrar->user,
		.rule = role,
		.detail = detail,
		.until = EVENT_NO_TIME,
	};

	(void)event_send(registrar->root, &event); /* it was done whoever hears of it */
}

static void report_opened(const struct registrar *registrar, uint32_t id, size_t n, int64_t until)
{
	char detail[64];
	const struct event event = {
		.id = EVENT_REVIEW_OPENED,
		.subject = registrar->user,
		.detail = detail,
		.until = until,
	};

	(void)snprintf(detail, sizeof(detail), "review %u of %zu roles", id, n); /* fits */
	(void)event_send(registrar->root, &event); /* it was done whoever hears of it */
}

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
	report_opened(registrar, id, n, deadline);
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

enum exit_status review_find(const struct review *review, const char *name, size_t *ret)
{
	const ptrdiff_t index = model_find_role(review->in_force.model, name);
	char buffer[ESCAPE_MAX];

	if (index < 0 || !review_is_shown(review, (size_t)index))
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
	report(registrar, r == 0 ? EVENT_REVIEW_SIGNED : EVENT_REVIEW_REFUSED,
	       list->role->name.text,
	       r > 0 ? register_refusal_text((enum register_refusal)r) : text);
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
	if (review_is_asked(options))
		return review_ask_sign(options, output);
	reasoned.reason = "";
	status = registrar_open(&reasoned, &review.registrar);
	if (status == EXIT_YES)
		status = review_read(&review);
	if (status == EXIT_YES)
		status = review_find(&review, options->second, &index);
	if (status != EXIT_YES)
		return status;
	r = review_list(&review, index, &list);
	return r < 0 ? complain_list(r) : sign_list(options, output, &review, &list);
}

static enum exit_status look(const struct options *options, const char *role,
			     const struct output *output)
{
	const enum review_form form = options->given & OPTION_JSON ? REVIEW_JSON : REVIEW_TEXT;
	scoped(review_clear) struct review review = { 0 };
	enum exit_status status = registrar_look(options, &review.registrar);
	size_t index = 0;
	int r;

	if (status == EXIT_YES)
		status = review_read(&review);
	if (status == EXIT_YES && role)
		status = review_find(&review, role, &index);
	if (status != EXIT_YES)
		return status;
	r = role ? review_show_role(&review, index, form, output)
		 : review_show_all(&review, form, output);
	if (r < 0)
		return complain_list(r);
	return r > 0 ? EXIT_NO : EXIT_YES;
}

/* What the first word can be; a role of such a name is behind another one of them. */
enum verb { VERB_LIST, VERB_OPEN, VERB_SIGN, VERB_ANSWER };

static enum verb read_verb(const struct options *options, const char **ret_role)
{
	static const char *const words[] = {
		[VERB_LIST] = "list",
		[VERB_OPEN] = "open",
		[VERB_SIGN] = "sign",
		[VERB_ANSWER] = "answer",
	};

	*ret_role = options->second;
	for (size_t i = 0; options->operand && i < ARRAY_SIZE(words); i++)
		if (strcmp(options->operand, words[i]) == 0)
			return (enum verb)i;
	if (options->operand && !options->second)
		*ret_role = options->operand;
	return VERB_LIST;
}

enum exit_status review_run(const struct options *options, const struct output *output)
{
	const char *role = NULL;
	const enum verb verb = read_verb(options, &role);

	if (options->deadline && verb != VERB_OPEN)
		return complain(EXIT_USAGE, "%s", _("--deadline belongs to sereno review open"));
	if (options->digest && verb != VERB_SIGN)
		return complain(EXIT_USAGE, "%s", _("--digest belongs to sereno review sign ROLE"));
	switch (verb) {
	case VERB_LIST:
		if (options->second && strcmp(options->operand, "list") != 0)
			break;
		return review_is_asked(options) ? review_ask_list(options, role, output)
						: look(options, role, output);
	case VERB_OPEN:
		return open_review(options, output);
	case VERB_SIGN:
		return sign(options, output);
	case VERB_ANSWER:
		return review_answer(options);
	}
	return complain(EXIT_USAGE, "%s", _("a ROLE is wanted, or list ROLE, open, or sign ROLE"));
}
