/* SPDX-License-Identifier: MIT */
/* revoke.c - sereno revoke: take a granted role back. */
#include <string.h>

#include <sereno/scoped.h>

#include "commands.h"
#include "escape.h"
#include "registrar.h"

#define DIGITS_MAX 9

/* The number of a grant, or 0. */
static uint32_t read_id(const char *text)
{
	const size_t length = strlen(text);
	uint32_t id = 0;

	if (length > DIGITS_MAX || strspn(text, "0123456789") != length)
		return 0;
	for (size_t i = 0; i < length; i++)
		id = id * 10 + (uint32_t)(text[i] - '0');
	return id;
}

/* Whom a grant was for, for the event. */
struct holder {
	char user[GRANTS_USER_MAX + 1], role[MODEL_NAME_MAX + 1];
};

static int note_holder(void *context, const struct grant_row *row)
{
	struct holder *holder = context;

	(void)snprintf(holder->user, sizeof(holder->user), "%s", row->user);
	(void)snprintf(holder->role, sizeof(holder->role), "%s", row->role);
	return 0;
}

static void report(const struct registrar *registrar, const struct holder *holder)
{
	const struct event event = {
		.id = EVENT_ROLE_REVOKED,
		.subject = registrar->user,
		.target = holder->user,
		.rule = holder->role,
		.detail = registrar->act.reason,
		.until = EVENT_NO_TIME,
	};

	(void)event_send(registrar->root, &event); /* it was done whoever hears of it */
}

/* What becomes of what he has open; the timer, or the path unit, sees to it. */
static const char *what_follows(const struct policy *policy)
{
	switch (policy_access_end(policy)) {
	case ACCESS_END_ENDS:
		return _("Of sessions of his that are open, those that rest on it are told within "
			 "a minute, and end ten minutes later (session: when-access-ends); until "
			 "then their processes keep its groups. Next: sereno sessions.");
	case ACCESS_END_LOCKS:
	case ACCESS_END_TELLS:
		break;
	}
	return _("Of sessions of his that are open, those that rest on it are told within a "
		 "minute, and go on, their processes with its groups (session: when-access-ends). "
		 "Next: sereno sessions.");
}

static enum exit_status revoke_grants(const struct options *options, const struct output *output,
				      struct registrar *registrar)
{
	const struct register_query query = { .id = options->second ? 0
								    : read_id(options->operand) };
	struct holder holder = { .user = "" };
	char user[ESCAPE_MAX], role[ESCAPE_MAX];
	int r;

	if (options->second) {
		(void)snprintf(holder.user, sizeof(holder.user), "%s", options->operand);
		(void)snprintf(holder.role, sizeof(holder.role), "%s", options->second);
		r = register_revoke(registrar->db, &registrar->act, options->operand,
				    options->second, NULL);
	} else {
		r = register_grants(registrar->db, &query, note_holder, &holder);
		if (r == 0)
			r = register_revoke_id(registrar->db, &registrar->act, query.id, NULL);
	}
	if (r != 0)
		return registrar_complain(registrar, r);
	report(registrar, &holder);
	output_wrap(output, STYLE_GOOD, 2, _("%s no longer holds %s by a grant%s."),
		    escape(user, holder.user), escape(role, holder.role),
		    options->second ? "" : _(" of that number"));
	output_wrap(output, STYLE_PLAIN, 2, "%s", what_follows(registrar->policy));
	return EXIT_YES;
}

enum exit_status revoke_run(const struct options *options, const struct output *output)
{
	scoped(registrar_clear) struct registrar registrar = { 0 };
	enum exit_status status;

	if (!options->second && read_id(options->operand) == 0)
		return complain(EXIT_USAGE, "%s",
				_("a USER and a ROLE, or the number of a grant, are wanted"));
	status = registrar_open(options, &registrar);
	return status == EXIT_YES ? revoke_grants(options, output, &registrar) : status;
}
