/* SPDX-License-Identifier: MIT */
/* offboard_report.c - what the steps of a departure found, for people and as JSON. */
#include <string.h>

#include "escape.h"
#include "instant.h"
#include "json.h"
#include "offboard.h"

static const char *const results[] = { [STEP_DONE] = N_("done"),
				       [STEP_NOTHING] = N_("nothing"),
				       [STEP_FAILED] = N_("FAILED"),
				       [STEP_TO_DO] = N_("to do") };
static const char *const words[] = { [STEP_DONE] = "done",
				     [STEP_NOTHING] = "nothing",
				     [STEP_FAILED] = "failed",
				     [STEP_TO_DO] = "to-do" };
static const char *const kinds[] = { [FOUND_DONE] = "done",
				     [FOUND_NOTE] = "note",
				     [FOUND_TO_DO] = "to-do",
				     [FOUND_FAILED] = "failed" };

const char *offboard_result(enum step_result result)
{
	return _(results[result]);
}

static enum style style_of(enum finding_kind kind)
{
	switch (kind) {
	case FOUND_DONE:
		return STYLE_PLAIN;
	case FOUND_NOTE:
		return STYLE_FAINT;
	case FOUND_TO_DO:
		return STYLE_WARNING;
	case FOUND_FAILED:
		return STYLE_BAD;
	}
	return STYLE_PLAIN;
}

static const char *mark_of(enum finding_kind kind)
{
	static const char *const marks[] = {
		[FOUND_DONE] = "-", [FOUND_NOTE] = " ", [FOUND_TO_DO] = "!", [FOUND_FAILED] = "X"
	};

	return marks[kind];
}

static void print_step(const struct output *output, const struct departure_step *step,
		       const struct findings *findings)
{
	const enum step_result result = findings_result(findings);
	size_t all = 0;
	char text[ESCAPE_MAX];

	for (size_t i = 0; i < FINDING_KINDS; i++)
		all += findings->count[i];
	output_print(output, result == STEP_FAILED ? STYLE_BAD : STYLE_STRONG, "%-14s  %-8s",
		     step->name, _(results[result]));
	output_print(output, STYLE_FAINT, "  %s\n", _(step->sentence));
	for (size_t i = 0; i < findings->n; i++)
		output_wrap(output, style_of(findings->item[i].kind), 6, "    %s %s",
			    mark_of(findings->item[i].kind), escape(text, findings->item[i].text));
	if (all > findings->n)
		output_wrap(output, STYLE_PLAIN, 6, _("      and %zu more"), all - findings->n);
}

static void print_secrets(const struct offboarding *offboarding, const struct output *output)
{
	char secret[ESCAPE_MAX], user[ESCAPE_MAX];

	if (offboarding->n_secrets == 0)
		return;
	output_print(output, STYLE_STRONG, "%s\n",
		     _("Shared secrets that he knew, to be changed:"));
	for (size_t i = 0; i < offboarding->n_secrets; i++)
		output_wrap(output, STYLE_WARNING, 6, "    ! %s",
			    escape(secret, offboarding->secret[i]));
	output_wrap(output, STYLE_PLAIN, 2,
		    _("Each, once it is changed: sereno offboard attest %s SECRET; then: sereno "
		      "offboard close %s"),
		    escape(user, offboarding->user), user);
}

static void print_head(const struct offboarding *offboarding, const struct output *output)
{
	char user[ESCAPE_MAX], from[INSTANT_TEXT_MAX];

	(void)escape(user, offboarding->user);
	if (offboarding->leaver.evidence < 0)
		output_wrap(output, STYLE_STRONG, 2,
			    _("Nothing is changed. This is what the departure of %s would do:"),
			    user);
	else
		output_wrap(output, STYLE_STRONG, 2,
			    _("Departure %u: nothing is allowed to %s from %s on."),
			    offboarding->leaver.departure, user,
			    instant_local(offboarding->from, &offboarding->registrar->zone, from));
}

static bool some_failed(const struct offboarding *offboarding, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (findings_result(&offboarding->findings[i]) == STEP_FAILED)
			return true;
	return false;
}

void offboard_print(const struct offboarding *offboarding, const struct output *output)
{
	size_t n;
	const struct departure_step *steps = departure_steps(&n);
	char user[ESCAPE_MAX];

	print_head(offboarding, output);
	for (size_t i = 0; i < n; i++)
		if (offboarding->taken[i])
			print_step(output, &steps[i], &offboarding->findings[i]);
	print_secrets(offboarding, output);
	if (offboarding->evidence)
		output_wrap(output, STYLE_PLAIN, 2, _("Evidence: %s%s/%s.txt and .json"),
			    offboarding->leaver.root, offboarding->evidence, offboarding->report);
	if (offboarding->leaver.evidence >= 0 && some_failed(offboarding, n))
		output_wrap(
			output, STYLE_BAD, 2,
			_("Not all is done. Next: sereno offboard %s, which finds what is left."),
			escape(user, offboarding->user));
}

static void write_step(struct json *json, const struct departure_step *step,
		       const struct findings *findings)
{
	json_begin(json, NULL, JSON_OBJECT);
	json_string(json, "step", step->name);
	json_string(json, "result", words[findings_result(findings)]);
	json_begin(json, "findings", JSON_ARRAY);
	for (size_t i = 0; i < findings->n; i++) {
		json_begin(json, NULL, JSON_OBJECT);
		json_string(json, "kind", kinds[findings->item[i].kind]);
		json_string(json, "text", findings->item[i].text);
		json_end(json, JSON_OBJECT);
	}
	json_end(json, JSON_ARRAY);
	json_end(json, JSON_OBJECT);
}

void offboard_write(const struct offboarding *offboarding, FILE *stream)
{
	struct json json = { .stream = stream };
	const struct act *act = &offboarding->registrar->act;
	size_t n;
	const struct departure_step *steps = departure_steps(&n);

	json_begin(&json, NULL, JSON_OBJECT);
	json_string(&json, "user", offboarding->user);
	if (offboarding->leaver.uid != GRANTS_NO_UID)
		json_number(&json, "uid", offboarding->leaver.uid);
	json_bool(&json, "dry-run", offboarding->leaver.evidence < 0);
	if (offboarding->leaver.departure)
		json_number(&json, "departure", offboarding->leaver.departure);
	json_time(&json, "from", offboarding->from);
	json_string(&json, "by", act->user);
	json_time(&json, "at", act->at);
	json_string(&json, "reason", act->reason);
	json_begin(&json, "steps", JSON_ARRAY);
	for (size_t i = 0; i < n; i++)
		if (offboarding->taken[i])
			write_step(&json, &steps[i], &offboarding->findings[i]);
	json_end(&json, JSON_ARRAY);
	json_begin(&json, "secrets", JSON_ARRAY);
	for (size_t i = 0; i < offboarding->n_secrets; i++)
		json_string(&json, NULL, offboarding->secret[i]);
	json_end(&json, JSON_ARRAY);
	if (offboarding->evidence)
		json_string(&json, "evidence", offboarding->evidence);
	json_end(&json, JSON_OBJECT);
}
