/* SPDX-License-Identifier: MIT */
/* explanation_text.c - an explanation for people: the verdict, each role and rule, what to do. */
#include <unistd.h>

#include <sereno/register.h>
#include <sereno/scoped.h>

#include "escape.h"
#include "explanation.h"
#include "instant.h"
#include "messages.h"

#define UNHELD_MAX 20 /* roles not held that are named unless --all */

/* What the register says of a grant. */
struct granted_by {
	bool found;
	char user[ESCAPE_MAX], reason[ESCAPE_MAX];
};

static const char *headline(const struct access_verdict *verdict, enum style *ret_style)
{
	*ret_style = STYLE_GOOD;
	if (verdict->on_trial) {
		*ret_style = STYLE_WARNING;
		return _("allowed on trial only, would be refused");
	}
	if (verdict->outcome == ACCESS_NOT_GOVERNED)
		return _("not governed, the other modules decide");
	if (verdict->outcome == ACCESS_ALLOW)
		return _("allowed");
	*ret_style = STYLE_BAD;
	return _("refused");
}

static void print_verdict(const struct explanation *explanation)
{
	const struct access_verdict *verdict = &explanation->verdict;
	const struct output *output = explanation->output;
	char user[ESCAPE_MAX], service[ESCAPE_MAX];
	char origin[ORIGIN_TEXT_MAX], when[INSTANT_TEXT_MAX];
	enum style style;
	const char *head = headline(verdict, &style);

	origin_format(&explanation->origin, origin);
	output_wrap(output, style, 2, _("%s by %s from %s at %s: %s: %s."),
		    escape(user, explanation->options->operand),
		    escape(service, explanation->options->service), origin,
		    instant_local(explanation->question.at, &explanation->zone, when), head,
		    _(access_reason_text(verdict->reason)));
	if (verdict->role[0] && verdict->rule == 0)
		output_wrap(output, STYLE_PLAIN, 2, _("Role %s, line %u of the policy in force."),
			    verdict->role, verdict->line);
	else if (verdict->role[0])
		output_wrap(output, STYLE_PLAIN, 2,
			    _("Rule %s.%u, line %u of the policy in force."), verdict->role,
			    verdict->rule, verdict->line);
	if (verdict->outcome == ACCESS_ALLOW && verdict->until != TIME_NO_END)
		output_wrap(output, STYLE_PLAIN, 2, _("Until %s."),
			    instant_local(verdict->until, &explanation->zone, when));
	if (!explanation->subject.exists)
		output_wrap(output, STYLE_WARNING, 2, "%s",
			    _("There is no such account here; judged as if it were governed."));
}

static enum style obstacle_style(enum obstacle obstacle)
{
	if (obstacle == OBSTACLE_NONE)
		return STYLE_GOOD;
	return obstacle == OBSTACLE_FACTOR ? STYLE_WARNING : STYLE_PLAIN;
}

static void print_rules(const struct explanation *explanation, const struct role *role,
			int64_t until)
{
	const struct output *output = explanation->output;
	struct rule_trace trace;
	char when[INSTANT_TEXT_MAX];

	for (size_t i = 0; i < role->n_rules; i++) {
		const struct rule *rule = &role->rules[i];

		trace_rule(&explanation->question, until, rule, &trace);
		if (trace.obstacle == OBSTACLE_NONE && trace.until != TIME_NO_END)
			output_wrap(output, STYLE_GOOD, 4, _("  rule %u, line %u: fits, until %s"),
				    rule->number, rule->at.line,
				    instant_local(trace.until, &explanation->zone, when));
		else
			output_wrap(output, obstacle_style(trace.obstacle), 4,
				    _("  rule %u, line %u: %s"), rule->number, rule->at.line,
				    obstacle_text(trace.obstacle));
	}
	if (role->n_rules == 0)
		output_wrap(output, STYLE_PLAIN, 4, "%s", _("  it has no rule"));
}

static int note_granted(void *context, const struct grant_row *row)
{
	struct granted_by *by = context;

	*by = (struct granted_by){ .found = true };
	(void)escape(by->user, row->made.user);
	(void)escape(by->reason, row->made.reason);
	return 0;
}

