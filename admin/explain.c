/* SPDX-License-Identifier: MIT */
/* explain.c - sereno explain: the verdict, and what stands in the way of each rule. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sereno/scoped.h>

#include "commands.h"
#include "edition.h"
#include "escape.h"
#include "instant.h"
#include "trace.h"

#define UNHELD_MAX 20 /* roles not held that are named unless --all */

struct explanation {
	const struct options *options;
	const struct output *output;
	struct policy *policy;
	struct people *people;
	struct edition in_force; /* no model: the text is for root's eyes only */
	struct zone zone;	 /* of the policy, not of the host */
	struct subject subject;
	struct origin origin;
	struct question question;
	struct access_verdict verdict;
	struct role_trace *roles;
};

static void explanation_clear(struct explanation *explanation)
{
	free(explanation->roles);
	subject_clear(&explanation->subject);
	edition_clear(&explanation->in_force);
	people_free(explanation->people);
	policy_close(explanation->policy);
}

static enum exit_status open_policy(struct explanation *explanation)
{
	const char *root = explanation->options->root;
	const char *at = explanation->options->at;
	const int64_t now = explanation->question.at;
	int r = policy_open(root, &explanation->policy);

	if (r == -ENOENT)
		return complain(EXIT_SYSTEM, _("no policy is in force; next: sereno apply"));
	if (r < 0)
		return complain_error(r, _("cannot use the policy in force; next: sereno status"));
	r = policy_zone(explanation->policy, &explanation->zone);
	if (r < 0)
		return complain_error(r, _("cannot use the policy in force; next: sereno status"));
	r = people_read(root, &explanation->people);
	if (r < 0)
		return complain_error(r, _("cannot read the users of %s/etc"), root);
	(void)edition_in_force(root, now, &explanation->in_force); /* no model says it */
	if (at && instant_parse(at, &explanation->zone, &explanation->question.at) < 0)
		return complain(EXIT_USAGE, _("--at wants a time such as 2026-03-01T22:10"));
	return EXIT_YES;
}

static enum exit_status read_words(struct explanation *explanation)
{
	const struct options *options = explanation->options;
	struct question *question = &explanation->question;
	char buffer[ESCAPE_MAX];

	if (!options->service || !options->from)
		return complain(EXIT_USAGE,
				_("--service and --from are wanted: sereno explain %s "
				  "--service sshd --from 10.0.0.1"),
				escape(buffer, options->operand));
	if (origin_parse(options->from, &explanation->origin) < 0)
		return complain(EXIT_USAGE,
				_("--from %s is no address, nor seat, serial, jobs or unknown; "
				  "names are never looked up"),
				escape(buffer, options->from));
	if (options->met && strcmp(options->met, "second-factor") != 0)
		return complain(EXIT_USAGE, _("--met knows second-factor only"));
	question->met = options->met ? DEMAND_SECOND_FACTOR : 0;
	question->service = options->service;
	question->origin = &explanation->origin;
	return EXIT_YES;
}

static enum exit_status judge(struct explanation *explanation)
{
	const struct options *options = explanation->options;
	struct question *question = &explanation->question;
	int r = subject_find(options->root, explanation->people, explanation->policy,
			     options->operand, &explanation->subject);

	if (r == 0)
		r = subject_judge(&explanation->subject, explanation->policy, options->service,
				  &explanation->origin, question->at, question->met,
				  &explanation->verdict);
	if (r < 0)
		return complain_error(r, _("cannot judge; next: sereno status"));
	question->model = explanation->in_force.model;
	question->zone = &explanation->zone;
	question->people = explanation->people;
	question->subject = &explanation->subject;
	question->root = options->root;
	question->host = policy_facts(explanation->policy)->host;
	if (question->model && trace_roles(question, &explanation->roles) < 0)
		return complain_error(-ENOMEM, _("cannot explain"));
	return EXIT_YES;
}

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

