/* SPDX-License-Identifier: MIT */
/* explanation_json.c - an explanation for programs. */
#include <sereno/scoped.h>

#include "explanation.h"
#include "messages.h"

static void write_role(const struct explanation *explanation, struct json *json,
		       const struct role *role, const struct role_trace *trace)
{
	struct rule_trace rule;

	json_begin(json, NULL, JSON_OBJECT);
	json_string(json, "role", role->name.text);
	json_number(json, "line", role->name.at.line);
	json_string(json, "standing", standing_name(trace->standing));
	json_string(json, "group", trace->group);
	if (trace->grant)
		json_number(json, "grant", trace->grant);
	json_string(json, "excluded_by", trace->excluder);
	json_begin(json, "gives_groups", JSON_ARRAY);
	for (size_t i = 0; trace->standing == STANDING_HELD && i < role->gives_groups.n; i++) {
		json_begin(json, NULL, JSON_OBJECT);
		json_string(json, "group", role->gives_groups.item[i].text);
		json_number(json, "line", role->gives_groups.item[i].at.line);
		json_end(json, JSON_OBJECT);
	}
	json_end(json, JSON_ARRAY);
	json_begin(json, "rules", JSON_ARRAY);
	for (size_t i = 0; trace->standing == STANDING_HELD && i < role->n_rules; i++) {
		trace_rule(&explanation->question, trace->until, &role->rules[i], &rule);
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
	if (verdict->grant)
		json_number(json, "grant", verdict->grant);
	json_bool(json, "second_factor_open", verdict->demands_open & DEMAND_SECOND_FACTOR);
	json_time(json, "until", verdict->outcome == ACCESS_ALLOW ? verdict->until : TIME_NO_END);
	json_string(json, "policy",
		    explanation->policy ? policy_facts(explanation->policy)->hash : NULL);
	json_bool(json, "by_fallback", explanation->policy_error != 0);
}

void explanation_write_json(const struct explanation *explanation)
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
