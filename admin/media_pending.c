/* SPDX-License-Identifier: MIT */
/* media_pending.c - sereno media pending and grants: what waits for an answer, and what was given.
 */
#include <string.h>

#include <sereno/scoped.h>

#include "duration.h"
#include "escape.h"
#include "instant.h"
#include "json.h"
#include "media.h"
#include "media_docket.h"

#define COLUMNS	 5
#define STANDING (4 * ESCAPE_MAX)

static const char *state_word(enum channel_device_state state)
{
	switch (state) {
	case CHANNEL_DEVICE_REFUSED:
		return "refused";
	case CHANNEL_DEVICE_OPEN:
		return "open";
	case CHANNEL_DEVICE_GRANTED:
		return "granted";
	case CHANNEL_DEVICE_DENIED:
		return "denied";
	case CHANNEL_DEVICE_WITHDRAWN:
		return "withdrawn";
	case CHANNEL_DEVICE_VOID:
		return "void";
	case CHANNEL_DEVICE_REVOKED:
		break;
	}
	return "revoked";
}

static void say_open(const struct media_docket *docket, const struct channel_device *row,
		     char text[static STANDING])
{
	char by[ESCAPE_MAX], roles[ESCAPE_MAX], until[INSTANT_TEXT_MAX];
	char length[DURATION_TEXT_MAX];

	(void)instant_local(row->void_at, &docket->zone, until);
	(void)snprintf(text, STANDING,
		       row->each ? _("%s for %s, by %s; waits for one of each: %s; until %s")
				 : _("%s for %s, by %s; waits for one of: %s; until %s"),
		       media_access_words(row->access), duration_text(row->for_sec, length),
		       escape(by, row->by), escape(roles, row->roles), until);
}

static const char *standing(const struct media_docket *docket, const struct channel_device *row,
			    char text[static STANDING])
{
	char by[ESCAPE_MAX], until[INSTANT_TEXT_MAX];

	(void)escape(by, row->by);
	(void)instant_local(row->until, &docket->zone, until);
	switch (row->state) {
	case CHANNEL_DEVICE_REFUSED:
		(void)snprintf(text, STANDING, _("refused %s: %s"),
			       instant_local(row->void_at, &docket->zone, until),
			       _(media_reason_text(row->refused)));
		return text;
	case CHANNEL_DEVICE_OPEN:
		say_open(docket, row, text);
		return text;
	case CHANNEL_DEVICE_GRANTED:
		(void)snprintf(text, STANDING, _("%s until %s, by %s"),
			       media_access_words(row->access), until, by);
		return text;
	case CHANNEL_DEVICE_REVOKED:
		(void)snprintf(text, STANDING, _("taken back %s by %s"), until, by);
		return text;
	case CHANNEL_DEVICE_DENIED:
		(void)snprintf(text, STANDING, _("denied by %s"), by);
		return text;
	case CHANNEL_DEVICE_WITHDRAWN:
		return _("taken back: who it was for has left");
	case CHANNEL_DEVICE_VOID:
		break;
	}
	return _("void: nobody answered in time");
}

/* Without @output the row is measured. */
static void print_row(const struct media_docket *docket, const struct channel_device *row,
		      struct table *table, const struct output *output)
{
	char id[REFUSED_ID_SIZE], numbers[MEDIA_DEVICE_TEXT], name[MEDIA_DEVICE_TEXT];
	char user[ESCAPE_MAX], text[STANDING];
	const char *const cells[COLUMNS] = {
		id,
		media_numbers(row, numbers),
		media_name(row, name),
		row->user[0] ? escape(user, row->user) : "-",
		standing(docket, row, text),
	};

	if (row->state == CHANNEL_DEVICE_REFUSED)
		memcpy(id, row->device, sizeof(id));
	else
		(void)snprintf(id, sizeof(id), "%u",
			       row->state == CHANNEL_DEVICE_OPEN || !row->grant ? row->request
										: row->grant);
	if (output)
		table_print(table, output, row->mine_to_decide ? STYLE_WARNING : STYLE_PLAIN,
			    cells);
	else
		table_measure(table, cells);
}

static void print_table(const struct media_docket *docket, const struct output *output)
{
	const char *const head[COLUMNS] = { _("ID"), _("DEVICE"), _("CALLS ITSELF"), _("USER"),
					    _("STANDING") };
	struct table table = { .columns = COLUMNS };

	table_measure(&table, head);
	for (size_t i = 0; i < docket->n; i++)
		print_row(docket, &docket->row[i], &table, NULL);
	table_print(&table, output, STYLE_STRONG, head);
	for (size_t i = 0; i < docket->n; i++)
		print_row(docket, &docket->row[i], &table, output);
}

static void json_instant(struct json *json, const char *key, int64_t time)
{
	json_time(json, key, time ? time : TIME_NO_END);
}

