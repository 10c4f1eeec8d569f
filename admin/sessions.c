/* SPDX-License-Identifier: MIT */
/* sessions.c - sereno sessions: what is open, until when, and why. */
#include <string.h>

#include <sereno/scoped.h>

#include "commands.h"
#include "escape.h"
#include "instant.h"
#include "json.h"
#include "session_follow.h"

#define COLUMNS 7

/* A number, or "-" where the kernel gave none. */
static void session_name(const struct login *login, char text[static 16])
{
	if (login->session == LOGIN_NONE)
		(void)snprintf(text, 16, "-");
	else
		(void)snprintf(text, 16, "%u", login->session); /* fits */
}

static const char *ending(const struct session_look *look, const struct open_session *session,
			  char text[static INSTANT_TEXT_MAX])
{
	if (session->failed < 0 || session->view.exempt)
		return "-";
	switch (session->plan.step) {
	case SESSION_STAYS:
		return instant_local(session->view.until, &look->zone, text);
	case SESSION_TELL:
	case SESSION_IS_TOLD:
		return session->plan.ends ? instant_local_second(session_ends_at(look, session),
								 &look->zone, text)
					  : _("told");
	case SESSION_END:
		return _("now");
	}
	return "-";
}

static void print_row(const struct session_look *look, const struct open_session *session,
		      struct table *table, const struct output *output)
{
	char number[16], origin[ORIGIN_TEXT_MAX], until[INSTANT_TEXT_MAX];
	char user[ESCAPE_MAX], service[ESCAPE_MAX], since[INSTANT_TEXT_MAX];
	const char *const cells[COLUMNS] = {
		number,
		escape(user, session->login.user),
		escape(service, session->login.service),
		origin,
		instant_local(session->login.opened, &look->zone, since),
		ending(look, session, until),
		session_why(session),
	};

	session_name(&session->login, number);
	origin_format(&session->login.origin, origin);
	if (output)
		table_print(table, output, STYLE_PLAIN, cells);
	else
		table_measure(table, cells);
}

static void print_table(const struct session_look *look, const struct output *output)
{
	const char *const head[COLUMNS] = { _("SESSION"), _("USER"),  _("SERVICE"), _("FROM"),
					    _("SINCE"),	  _("UNTIL"), _("WHY") };
	struct table table = { .columns = COLUMNS };

	table_measure(&table, head);
	for (size_t i = 0; i < look->n; i++)
		print_row(look, &look->item[i], &table, NULL);
	table_print(&table, output, STYLE_STRONG, head);
	for (size_t i = 0; i < look->n; i++)
		print_row(look, &look->item[i], &table, output);
}

static const char *step_name(const struct open_session *session)
{
	if (session->failed < 0)
		return "unknown";
	switch (session->plan.step) {
	case SESSION_STAYS:
		return "stays";
	case SESSION_TELL:
		return "to-be-told";
	case SESSION_IS_TOLD:
		return "told";
	case SESSION_END:
		return "over";
	}
	return "unknown";
}

static void write_session(const struct session_look *look, const struct open_session *session,
			  struct json *json)
{
	const bool waits = session->plan.ends && (session->plan.step == SESSION_TELL ||
						  session->plan.step == SESSION_IS_TOLD);
	char origin[ORIGIN_TEXT_MAX];

	origin_format(&session->login.origin, origin);
	json_begin(json, NULL, JSON_OBJECT);
	if (session->login.session != LOGIN_NONE)
		json_number(json, "session", session->login.session);
	json_number(json, "leader", (uint64_t)session->login.leader);
	json_string(json, "user", session->login.user);
	json_number(json, "uid", session->uid);
	json_string(json, "service", session->login.service);
	json_string(json, "origin", origin);
	json_time(json, "since", session->login.opened);
	if (session->view.allowed)
		json_time(json, "until", session->view.until);
	json_string(json, "state", step_name(session));
	json_bool(json, "exempt", session->view.exempt);
	json_bool(json, "lost_group", session->view.lost_group);
	if (waits)
		json_time(json, "ends", session_ends_at(look, session));
	json_string(json, "reason", access_reason_name(session->verdict.reason));
	if (session->verdict.role[0])
		json_string(json, "role", session->verdict.role);
	json_end(json, JSON_OBJECT);
}

static void print_json(const struct session_look *look, const struct output *output)
{
	struct json json = { .stream = output->stream };

	json_begin(&json, NULL, JSON_ARRAY);
	for (size_t i = 0; i < look->n; i++)
		write_session(look, &look->item[i], &json);
	json_end(&json, JSON_ARRAY);
}

static enum exit_status list(const struct options *options, const struct output *output)
{
	scoped(session_look_clear) struct session_look look = { .memory = -1 };
	const enum exit_status status =
		session_look_read(options->root, session_clock_read(), SESSION_MEMORY_READ, &look);

	if (status != EXIT_YES)
		return status;
	if (options->given & OPTION_JSON)
		print_json(&look, output);
	else if (look.n > 0)
		print_table(&look, output);
	else
		output_print(output, STYLE_PLAIN, "%s\n", _("No session is open."));
	if (look.unreadable > 0)
		return complain(EXIT_NO, _("records that cannot be read, below %s/run/sereno: %zu"),
				options->root, look.unreadable);
	return EXIT_YES;
}

enum exit_status sessions_run(const struct options *options, const struct output *output)
{
	char buffer[ESCAPE_MAX];

	if (!options->operand)
		return list(options, output);
	if (strcmp(options->operand, "follow") == 0)
		return session_follow(options, output, session_clock_read());
	return complain(EXIT_USAGE, _("sessions: follow, or nothing, is wanted, not %s"),
			escape(buffer, options->operand));
}
