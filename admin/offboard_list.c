/* SPDX-License-Identifier: MIT */
/* offboard_list.c - sereno offboard alone: who has left or will, and what is still to be done. */
#include <string.h>

#include <sereno/scoped.h>

#include "escape.h"
#include "instant.h"
#include "json.h"
#include "offboard.h"

#define COLUMNS 6

struct listing {
	const struct registrar *registrar;
	const struct output *output;
	struct table table;
	struct json *json; /* NULL: a table */
	bool printing;	   /* the second pass */
	bool all;
	size_t n;
};

/* The last result of each step counts: of them, how many failed or wait for people. */
struct tally {
	size_t n;
	const struct departure_step *steps;
	enum step_result *last; /* STEP_NOTHING where it was not taken */
};

static int note_step(void *context, const struct step_row *row)
{
	struct tally *tally = context;

	for (size_t i = 0; i < tally->n; i++)
		if (strcmp(tally->steps[i].name, row->step) == 0)
			tally->last[i] = row->result;
	return 0;
}

static int count_open(const struct listing *listing, uint32_t id, size_t *ret_failed,
		      size_t *ret_to_do)
{
	struct tally tally = { 0 };
	scoped_free enum step_result *last = NULL;
	int r;

	tally.steps = departure_steps(&tally.n);
	last = calloc(tally.n, sizeof(*last));
	if (!last)
		return -ENOMEM;
	for (size_t i = 0; i < tally.n; i++)
		last[i] = STEP_NOTHING;
	tally.last = last;
	r = register_steps(listing->registrar->db, id, note_step, &tally);
	*ret_failed = *ret_to_do = 0;
	for (size_t i = 0; i < tally.n; i++) {
		*ret_failed += last[i] == STEP_FAILED;
		*ret_to_do += last[i] == STEP_TO_DO;
	}
	return r;
}

static const char *state_of(const struct listing *listing, const struct departure_row *row,
			    size_t failed, size_t to_do, char text[static 128])
{
	if (row->undone.user)
		return _("undone");
	if (row->closed.user)
		return _("closed");
	if (row->from > listing->registrar->act.at)
		return _("planned");
	(void)snprintf(text, 128, _("open: %zu steps failed, %zu to look at, %u secrets"), failed,
		       to_do, row->secrets_open); /* may be cut in some language */
	return text;
}

static int list_cells(struct listing *listing, const struct departure_row *row, size_t failed,
		      size_t to_do)
{
	char user[ESCAPE_MAX], by[ESCAPE_MAX], reason[ESCAPE_MAX];
	char id[16], from[INSTANT_TEXT_MAX], state[128];
	const char *const cells[COLUMNS] = {
		id,
		escape(user, row->user),
		instant_local(row->from, &listing->registrar->zone, from),
		state_of(listing, row, failed, to_do, state),
		escape(by, row->made.user),
		escape(reason, row->made.reason),
	};

	(void)snprintf(id, sizeof(id), "%u", row->id); /* fits */
	if (listing->printing)
		table_print(&listing->table, listing->output, failed > 0 ? STYLE_BAD : STYLE_PLAIN,
			    cells);
	else
		table_measure(&listing->table, cells);
	return 0;
}

static int write_secret(void *context, const struct secret_row *row)
{
	struct json *json = context;

	json_begin(json, NULL, JSON_OBJECT);
	json_string(json, "secret", row->secret);
	json_string(json, "attested-by", row->attested.user);
	json_end(json, JSON_OBJECT);
	return 0;
}

static int list_json(struct listing *listing, const struct departure_row *row, size_t failed,
		     size_t to_do)
{
	struct json *json = listing->json;
	int r;

	json_begin(json, NULL, JSON_OBJECT);
	json_number(json, "id", row->id);
	json_string(json, "user", row->user);
	json_time(json, "from", row->from);
	json_string(json, "by", row->made.user);
	json_time(json, "at", row->made.at);
	json_string(json, "reason", row->made.reason);
	json_number(json, "steps-failed", failed);
	json_number(json, "steps-to-do", to_do);
	json_string(json, "undone-by", row->undone.user);
	json_string(json, "closed-by", row->closed.user);
	json_begin(json, "secrets", JSON_ARRAY);
	r = register_secrets(listing->registrar->db, row->id, write_secret, json);
	json_end(json, JSON_ARRAY);
	json_end(json, JSON_OBJECT);
	return r;
}

static int list_row(void *context, const struct departure_row *row)
{
	struct listing *listing = context;
	size_t failed, to_do;
	int r;

	if (!listing->all && (row->undone.user || row->closed.user))
		return 0;
	listing->n++;
	r = count_open(listing, row->id, &failed, &to_do);
	if (r < 0)
		return r;
	return listing->json ? list_json(listing, row, failed, to_do)
			     : list_cells(listing, row, failed, to_do);
}

static int print_table(struct listing *listing)
{
	const char *const head[COLUMNS] = { _("ID"),	_("USER"), _("FROM"),
					    _("STATE"), _("BY"),   _("REASON") };
	const struct register_query query = { 0 };
	int r;

	table_measure(&listing->table, head);
	r = register_departures(listing->registrar->db, &query, list_row, listing);
	if (r < 0 || listing->n == 0)
		return r;
	table_print(&listing->table, listing->output, STYLE_STRONG, head);
	listing->printing = true;
	return register_departures(listing->registrar->db, &query, list_row, listing);
}

static int print_json(struct listing *listing)
{
	struct json json = { .stream = listing->output->stream };
	const struct register_query query = { 0 };
	int r;

	listing->json = &json;
	json_begin(&json, NULL, JSON_ARRAY);
	r = register_departures(listing->registrar->db, &query, list_row, listing);
	json_end(&json, JSON_ARRAY);
	return r;
}

enum exit_status offboard_list(const struct options *options, const struct output *output)
{
	scoped(registrar_clear) struct registrar registrar = { 0 };
	struct listing listing = { .registrar = &registrar,
				   .output = output,
				   .all = options->given & OPTION_ENDED,
				   .table = { .columns = COLUMNS } };
	const enum exit_status status = registrar_look(options, &registrar);
	int r;

	if (status != EXIT_YES)
		return status;
	r = options->given & OPTION_JSON ? print_json(&listing) : print_table(&listing);
	if (r < 0)
		return registrar_complain(&registrar, r);
	if (listing.n == 0 && !(options->given & OPTION_JSON))
		output_print(output, STYLE_PLAIN, "%s\n", _("No departure is open."));
	return listing.n > 0 ? EXIT_YES : EXIT_NO;
}