/* "by grant 17 of luis": the register says of whom, to who may read it. */
static void print_granted(const struct explanation *explanation, const struct role *role,
			  const struct role_trace *trace)
{
	const struct register_query query = { .id = trace->grant };
	scoped(register_close_p) struct register_db *db = NULL;
	struct granted_by by = { .found = false };
	char until[INSTANT_TEXT_MAX];

	if (register_open_reading(explanation->options->root, &db) == 0)
		(void)register_grants(db, &query, note_granted, &by); /* nobody is told then */
	instant_local(trace->until, &explanation->zone, until);
	if (by.found)
		output_wrap(explanation->output, STYLE_STRONG, 4,
			    _("Role %s (line %u), by grant %u of %s (%s), until %s:"),
			    role->name.text, role->name.at.line, trace->grant, by.user, by.reason,
			    until);
	else
		output_wrap(explanation->output, STYLE_STRONG, 4,
			    _("Role %s (line %u), by grant %u, until %s:"), role->name.text,
			    role->name.at.line, trace->grant, until);
}

/* "gives groups: adm (line 31), logs (line 32)". */
static void print_groups(const struct explanation *explanation, const struct role *role)
{
	scoped_free char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		return;
	for (size_t i = 0; i < role->gives_groups.n; i++) {
		const struct name *group = &role->gives_groups.item[i];

		(void)fprintf(stream, _("%s%s (line %u)"), i > 0 ? ", " : "", group->text,
			      group->at.line); /* looked at when it is closed */
	}
	if (fclose(stream) == 0 && role->gives_groups.n > 0)
		output_wrap(explanation->output, STYLE_PLAIN, 4, _("  gives groups: %s"), text);
}

static void print_role(const struct explanation *explanation, const struct role *role,
		       const struct role_trace *trace)
{
	const struct output *output = explanation->output;
	const char *how = standing_text(trace->standing);

	if (trace->standing == STANDING_HELD && trace->grant)
		print_granted(explanation, role, trace);
	else if (trace->standing == STANDING_HELD && trace->group)
		output_wrap(output, STYLE_STRONG, 4, _("Role %s (line %u), by group %s:"),
			    role->name.text, role->name.at.line, trace->group);
	else if (trace->standing == STANDING_HELD)
		output_wrap(output, STYLE_STRONG, 4, _("Role %s (line %u), by name:"),
			    role->name.text, role->name.at.line);
	else
		output_wrap(output, STYLE_STRONG, 4, _("Role %s (line %u): %s%s%s"),
			    role->name.text, role->name.at.line, how, trace->excluder ? " " : "",
			    trace->excluder ? trace->excluder : "");
	if (trace->standing != STANDING_HELD)
		return;
	print_groups(explanation, role);
	if (service_needs_rule(service_kind(explanation->question.service)))
		print_rules(explanation, role, trace->until);
	else
		output_wrap(output, STYLE_GOOD, 4, "%s",
			    _("  is enough: no rule is needed for this"));
}

/* The roles he is no member of, in one line. */
static void print_unheld(const struct explanation *explanation)
{
	const struct model *model = explanation->question.model;
	const size_t max = explanation->options->given & OPTION_ALL ? SIZE_MAX : UNHELD_MAX;
	scoped_free char *text = NULL;
	size_t length, n = 0;
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		return;
	for (size_t i = 0; i < model->n_roles; i++) {
		if (explanation->roles[i].standing != STANDING_NO_MEMBER)
			continue;
		if (n++ < max)
			fprintf(stream, "%s%s", n > 1 ? ", " : "", model->roles[i].name.text);
	}
	if (n > max)
		fprintf(stream, _(" and %zu more (--all)"), n - max);
	if (fclose(stream) == 0 && n > 0)
		output_wrap(explanation->output, STYLE_FAINT, 4, _("Not a member of: %s"), text);
}

