/* SPDX-License-Identifier: MIT */
/* grants.c - sereno grants: which roles are granted, by whom, until when, why. */
#include <string.h>

#include <sereno/scoped.h>

#include "commands.h"
#include "escape.h"
#include "instant.h"
#include "json.h"
#include "registrar.h"

#define COLUMNS 6

struct listing {
	const struct registrar *registrar;
	const struct output *output;
	struct table table;
	struct json *json; /* NULL: a table */
	bool printing;	   /* the second pass */
	size_t n;
};

static const char *ending(const struct listing *listing, const struct grant_row *row,
			  char text[static INSTANT_TEXT_MAX])
{
	if (row->revoked.user)
		return _("taken back");
	if (row->until <= listing->registrar->act.at)
		return _("over");
	return instant_local(row->until, &listing->registrar->zone, text);
}

static int list_cells(struct listing *listing, const struct grant_row *row)
{
	char user[ESCAPE_MAX], role[ESCAPE_MAX], by[ESCAPE_MAX], reason[ESCAPE_MAX];
	char id[16], until[INSTANT_TEXT_MAX];
	const char *const cells[COLUMNS] = {
		id,
		escape(user, row->user),
		escape(role, row->role),
		ending(listing, row, until),
		escape(by, row->made.user),
		escape(reason, row->made.reason),
	};

	(void)snprintf(id, sizeof(id), "%u", row->id); /* fits */
	if (listing->printing)
		table_print(&listing->table, listing->output, STYLE_PLAIN, cells);
	else
		table_measure(&listing->table, cells);
	return 0;
}

static void write_act(struct json *json, const char *key, const struct act *act)
{
	json_begin(json, key, JSON_OBJECT);
	json_string(json, "by", act->user);
	json_number(json, "uid", act->uid);
	json_time(json, "at", act->at);
	json_string(json, "reason", act->reason);
	json_end(json, JSON_OBJECT);
}

static int list_json(struct json *json, const struct grant_row *row)
{
	json_begin(json, NULL, JSON_OBJECT);
	json_number(json, "id", row->id);
	json_string(json, "user", row->user);
	json_string(json, "role", row->role);
	json_time(json, "since", row->since);
	json_time(json, "until", row->until);
	write_act(json, "granted", &row->made);
	if (row->revoked.user)
		write_act(json, "revoked", &row->revoked);
	if (row->request)
		json_number(json, "request", row->request);
	json_end(json, JSON_OBJECT);
	return 0;
}

static int list_row(void *context, const struct grant_row *row)
{
	struct listing *listing = context;

	listing->n++;
	return listing->json ? list_json(listing->json, row) : list_cells(listing, row);
}

static int print_table(struct listing *listing, const struct register_query *query)
{
	const char *const head[COLUMNS] = { _("ID"),	_("USER"), _("ROLE"),
					    _("UNTIL"), _("BY"),   _("REASON") };
	int r;

	table_measure(&listing->table, head);
	r = register_grants(listing->registrar->db, query, list_row, listing);
	if (r < 0 || listing->n == 0)
		return r;
	table_print(&listing->table, listing->output, STYLE_STRONG, head);
	listing->printing = true;
	return register_grants(listing->registrar->db, query, list_row, listing);
}

static int print_json(struct listing *listing, const struct register_query *query)
{
	struct json json = { .stream = listing->output->stream };
	int r;

	listing->json = &json;
	json_begin(&json, NULL, JSON_ARRAY);
	r = register_grants(listing->registrar->db, query, list_row, listing);
	json_end(&json, JSON_ARRAY);
	return r;
}

enum exit_status grants_run(const struct options *options, const struct output *output)
{
	scoped(registrar_clear) struct registrar registrar = { 0 };
	struct listing listing = { .registrar = &registrar,
				   .output = output,
				   .table = { .columns = COLUMNS } };
	enum exit_status status = registrar_look(options, &registrar);
	struct register_query query = { .user = options->operand };
	int r;

	if (status != EXIT_YES)
		return status;
	query.open_at = options->given & OPTION_ENDED ? 0 : registrar.act.at;
	r = options->given & OPTION_JSON ? print_json(&listing, &query)
					 : print_table(&listing, &query);
	if (r < 0)
		return registrar_complain(&registrar, r);
	if (listing.n == 0 && !(options->given & OPTION_JSON))
		output_print(output, STYLE_PLAIN, "%s\n", _("Nothing is granted."));
	return listing.n > 0 ? EXIT_YES : EXIT_NO;
}
