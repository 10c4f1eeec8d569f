/* SPDX-License-Identifier: MIT */
/* losses_report.c - who would lose what, in words and as JSON. */
#include "losses_report.h"

#include <errno.h>
#include <stdlib.h>

#include "escape.h"
#include "messages.h"

static int keep(struct losses_report *report, const char *user, const struct loss *loss)
{
	if (report->n == report->allocated) {
		const size_t wanted = report->allocated ? 2 * report->allocated : 64;
		struct loss *item = reallocarray(report->item, wanted, sizeof(*item));

		if (!item)
			return -ENOMEM;
		report->item = item;
		report->allocated = wanted;
	}
	report->item[report->n] = *loss;
	report->item[report->n++].user = user;
	return 0;
}

int losses_report_add(void *context, const char *user, const struct loss *loss, size_t n)
{
	struct losses_report *report = context;
	int r = 0;

	report->total += n;
	for (size_t i = 0; r == 0 && i < n && report->n < report->max; i++)
		r = keep(report, user, &loss[i]);
	return r;
}

static void print_right(const struct output *output, const struct loss *loss, const char *user)
{
	switch (loss->change) {
	case CHANGE_NONE:
		return;
	case CHANGE_FACTOR:
		output_wrap(output, STYLE_WARNING, 4,
			    _("  %s: %s from %s now asks for a second factor (was %s.%u)"), user,
			    loss->service, loss->from, loss->role, loss->rule);
		return;
	case CHANGE_HOURS:
		output_wrap(output, STYLE_WARNING, 4,
			    _("  %s: %s from %s at fewer hours (was %s.%u)"), user, loss->service,
			    loss->from, loss->role, loss->rule);
		return;
	case CHANGE_DATES:
		output_wrap(output, STYLE_WARNING, 4,
			    _("  %s: %s from %s for a shorter time (was %s.%u)"), user,
			    loss->service, loss->from, loss->role, loss->rule);
		return;
	case CHANGE_GONE:
		output_wrap(output, STYLE_WARNING, 4, _("  %s loses %s from %s (was %s.%u)"), user,
			    loss->service, loss->from, loss->role, loss->rule);
		return;
	}
}

static void print_loss(const struct output *output, const struct loss *loss)
{
	char buffer[ESCAPE_MAX];
	const char *user = escape(buffer, loss->user);

	switch (loss->kind) {
	case LOSS_RIGHT:
		print_right(output, loss, user);
		return;
	case LOSS_EVERYTHING:
		if (loss->role)
			output_wrap(output, STYLE_WARNING, 4,
				    _("  %s holds no role any more: loses every login (was %s)"),
				    user, loss->role);
		else
			output_wrap(output, STYLE_WARNING, 4,
				    _("  %s holds no role: loses every login"), user);
		return;
	case LOSS_BREAK_GLASS:
		output_wrap(
			output, STYLE_WARNING, 4,
			loss->change == CHANGE_GONE
				? _("  %s is no break-glass account any more and holds no role: "
				    "loses every login")
				: _("  %s is no break-glass account any more"),
			user);
		return;
	case LOSS_ROOT:
		output_wrap(output, STYLE_WARNING, 4, _("  root loses direct login from %s"),
			    loss->from);
		return;
	}
}

void losses_report_print(const struct losses_report *report, const struct output *output)
{
	if (report->n > 0)
		output_print(output, STYLE_STRONG, "%s\n", _("Who would lose what:"));
	for (size_t i = 0; i < report->n; i++)
		print_loss(output, &report->item[i]);
	if (report->n < report->total)
		output_print(output, STYLE_PLAIN, _("  and %'zu more; --all prints them\n"),
			     report->total - report->n);
}

static const char *kind_name(enum loss_kind kind)
{
	switch (kind) {
	case LOSS_RIGHT:
		return "right";
	case LOSS_EVERYTHING:
		return "everything";
	case LOSS_BREAK_GLASS:
		return "break-glass";
	case LOSS_ROOT:
		return "root-login";
	}
	return NULL;
}

static const char *change_name(enum change change)
{
	switch (change) {
	case CHANGE_NONE:
		return NULL;
	case CHANGE_FACTOR:
		return "second-factor";
	case CHANGE_HOURS:
		return "hours";
	case CHANGE_DATES:
		return "dates";
	case CHANGE_GONE:
		return "gone";
	}
	return NULL;
}

void losses_report_write(const struct losses_report *report, struct json *json)
{
	json_begin(json, "losses", JSON_ARRAY);
	for (size_t i = 0; i < report->n; i++) {
		const struct loss *loss = &report->item[i];

		json_begin(json, NULL, JSON_OBJECT);
		json_string(json, "user", loss->user);
		json_string(json, "kind", kind_name(loss->kind));
		json_string(json, "service", loss->service);
		json_string(json, "from", loss->from);
		json_string(json, "change", change_name(loss->change));
		json_string(json, "role", loss->role);
		json_number(json, "rule", loss->rule);
		json_end(json, JSON_OBJECT);
	}
	json_end(json, JSON_ARRAY);
	json_number(json, "losses_total", report->total);
}

void losses_report_clear(struct losses_report *report)
{
	free(report->item);
	*report = (struct losses_report){ 0 };
}
