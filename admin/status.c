/* SPDX-License-Identifier: MIT */
/* status.c - sereno status: what is in force, and what needs attention. */
#include <string.h>
#include <strings.h>
#include <sys/utsname.h>
#include <time.h>

#include <sereno/fallback.h>
#include <sereno/grants.h>
#include <sereno/policy.h>
#include <sereno/scoped.h>

#include "commands.h"
#include "edition.h"
#include "instant.h"
#include "media_standing.h"
#include "review.h"
#include "subject.h"

#define YEAR_SEC INT64_C(31536000)

/* What is not as it should be; bits, since several may hold. */
enum attention {
	ATTENTION_REVIEW = 1 << 0,
	ATTENTION_ZONE = 1 << 1,
	ATTENTION_HOST = 1 << 2,
	ATTENTION_FALLBACK = 1 << 3,
	ATTENTION_TEXT = 1 << 4,
	ATTENTION_DAMAGED = 1 << 5,
	ATTENTION_ZONE_MOVED = 1 << 6,
	ATTENTION_ROLE_REVIEW = 1 << 7,
	ATTENTION_UNPUBLISHED = 1 << 8,
	ATTENTION_MEDIA_OPEN = 1 << 9,
	ATTENTION_MEDIA_UNWATCHED = 1 << 10,
	ATTENTION_MEDIA_SHUT = 1 << 11,
};

enum draft { DRAFT_SAME, DRAFT_EDITED, DRAFT_MISSING, DRAFT_UNREADABLE };

struct state {
	const struct policy_facts *facts;
	const struct grants_facts *granted; /* by the register */
	const struct model *model;	    /* NULL when the text in force cannot be read */
	struct zone zone;
	char host[256];
	enum draft draft;
	bool has_review;
	int64_t review_due;
	struct media_standing media;
	unsigned attention;
};

static enum draft look_at_draft(const struct options *options, const struct edition *in_force)
{
	struct options named = *options;
	scoped(edition_clear) struct edition draft = { 0 };
	int r;

	named.operand = NULL;
	r = edition_read(&named, time(NULL), &draft);
	if (r == -ENOENT)
		return DRAFT_MISSING;
	if (!draft.text || !in_force->text)
		return DRAFT_UNREADABLE;
	if (draft.length == in_force->length &&
	    memcmp(draft.text, in_force->text, draft.length) == 0)
		return DRAFT_SAME;
	return DRAFT_EDITED;
}

static void look_at_review(struct state *state, int64_t now)
{
	const struct document *document = &state->model->document;

	if (!document->has_reviewed || document->review_every_sec == 0)
		return;
	state->has_review = true;
	state->review_due = zone_utc(&state->zone, document->reviewed, CIVIL_EARLIER) +
			    (int64_t)document->review_every_sec;
	if (state->review_due <= now)
		state->attention |= ATTENTION_REVIEW;
}

/* Only who may read the register is told. */
static void look_at_register(const char *root, struct state *state, int64_t now)
{
	scoped(register_close_p) struct register_db *db = NULL;
	scoped_free struct review_standing *standing = NULL;
	const struct model *model = state->model;

	if (register_open_reading(root, &db) < 0)
		return;
	if (register_is_published(db) == 0)
		state->attention |= ATTENTION_UNPUBLISHED;
	if (!model || review_standings(db, model, &standing) < 0)
		return;
	for (size_t i = 0; i < model->n_roles; i++)
		if (review_is_overdue(model, &model->roles[i], &standing[i], now))
			state->attention |= ATTENTION_ROLE_REVIEW;
}

/* Whether the zone files of this host say something else than when the policy was compiled. */
static bool zone_moved(const char *root, const struct state *state)
{
	struct zone fresh;

	if (zone_load(root, state->model->timezone, state->facts->compiled, &fresh) < 0)
		return false;
	if (fresh.n != state->zone.n)
		return true;
	for (size_t i = 0; i < fresh.n; i++)
		if (fresh.step[i].at != state->zone.step[i].at ||
		    fresh.step[i].offset != state->zone.step[i].offset)
			return true;
	return false;
}

static void look_at_media(const char *root, const struct policy *policy, struct state *state)
{
	media_standing_read(root, policy, &state->media);
	if (media_standing_is_open(&state->media))
		state->attention |= ATTENTION_MEDIA_OPEN;
	if (media_standing_is_unwatched(&state->media))
		state->attention |= ATTENTION_MEDIA_UNWATCHED;
	if (media_standing_is_shut(&state->media))
		state->attention |= ATTENTION_MEDIA_SHUT;
}

