/* SPDX-License-Identifier: MIT */
/* requests.c - sereno requests: which roles are asked for, and what came of it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sereno/role_terms.h>
#include <sereno/scoped.h>

#include "commands.h"
#include "duration.h"
#include "escape.h"
#include "instant.h"
#include "json.h"
#include "petition.h"
#include "registrar.h"

#define COLUMNS 6

/* All that is listed, in the order of the numbers. */
struct docket {
	struct channel_role_request *row;
	size_t n, room;
	struct zone zone;
	int64_t now, expiry_sec;
	bool ended; /* also what is closed */
};

static void docket_clear(struct docket *docket)
{
	free(docket->row);
}

static int docket_add(struct docket *docket, const struct channel_role_request *row)
{
	if (docket->n == docket->room) {
		const size_t room = docket->room ? 2 * docket->room : 16;
		struct channel_role_request *grown =
			reallocarray(docket->row, room, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		docket->row = grown;
		docket->room = room;
	}
	docket->row[docket->n++] = *row;
	return 0;
}

static enum exit_status ask_serenod(const struct options *options, struct docket *docket)
{
	scoped(petition_clear) struct petition petition = { .fd = -1 };
	enum exit_status status = petition_open(options, &petition);
	const struct channel_reply *reply = &petition.reply;
	uint32_t after = 0;
	int r = 0;

	docket->zone = petition.zone;
	do {
		if (status != EXIT_YES)
			return status;
		petition.request = (struct channel_request){ .kind = CHANNEL_REQUESTS,
							     .after = after,
							     .ended = docket->ended };
		status = petition_say(&petition);
		for (uint32_t i = 0; status == EXIT_YES && r == 0 && i < reply->n_requests; i++) {
			if (reply->request[i].id <= after)
				return complain_error(-EBADMSG, _("serenod does not answer"));
			after = reply->request[i].id;
			r = docket_add(docket, &reply->request[i]);
		}
	} while (status == EXIT_YES && r == 0 && reply->more);
	return r < 0 ? complain_error(r, _("the requests cannot be listed")) : status;
}

static void take_text(char *to, size_t size, const char *from)
{
	(void)snprintf(to, size, "%s", from ? from : ""); /* longer ones are cut: it is a list */
}

/* REQUEST_OPEN is 0, and ours count from 1 in the same order. */
static enum channel_role_state state_of(const struct docket *docket, const struct request_row *row)
{
	if (row->state == REQUEST_OPEN && row->made.at + docket->expiry_sec <= docket->now)
		return CHANNEL_ROLE_VOID;
	return (enum channel_role_state)(row->state + CHANNEL_ROLE_OPEN);
}

static int take_row(void *context, const struct request_row *row)
{
	struct docket *docket = context;
	struct channel_role_request taken = {
		.id = row->id,
		.state = state_of(docket, row),
		.for_sec = row->for_sec,
		.made = row->made.at,
		.void_at = row->state == REQUEST_OPEN ? row->made.at + docket->expiry_sec : 0,
		.approvals = row->approvals,
		.approvers = row->approvers,
		.closed = row->closed.user ? row->closed.at : 0,
		.grant = row->grant,
	};

	if (!docket->ended && taken.state != CHANNEL_ROLE_OPEN)
		return 0;
	take_text(taken.role, sizeof(taken.role), row->role);
	take_text(taken.user, sizeof(taken.user), row->made.user);
	take_text(taken.reason, sizeof(taken.reason), row->made.reason);
	take_text(taken.closed_by, sizeof(taken.closed_by), row->closed.user);
	take_text(taken.closed_reason, sizeof(taken.closed_reason), row->closed.reason);
	return docket_add(docket, &taken);
}

static enum exit_status read_register(const struct options *options, struct docket *docket)
{
	scoped(registrar_clear) struct registrar registrar = { 0 };
	const enum exit_status status = registrar_look(options, &registrar);
	struct register_query query = { .user = NULL };
	int r;

	if (status != EXIT_YES)
		return status;
	docket->zone = registrar.zone;
	docket->now = registrar.act.at;
	docket->expiry_sec =
		registrar.policy ? (int64_t)policy_request_expiry(registrar.policy) : INT32_MAX;
	query.open_at = docket->ended ? 0 : docket->now;
	r = register_requests(registrar.db, &query, take_row, docket);
	return r < 0 ? registrar_complain(&registrar, r) : EXIT_YES;
}

static const char *state_word(enum channel_role_state state)
{
	switch (state) {
	case CHANNEL_ROLE_OPEN:
		return "open";
	case CHANNEL_ROLE_GRANTED:
		return "granted";
	case CHANNEL_ROLE_DENIED:
		return "denied";
	case CHANNEL_ROLE_WITHDRAWN:
		return "withdrawn";
	case CHANNEL_ROLE_VOID:
		break;
	}
	return "void";
}

/* What has become of it, or what it waits for. */
static const char *standing(const struct docket *docket, const struct channel_role_request *row,
			    char text[static 2 * ESCAPE_MAX])
{
	char by[ESCAPE_MAX], until[INSTANT_TEXT_MAX];

	(void)escape(by, row->closed_by);
	switch (row->state) {
	case CHANNEL_ROLE_OPEN:
		(void)snprintf(text, 2 * ESCAPE_MAX, _("%u of %u approvals, until %s"),
			       row->approvals, row->approvers,
			       instant_local(row->void_at, &docket->zone, until));
		return text;
	case CHANNEL_ROLE_GRANTED:
		(void)snprintf(text, 2 * ESCAPE_MAX, _("granted by %s, grant %u"), by, row->grant);
		return text;
	case CHANNEL_ROLE_DENIED:
		(void)snprintf(text, 2 * ESCAPE_MAX, _("denied by %s"), by);
		return text;
	case CHANNEL_ROLE_WITHDRAWN:
		return _("taken back");
	case CHANNEL_ROLE_VOID:
		break;
	}
	return _("void: nobody answered in time");
}

static void print_row(const struct docket *docket, const struct channel_role_request *row,
		      struct table *table, const struct output *output)
{
	char user[ESCAPE_MAX], role[ESCAPE_MAX], text[2 * ESCAPE_MAX], reason[ESCAPE_MAX];
	char id[16], length[DURATION_TEXT_MAX];
	const char *const cells[COLUMNS] = {
		id,
		escape(user, row->user),
		escape(role, row->role),
		duration_text(row->for_sec, length),
		standing(docket, row, text),
		escape(reason,
		       row->state == CHANNEL_ROLE_DENIED ? row->closed_reason : row->reason),
	};

	(void)snprintf(id, sizeof(id), "%u", row->id); /* fits */
	if (output)
		table_print(table, output, row->mine_to_decide ? STYLE_WARNING : STYLE_PLAIN,
			    cells);
	else
		table_measure(table, cells);
}

static void print_table(const struct docket *docket, const struct output *output)
{
	const char *const head[COLUMNS] = { _("ID"),  _("USER"),     _("ROLE"),
					    _("FOR"), _("STANDING"), _("REASON") };
	struct table table = { .columns = COLUMNS };
	unsigned n = 0;
	uint32_t first = 0;

	table_measure(&table, head);
	for (size_t i = 0; i < docket->n; i++)
		print_row(docket, &docket->row[i], &table, NULL);
	table_print(&table, output, STYLE_STRONG, head);
	for (size_t i = 0; i < docket->n; i++) {
		print_row(docket, &docket->row[i], &table, output);
		n += docket->row[i].mine_to_decide;
		if (first == 0 && docket->row[i].mine_to_decide)
			first = docket->row[i].id;
	}
	if (n > 0)
		output_wrap(output, STYLE_PLAIN, 2,
			    P_("%u waits for your answer. Next: sereno approve %u, or sereno deny "
			       "%u --reason TEXT.",
			       "%u wait for your answer. Next: sereno approve %u, or sereno deny "
			       "%u --reason TEXT.",
			       n),
			    n, first, first);
}

static void json_instant(struct json *json, const char *key, int64_t time)
{
	json_time(json, key, time ? time : TIME_NO_END);
}

static void print_json_row(struct json *json, const struct channel_role_request *row)
{
	json_begin(json, NULL, JSON_OBJECT);
	json_number(json, "id", row->id);
	json_string(json, "state", state_word(row->state));
	json_string(json, "user", row->user);
	json_string(json, "role", row->role);
	json_number(json, "for_sec", row->for_sec);
	json_string(json, "reason", row->reason);
	json_instant(json, "made", row->made);
	json_instant(json, "void_at", row->void_at);
	json_number(json, "approvals", row->approvals);
	json_number(json, "approvers", row->approvers);
	if (row->closed_by[0]) {
		json_string(json, "closed_by", row->closed_by);
		json_instant(json, "closed", row->closed);
		json_string(json, "closed_reason", row->closed_reason);
	}
	if (row->grant)
		json_number(json, "grant", row->grant);
	json_bool(json, "mine", row->mine);
	json_bool(json, "mine_to_decide", row->mine_to_decide);
	json_end(json, JSON_OBJECT);
}

static void print_json(const struct docket *docket, const struct output *output)
{
	struct json json = { .stream = output->stream };

	json_begin(&json, NULL, JSON_ARRAY);
	for (size_t i = 0; i < docket->n; i++)
		print_json_row(&json, &docket->row[i]);
	json_end(&json, JSON_ARRAY);
}

enum exit_status requests_run(const struct options *options, const struct output *output)
{
	scoped(docket_clear) struct docket docket = { .ended = options->given & OPTION_ENDED };
	const enum exit_status status =
		geteuid() == 0 ? read_register(options, &docket) : ask_serenod(options, &docket);

	if (status != EXIT_YES)
		return status;
	if (options->given & OPTION_JSON)
		print_json(&docket, output);
	else if (docket.n > 0)
		print_table(&docket, output);
	else
		output_print(output, STYLE_PLAIN, "%s\n", _("Nothing is asked for."));
	return docket.n > 0 ? EXIT_YES : EXIT_NO;
}
