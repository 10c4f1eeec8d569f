/* SPDX-License-Identifier: MIT */
/* review_print.c - the list of a role for its owner, as text and as JSON. */
#include <string.h>

#include <sereno/login.h>
#include <sereno/scoped.h>

#include "escape.h"
#include "instant.h"
#include "review.h"

#define COLUMNS	 5
#define HOW_MAX	 (2 * ESCAPE_MAX)
#define NOTE_MAX (ESCAPE_MAX + REVIEW_WORDS_MAX)

struct flaw_word {
	unsigned bit;
	const char *text, *name;
};

/* clang-format off */
static const struct flaw_word flaw_words[] = {
	{ REVIEW_NO_ACCOUNT, N_("no account"),   "no-account" },
	{ REVIEW_DEPARTED,   N_("departed"),     "departed" },
	{ REVIEW_EXPIRED,    N_("expired"),      "expired" },
	{ REVIEW_SHARED_UID, N_("shared uid"),   "shared-uid" },
	{ REVIEW_DORMANT,    N_("dormant"),      "dormant" },
	{ REVIEW_UNREADABLE, N_("record lost"),  "record-unreadable" },
	{ REVIEW_PRESENT,    N_("here now"),     "present" },
};
/* clang-format on */

const char *review_words(unsigned flaws, char text[static REVIEW_WORDS_MAX])
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(flaw_words); i++)
		if ((flaws & flaw_words[i].bit) && used < REVIEW_WORDS_MAX)
			used += (size_t)snprintf(text + used, REVIEW_WORDS_MAX - used, "%s%s",
						 used ? ", " : "",
						 _(flaw_words[i].text)); /* may be cut */
	return text;
}

static const char *how_text(const struct review_member *member, char text[static HOW_MAX])
{
	char name[ESCAPE_MAX];

	switch (member->way) {
	case REVIEW_BY_NAME:
		(void)snprintf(text, HOW_MAX, "%s", _("the policy")); /* fits */
		break;
	case REVIEW_BY_GROUP:
		(void)snprintf(text, HOW_MAX, _("group %s"), escape(name, member->group));
		break;
	case REVIEW_BY_GRANT:
		(void)snprintf(text, HOW_MAX, _("grant %u of %s"), member->grant->id,
			       escape(name, member->grant->by)); /* may be cut */
		break;
	}
	return text;
}

/* What is wrong, whose number he has, why he was granted the role. */
static void note_text(const struct review_member *member, char text[static NOTE_MAX])
{
	char words[REVIEW_WORDS_MAX], name[ESCAPE_MAX];
	int used;

	used = snprintf(text, NOTE_MAX, "%s", review_words(member->flaws, words)); /* fits */
	if (member->twin)
		used += snprintf(text + used, NOTE_MAX - (size_t)used,
				 member->uid == 0 ? _(" (AS ROOT: like %s)") : _(" (like %s)"),
				 escape(name, member->twin)); /* may be cut */
	if (member->grant && used < NOTE_MAX)
		(void)snprintf(text + used, NOTE_MAX - (size_t)used, "%s%s", used ? "; " : "",
			       escape(name, member->grant->reason)); /* may be cut */
}

static void print_member(const struct review *review, const struct review_member *member,
			 struct table *table, const struct output *output)
{
	char user[ESCAPE_MAX], how[HOW_MAX], until[INSTANT_TEXT_MAX], last[INSTANT_TEXT_MAX];
	char note[NOTE_MAX];
	const struct zone *zone = &review->registrar.zone;
	const enum style style =
		member->uid == 0 || (member->flaws & (REVIEW_NO_ACCOUNT | REVIEW_DEPARTED))
			? STYLE_BAD
		: (member->flaws & (REVIEW_DORMANT | REVIEW_SHARED_UID)) ? STYLE_WARNING
									 : STYLE_PLAIN;
	const char *const cells[COLUMNS] = {
		escape(user, member->user),
		how_text(member, how),
		member->until == TIME_NO_END ? _("no end")
					     : instant_local(member->until, zone, until),
		member->last_login ? instant_local(member->last_login, zone, last) : _("never"),
		note,
	};

	note_text(member, note);
	if (output)
		table_print(table, output, style, cells);
	else
		table_measure(table, cells);
}

static void print_members(const struct review *review, const struct review_list *list,
			  const struct output *output)
{
	const char *const head[COLUMNS] = { _("USER"), _("BY"), _("UNTIL"), _("LAST LOGIN"),
					    _("NOTE") };
	struct table table = { .columns = COLUMNS };

	table_measure(&table, head);
	for (size_t i = 0; i < list->n; i++)
		print_member(review, &list->item[i], &table, NULL);
	table_print(&table, output, STYLE_STRONG, head);
	for (size_t i = 0; i < list->n; i++)
		print_member(review, &list->item[i], &table, output);
}