static void gather(const struct options *options, struct policy *policy,
		   const struct edition *in_force, int64_t now, struct state *state)
{
	struct fallback fallback;
	struct utsname host;

	state->facts = policy_facts(policy);
	state->granted = grants_facts(policy_grants(policy));
	state->model = in_force->model;
	if (policy_zone(policy, &state->zone) < 0) { /* then it is damaged, which is said below */
		state->zone = (struct zone){ TIME_NO_END, 1, { { TIME_NO_START, 0 } } };
		state->attention |= ATTENTION_DAMAGED;
	}
	state->draft = look_at_draft(options, in_force);
	if (state->model) {
		look_at_review(state, now);
	} else if (geteuid() == 0 || in_force->diags.faults > 0) {
		state->attention |= ATTENTION_TEXT; /* others are not meant to read it */
	}
	look_at_register(options->root, state, now);
	if (state->model && !(state->attention & ATTENTION_DAMAGED) &&
	    zone_moved(options->root, state))
		state->attention |= ATTENTION_ZONE_MOVED;
	if (state->facts->zone_end - now < YEAR_SEC)
		state->attention |= ATTENTION_ZONE;
	if (uname(&host) == 0)
		memcpy(state->host, host.nodename, sizeof(host.nodename));
	if (strcasecmp(state->host, state->facts->host) != 0)
		state->attention |= ATTENTION_HOST;
	if (fallback_read(options->root, &fallback) < 0)
		state->attention |= ATTENTION_FALLBACK;
	if (policy_verify(policy) < 0)
		state->attention |= ATTENTION_DAMAGED;
	look_at_media(options->root, policy, state);
}

struct word {
	unsigned bit;
	const char *name, *text;
};

/* clang-format off */
static const struct word observe_words[] = {
	{ OBSERVE_ROLES,    "roles",    NULL },
	{ OBSERVE_ROOT,     "root",     NULL },
	{ OBSERVE_ACCOUNTS, "accounts", NULL },
	{ OBSERVE_ATTEMPTS, "attempts", NULL },
	{ OBSERVE_PASSWORD, "password", NULL },
	{ OBSERVE_SECOND_FACTOR, "second-factor", NULL },
	{ OBSERVE_MEDIA,    "media",    NULL },
};

static const struct word attention_words[] = {
	{ ATTENTION_DAMAGED,  "damaged",  N_("the compiled policy is damaged: governed people may be refused; next: sereno apply") },
	{ ATTENTION_TEXT,     "text",     N_("the text in force cannot be read: line numbers and comparisons are gone; next: sereno apply") },
	{ ATTENTION_FALLBACK, "fallback", N_("the fallback file cannot be used: without a policy only root would get in; next: sereno apply") },
	{ ATTENTION_HOST,     "host",     N_("this host has another name than when the policy was applied: hosts: may fit differently; next: sereno apply") },
	{ ATTENTION_ZONE,     "zone",     N_("the time zone is known for less than a year: rules with hours will then fit no more; next: sereno apply") },
	{ ATTENTION_ZONE_MOVED, "zone-changed", N_("the time zone of this host has changed since the policy was applied, and hours still follow the old one; next: sereno apply again") },
	{ ATTENTION_UNPUBLISHED, "unpublished", N_("the register could not be published, or is another one than it was: logins do not see what the register says now; next: sereno grants") },
	{ ATTENTION_ROLE_REVIEW, "role-review", N_("who holds which role was not signed in time by the roles' owners; next: sereno review") },
	{ ATTENTION_MEDIA_UNWATCHED, "media-watcher", N_("nobody takes devices away when who sits there changes; next: systemctl enable --now sereno-media.path") },
	{ ATTENTION_MEDIA_OPEN, "media-open", N_("what is plugged in starts on, and is at work before the policy was asked; next: systemctl restart sereno-media") },
	{ ATTENTION_MEDIA_SHUT, "media-shut", N_("no policy speaks of media, but what is plugged in stays off; next: systemctl restart sereno-media") },
	{ ATTENTION_REVIEW,   "review",   N_("the review of the policy is overdue: read it, set document.reviewed, then sereno apply") },
};
/* clang-format on */

static const char *draft_text(enum draft draft)
{
	switch (draft) {
	case DRAFT_SAME:
		return _("as in force");
	case DRAFT_EDITED:
		return _("edited, not applied; next: sereno diff");
	case DRAFT_MISSING:
		return _("there is none");
	case DRAFT_UNREADABLE:
		return _("cannot be compared (root can)");
	}
	return "";
}

static const char *draft_name(enum draft draft)
{
	switch (draft) {
	case DRAFT_SAME:
		return "same";
	case DRAFT_EDITED:
		return "edited";
	case DRAFT_MISSING:
		return "missing";
	case DRAFT_UNREADABLE:
		return "unreadable";
	}
	return NULL;
}

static void print_field(const struct output *output, const char *name, const char *value)
{
	output_field(output, 12, name, value);
}

static void print_counts(const struct output *output, const struct policy_facts *facts)
{
	char text[128];

	(void)snprintf(text, sizeof(text), _("%u roles, %u rules, %u members"), facts->n_roles,
		       facts->n_rules, facts->n_members); /* may be cut */
	print_field(output, _("holds"), text);
}

static void print_observe(const struct output *output, unsigned observe)
{
	char text[128] = "";
	size_t used = 0;

	if (observe == 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(observe_words); i++)
		if (observe & observe_words[i].bit)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s ",
						 observe_words[i].name); /* three short words */
	(void)snprintf(text + used, sizeof(text) - used, "%s",
		       _("(recorded, refuses nobody)")); /* may be cut */
	print_field(output, _("on trial"), text);
}