/* What to do about a refusal; @model is NULL for who may not see the rules. */
static const char *next_step(const struct access_verdict *verdict, const struct model *model)
{
	switch (verdict->reason) {
	case REASON_NO_ROLE:
		return _("Next: name him under members: of a role, sereno check, sereno apply.");
	case REASON_EXCLUSION:
		return _("Next: take him out of one of the roles that exclude each other.");
	case REASON_NO_RULE:
	case REASON_DATES:
	case REASON_HOURS:
		return model ? _("Next: widen one of these rules or add one, sereno check, sereno "
				 "apply.")
			     : NULL;
	case REASON_SECOND_FACTOR:
		return _("Next: a one-time code is what is missing; sereno otp status shows who "
			 "has one.");
	case REASON_ROOT_ORIGIN:
		return _("Next: root.direct-login names where root may log in from.");
	case REASON_BREAK_GLASS_ORIGIN:
		return _("Next: accounts.break-glass.from names where it opens.");
	case REASON_DEPARTED:
		return _("Next: sereno offboard undo, if he is to come back.");
	case REASON_NO_POLICY:
	case REASON_RULE:
	case REASON_ROLE:
	case REASON_ROOT_ASKS:
	case REASON_ROOT_LOGIN:
	case REASON_BREAK_GLASS:
	case REASON_UNGOVERNED:
		return NULL;
	}
	return NULL;
}

static bool walks_roles(const struct access_verdict *verdict)
{
	switch (verdict->reason) {
	case REASON_RULE:
	case REASON_ROLE:
	case REASON_NO_ROLE:
	case REASON_EXCLUSION:
	case REASON_NO_RULE:
	case REASON_DATES:
	case REASON_HOURS:
	case REASON_SECOND_FACTOR:
		return true;
	case REASON_ROOT_ASKS:
	case REASON_ROOT_LOGIN:
	case REASON_BREAK_GLASS:
	case REASON_UNGOVERNED:
	case REASON_ROOT_ORIGIN:
	case REASON_BREAK_GLASS_ORIGIN:
	case REASON_DEPARTED:
	case REASON_NO_POLICY:
		return false;
	}
	return false;
}

/* Beyond what is known of the zone no hours fit, which no rule's hours tell. */
static void print_zone_end(const struct explanation *explanation)
{
	const struct zone *zone = &explanation->zone;
	const int64_t at = explanation->question.at;
	char first[INSTANT_TEXT_MAX], end[INSTANT_TEXT_MAX];

	if (explanation->verdict.reason != REASON_HOURS ||
	    (at >= zone->step[0].at && at < zone->end))
		return;
	output_wrap(explanation->output, STYLE_WARNING, 2,
		    _("The time zone is known from %s to %s; outside of that no hours fit."),
		    instant_local(zone->step[0].at, zone, first),
		    instant_local(zone->end, zone, end));
}

/* Who decides when no policy can. */
static void print_fallback(const struct explanation *explanation)
{
	const struct output *output = explanation->output;

	output_wrap(output, STYLE_WARNING, 2,
		    _("No policy decides (%s): by the fallback only root and break-glass accounts "
		      "get in, at the seat and at serial lines."),
		    policy_defect(explanation->policy_error));
	if (explanation->fallback_error)
		output_wrap(output, STYLE_WARNING, 2,
			    _("The fallback file cannot be used either, so no account is "
			      "break-glass and uids from %u on are governed."),
			    (unsigned)explanation->fallback.min_uid);
	output_wrap(output, STYLE_PLAIN, 2, "%s", _("Next: sereno status, then sereno apply."));
}

void explanation_print(const struct explanation *explanation)
{
	const struct output *output = explanation->output;
	const struct model *model = explanation->question.model;
	const char *next = next_step(&explanation->verdict, model);

	print_verdict(explanation);
	print_zone_end(explanation);
	if (explanation->policy_error) {
		print_fallback(explanation);
		return;
	}
	if (!model)
		output_wrap(output, STYLE_FAINT, 2, "%s",
			    geteuid() == 0 ? _("The text in force cannot be read, so the rules "
					       "cannot be shown; next: sereno apply.")
					   : _("Run this as root to see the rules."));
	if (model && walks_roles(&explanation->verdict)) {
		for (size_t i = 0; i < model->n_roles; i++)
			if (explanation->roles[i].standing != STANDING_NO_MEMBER)
				print_role(explanation, &model->roles[i], &explanation->roles[i]);
		print_unheld(explanation);
	}
	if (next)
		output_wrap(output, STYLE_PLAIN, 2, "%s", next);
}