static void print_json_kinds(struct json *json, unsigned kinds)
{
	json_begin(json, "kinds", JSON_ARRAY);
	for (unsigned kind = 0; kind < DEVICE_KINDS; kind++)
		if (kinds & 1u << kind)
			json_string(json, NULL, device_kind_name((enum device_kind)kind));
	json_end(json, JSON_ARRAY);
}

static void print_json_what(struct json *json, const struct channel_device *row)
{
	char numbers[8];

	json_string(json, "device", row->device);
	(void)snprintf(numbers, sizeof(numbers), "%04x", row->vendor); /* fits */
	json_string(json, "vendor", numbers);
	(void)snprintf(numbers, sizeof(numbers), "%04x", row->product);
	json_string(json, "product", numbers);
	print_json_kinds(json, row->kinds);
	json_string(json, "name", row->name);
	json_string(json, "serial", row->serial);
	json_string(json, "user", row->user[0] ? row->user : NULL);
}

static void print_json_row(struct json *json, const struct channel_device *row)
{
	const bool refused = row->state == CHANNEL_DEVICE_REFUSED;

	json_begin(json, NULL, JSON_OBJECT);
	json_string(json, "state", state_word(row->state));
	print_json_what(json, row);
	if (refused) {
		json_string(json, "refused", media_reason_name(row->refused));
		json_number(json, "times", row->times);
		json_instant(json, "first", row->made);
		json_instant(json, "last", row->void_at);
	} else {
		json_number(json, "request", row->request);
		json_string(json, "access", media_access_name(row->access));
		json_string(json, "by", row->by);
		json_string(json, "reason", row->reason);
		json_instant(json, "made", row->made);
	}
	if (row->state == CHANNEL_DEVICE_OPEN) {
		json_number(json, "for_sec", row->for_sec);
		json_number(json, "approvals", row->approvals);
		json_instant(json, "void_at", row->void_at);
	}
	if (row->grant) {
		json_number(json, "grant", row->grant);
		json_instant(json, "since", row->since);
		json_instant(json, "until", row->until);
	}
	json_bool(json, "mine_to_decide", row->mine_to_decide);
	json_end(json, JSON_OBJECT);
}

static void print_json(const struct media_docket *docket, const struct output *output)
{
	struct json json = { .stream = output->stream };

	json_begin(&json, NULL, JSON_ARRAY);
	for (size_t i = 0; i < docket->n; i++)
		print_json_row(&json, &docket->row[i]);
	json_end(&json, JSON_ARRAY);
}

static enum exit_status print(const struct options *options, const struct output *output,
			      const struct media_docket *docket, const char *nothing)
{
	if (options->given & OPTION_JSON)
		print_json(docket, output);
	else if (docket->n > 0)
		print_table(docket, output);
	else
		output_print(output, STYLE_PLAIN, "%s\n", nothing);
	return docket->n > 0 ? EXIT_YES : EXIT_NO;
}

static void say_what_next(const struct media_docket *docket, const struct output *output)
{
	char user[ESCAPE_MAX];

	for (size_t i = 0; i < docket->n; i++) {
		const struct channel_device *row = &docket->row[i];

		if (!row->mine_to_decide)
			continue;
		if (row->state == CHANNEL_DEVICE_OPEN)
			output_wrap(output, STYLE_PLAIN, 2,
				    _("Next: sereno media approve %u, or sereno media deny %u "
				      "--reason TEXT."),
				    row->request, row->request);
		else
			output_wrap(output, STYLE_PLAIN, 2,
				    _("Next: sereno media approve %s --user %s --for 30m "
				      "--read-only --reason TEXT, or sereno media deny %s "
				      "--reason TEXT."),
				    row->device, row->user[0] ? escape(user, row->user) : _("USER"),
				    row->device);
		return;
	}
}

enum exit_status media_pending(const struct options *options, const struct output *output)
{
	scoped(media_docket_clear) struct media_docket docket = { .ended = false };
	enum exit_status status = media_docket_read(options, CHANNEL_ABOUT_REQUESTS, &docket);

	if (status == EXIT_YES)
		status = media_docket_read(options, CHANNEL_ABOUT_REFUSED, &docket);
	if (status != EXIT_YES)
		return status;
	status = print(options, output, &docket,
		       _("No device waits for an answer that you could give."));
	if (!(options->given & OPTION_JSON))
		say_what_next(&docket, output);
	return status;
}

enum exit_status media_grants(const struct options *options, const struct output *output)
{
	scoped(media_docket_clear) struct media_docket docket = { .ended = options->given &
									   OPTION_ENDED };
	const enum exit_status status = media_docket_read(options, CHANNEL_ABOUT_GRANTS, &docket);

	return status == EXIT_YES ? print(options, output, &docket, _("No device is granted."))
				  : status;
}