/* Nothing where there is nothing: most hosts need neither. */
static void print_granted(const struct output *output, const struct grants_facts *granted)
{
	char text[128];

	if (granted->n_grants == 0 && granted->n_departures == 0)
		return;
	(void)snprintf(text, sizeof(text), _("%u grants of roles; %u accounts whose owner leaves"),
		       granted->n_grants, granted->n_departures); /* may be cut */
	print_field(output, _("register"), text);
}

static void print_text(const struct state *state, const struct output *output)
{
	const struct policy_facts *facts = state->facts;
	char when[INSTANT_TEXT_MAX], line[128];

	(void)snprintf(line, sizeof(line), _("since %s, generation %llu"),
		       instant_local(facts->compiled, &state->zone, when),
		       (unsigned long long)facts->generation); /* may be cut */
	print_field(output, _("in force"), line);
	print_field(output, _("policy"), facts->hash);
	if (state->model && state->model->document.title)
		print_field(output, _("title"), state->model->document.title);
	print_counts(output, facts);
	print_granted(output, state->granted);
	print_field(output, _("host"), facts->host);
	print_observe(output, facts->observe);
	print_field(output, _("file"), draft_text(state->draft));
	if (state->has_review)
		print_field(output, _("review due"),
			    instant_local(state->review_due, &state->zone, when));
	media_standing_print(&state->media, output);
	for (size_t i = 0; i < ARRAY_SIZE(attention_words); i++)
		if (state->attention & attention_words[i].bit)
			output_wrap(output, STYLE_BAD, 2, "! %s", _(attention_words[i].text));
}

static void write_words(struct json *json, const char *key, const struct word *words, size_t n,
			unsigned bits)
{
	json_begin(json, key, JSON_ARRAY);
	for (size_t i = 0; i < n; i++)
		if (bits & words[i].bit)
			json_string(json, NULL, words[i].name);
	json_end(json, JSON_ARRAY);
}

static void print_json(const struct state *state, const struct output *output)
{
	const struct policy_facts *facts = state->facts;
	struct json json = { .stream = output->stream };

	json_begin(&json, NULL, JSON_OBJECT);
	json_bool(&json, "in_force", true);
	json_number(&json, "generation", facts->generation);
	json_time(&json, "since", facts->compiled);
	json_string(&json, "policy", facts->hash);
	json_string(&json, "host", facts->host);
	json_number(&json, "min_uid", facts->min_uid);
	json_number(&json, "roles", facts->n_roles);
	json_number(&json, "rules", facts->n_rules);
	json_number(&json, "members", facts->n_members);
	json_number(&json, "grants", state->granted->n_grants);
	json_number(&json, "departures", state->granted->n_departures);
	write_words(&json, "observe", observe_words, ARRAY_SIZE(observe_words), facts->observe);
	json_time(&json, "zone_end", facts->zone_end);
	json_time(&json, "review_due", state->has_review ? state->review_due : TIME_NO_END);
	json_string(&json, "file", draft_name(state->draft));
	media_standing_write(&state->media, &json);
	write_words(&json, "attention", attention_words, ARRAY_SIZE(attention_words),
		    state->attention);
	json_end(&json, JSON_OBJECT);
}

static enum exit_status report_none(const struct options *options, const struct output *output,
				    int r)
{
	struct json json = { .stream = output->stream };

	if (options->given & OPTION_JSON) {
		json_begin(&json, NULL, JSON_OBJECT);
		json_bool(&json, "in_force", false);
		json_string(&json, "cause", r == -ENOENT ? NULL : policy_defect(r));
		json_end(&json, JSON_OBJECT);
		return EXIT_NO;
	}
	if (r == -ENOENT)
		output_wrap(output, STYLE_BAD, 0, "%s",
			    _("No policy is in force. Next: sereno check, then sereno apply."));
	else if (r == -EPERM)
		output_wrap(output, STYLE_BAD, 0,
			    _("The policy in force could have been changed by others and is not "
			      "used: only root and break-glass accounts get in. Make "
			      "%s/var/lib/sereno and all below belong to root, writable by nobody "
			      "else, then: sereno apply."),
			    options->root);
	else
		output_wrap(output, STYLE_BAD, 0,
			    _("The policy in force cannot be used (%s): only root and break-glass "
			      "accounts get in. Next: sereno apply."),
			    policy_defect(r));
	return EXIT_NO;
}

enum exit_status status_run(const struct options *options, const struct output *output)
{
	scoped(policy_close_p) struct policy *policy = NULL;
	scoped(edition_clear) struct edition in_force = { 0 };
	const int64_t now = time(NULL);
	struct state state = { 0 };
	int r = policy_open(options->root, &policy);

	if (r < 0)
		return report_none(options, output, r);
	(void)edition_in_force(options->root, now, &in_force); /* no model says it */
	gather(options, policy, &in_force, now, &state);
	if (options->given & OPTION_JSON)
		print_json(&state, output);
	else
		print_text(&state, output);
	return state.attention ? EXIT_NO : EXIT_YES;
}