static const struct review_standing *standing_of(const struct review *review,
						 const struct review_list *list)
{
	return &review->standing[list->role - review->in_force.model->roles];
}

static void print_standing(const struct review *review, const struct review_list *list,
			   const struct output *output)
{
	const struct review_standing *standing = standing_of(review, list);
	const struct zone *zone = &review->registrar.zone;
	char when[INSTANT_TEXT_MAX], user[ESCAPE_MAX];

	if (standing->signed_at)
		output_wrap(output, STYLE_PLAIN, 2,
			    strcmp(standing->digest, list->digest) == 0
				    ? _("Signed by %s on %s, as it is now.")
				    : _("Signed by %s on %s; the list has changed since."),
			    escape(user, standing->signed_by),
			    instant_local(standing->signed_at, zone, when));
	if (!standing->open || standing->is_signed)
		return;
	output_wrap(output,
		    standing->deadline <= review->registrar.act.at ? STYLE_BAD : STYLE_PLAIN, 2,
		    standing->deadline <= review->registrar.act.at
			    ? _("To be signed since %s: OVERDUE.")
			    : _("To be signed by %s."),
		    instant_local(standing->deadline, zone, when));
	output_wrap(output, STYLE_PLAIN, 2,
		    _("Next, by %s himself: sereno review sign %s --digest %.*s"),
		    list->role->owner.text ? escape(user, list->role->owner.text) : "?",
		    list->role->name.text, REVIEW_DIGEST_SHOWN, list->digest);
}

void review_print(const struct review *review, const struct review_list *list,
		  const struct output *output)
{
	char owner[ESCAPE_MAX], used[INSTANT_TEXT_MAX];

	output_wrap(output, STYLE_STRONG, 2,
		    P_("%s (owner: %s): %zu user", "%s (owner: %s): %zu users", list->n_users),
		    list->role->name.text,
		    list->role->owner.text ? escape(owner, list->role->owner.text) : _("none"),
		    list->n_users);
	output_wrap(output, STYLE_PLAIN, 2, _("Somebody was let in by it last: %s"),
		    list->last_use ? instant_local(list->last_use, &review->registrar.zone, used)
				   : _("never, as far as this host knows"));
	if (list->n > 0)
		print_members(review, list, output);
	output_wrap(output, STYLE_FAINT, 2, _("digest %s"), list->digest);
	print_standing(review, list, output);
}

static void write_member(const struct review_member *member, struct json *json)
{
	json_begin(json, NULL, JSON_OBJECT);
	json_string(json, "user", member->user);
	if (member->uid == LOGIN_NONE)
		json_string(json, "uid", NULL);
	else
		json_number(json, "uid", member->uid);
	json_string(json, "by",
		    member->way == REVIEW_BY_NAME    ? "policy"
		    : member->way == REVIEW_BY_GROUP ? "group"
						     : "grant");
	if (member->group)
		json_string(json, "group", member->group);
	if (member->grant) {
		json_number(json, "grant", member->grant->id);
		json_string(json, "granted_by", member->grant->by);
		json_string(json, "reason", member->grant->reason);
	}
	json_time(json, "until", member->until);
	json_time(json, "last_login", member->last_login ? member->last_login : TIME_NO_START);
	if (member->twin)
		json_string(json, "uid_also_of", member->twin);
	json_begin(json, "flags", JSON_ARRAY);
	for (size_t i = 0; i < ARRAY_SIZE(flaw_words); i++)
		if (member->flaws & flaw_words[i].bit)
			json_string(json, NULL, flaw_words[i].name);
	json_end(json, JSON_ARRAY);
	json_end(json, JSON_OBJECT);
}

void review_write(const struct review *review, const struct review_list *list, struct json *json)
{
	const struct review_standing *standing = standing_of(review, list);

	json_begin(json, NULL, JSON_OBJECT);
	json_string(json, "role", list->role->name.text);
	json_string(json, "owner", list->role->owner.text);
	json_string(json, "digest", list->digest);
	json_number(json, "users", list->n_users);
	json_time(json, "last_use", list->last_use ? list->last_use : TIME_NO_START);
	json_bool(json, "overdue",
		  review_is_overdue(review->in_force.model, list->role, standing,
				    review->registrar.act.at));
	json_time(json, "deadline",
		  standing->open && !standing->is_signed ? standing->deadline : TIME_NO_END);
	json_time(json, "signed", standing->signed_at ? standing->signed_at : TIME_NO_START);
	json_string(json, "signed_by", standing->signed_at ? standing->signed_by : NULL);
	json_bool(json, "changed_since",
		  standing->signed_at && strcmp(standing->digest, list->digest) != 0);
	json_begin(json, "members", JSON_ARRAY);
	for (size_t i = 0; i < list->n; i++)
		write_member(&list->item[i], json);
	json_end(json, JSON_ARRAY);
	json_end(json, JSON_OBJECT);
}