static void print_rules(const struct explanation *explanation, const struct role *role)
{
	const struct output *output = explanation->output;
	struct rule_trace trace;
	char when[INSTANT_TEXT_MAX];

	for (size_t i = 0; i < role->n_rules; i++) {
		const struct rule *rule = &role->rules[i];

		trace_rule(&explanation->question, role, rule, &trace);
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

static bool wants_rule(enum service_kind kind)
{
	switch (kind) {
	case SERVICE_LOGIN:
	case SERVICE_ELEVATE:
	case SERVICE_TOOL:
		return true;
	case SERVICE_JOB:
	case SERVICE_USER_MANAGER:
	case SERVICE_UNLOCK:
		return false;
	}
	return true;
}

static void print_role(const struct explanation *explanation, const struct role *role,
		       const struct role_trace *trace)
{
	const struct output *output = explanation->output;
	const char *how = standing_text(trace->standing);

	if (trace->standing == STANDING_HELD && trace->group)
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
	if (wants_rule(service_kind(explanation->question.service)))
		print_rules(explanation, role);
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
		return _("Next: no module of this version can see a code; a rule that fits must "
			 "not ask for one.");
	case REASON_ROOT_ORIGIN:
		return _("Next: root.direct-login names where root may log in from.");
	case REASON_BREAK_GLASS_ORIGIN:
		return _("Next: accounts.break-glass.from names where it opens.");
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
	case REASON_NO_POLICY:
		return false;
	}
	return false;
}

static void print_text(const struct explanation *explanation)
{
	const struct output *output = explanation->output;
	const struct model *model = explanation->question.model;
	const char *next = next_step(&explanation->verdict, model);

	print_verdict(explanation);
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

static void write_role(const struct explanation *explanation, struct json *json,
		       const struct role *role, const struct role_trace *trace)
{
	struct rule_trace rule;

	json_begin(json, NULL, JSON_OBJECT);
	json_string(json, "role", role->name.text);
	json_number(json, "line", role->name.at.line);
	json_string(json, "standing", standing_name(trace->standing));
	json_string(json, "group", trace->group);
	json_string(json, "excluded_by", trace->excluder);
	json_begin(json, "rules", JSON_ARRAY);
	for (size_t i = 0; trace->standing == STANDING_HELD && i < role->n_rules; i++) {
		trace_rule(&explanation->question, role, &role->rules[i], &rule);
		json_begin(json, NULL, JSON_OBJECT);
		json_number(json, "rule", role->rules[i].number);
		json_number(json, "line", role->rules[i].at.line);
		json_string(json, "fails", obstacle_name(rule.obstacle));
		json_time(json, "until", rule.obstacle == OBSTACLE_NONE ? rule.until : TIME_NO_END);
		json_end(json, JSON_OBJECT);
	}
	json_end(json, JSON_ARRAY);
	json_end(json, JSON_OBJECT);
}

static const char *outcome_name(enum access_outcome outcome)
{
	switch (outcome) {
	case ACCESS_DENY:
		return "deny";
	case ACCESS_ALLOW:
		return "allow";
	case ACCESS_NOT_GOVERNED:
		return "not-governed";
	}
	return NULL;
}

static void write_verdict(const struct explanation *explanation, struct json *json)
{
	const struct access_verdict *verdict = &explanation->verdict;
	char origin[ORIGIN_TEXT_MAX];

	origin_format(&explanation->origin, origin);
	json_string(json, "user", explanation->options->operand);
	json_bool(json, "exists", explanation->subject.exists);
	json_string(json, "service", explanation->options->service);
	json_string(json, "kind", service_kind_name(service_kind(explanation->options->service)));
	json_string(json, "origin", origin);
	json_time(json, "at", explanation->question.at);
	json_string(json, "outcome", outcome_name(verdict->outcome));
	json_string(json, "enforced", outcome_name(verdict->enforced));
	json_bool(json, "on_trial", verdict->on_trial);
	json_string(json, "reason", access_reason_name(verdict->reason));
	json_string(json, "text", access_reason_text(verdict->reason));
	json_string(json, "role", verdict->role[0] ? verdict->role : NULL);
	json_number(json, "rule", verdict->rule);
	json_number(json, "line", verdict->line);
	json_bool(json, "second_factor_open", verdict->demands_open & DEMAND_SECOND_FACTOR);
	json_time(json, "until", verdict->outcome == ACCESS_ALLOW ? verdict->until : TIME_NO_END);
	json_string(json, "policy", policy_facts(explanation->policy)->hash);
}

static void print_json(const struct explanation *explanation)
{
	const struct model *model = explanation->question.model;
	struct json json = { .stream = explanation->output->stream };

	json_begin(&json, NULL, JSON_OBJECT);
	write_verdict(explanation, &json);
	json_begin(&json, "roles", JSON_ARRAY);
	for (size_t i = 0; model && i < model->n_roles; i++)
		if (explanation->roles[i].standing != STANDING_NO_MEMBER ||
		    (explanation->options->given & OPTION_ALL))
			write_role(explanation, &json, &model->roles[i], &explanation->roles[i]);
	json_end(&json, JSON_ARRAY);
	json_end(&json, JSON_OBJECT);
}

enum exit_status explain_run(const struct options *options, const struct output *output)
{
	scoped(explanation_clear) struct explanation explanation = {
		.options = options,
		.output = output,
		.question = { .at = time(NULL) },
	};
	enum exit_status status = read_words(&explanation);

	if (status == EXIT_YES)
		status = open_policy(&explanation);
	if (status == EXIT_YES)
		status = judge(&explanation);
	if (status != EXIT_YES)
		return status;
	if (options->given & OPTION_JSON)
		print_json(&explanation);
	else
		print_text(&explanation);
	return explanation.verdict.outcome == ACCESS_DENY ? EXIT_NO : EXIT_YES;
}
