/* SPDX-License-Identifier: MIT */
/* decide.c - sereno approve and deny: answer what somebody else has asked for. */
#include <unistd.h>

#include <sereno/scoped.h>

#include "commands.h"
#include "escape.h"
#include "instant.h"
#include "petition.h"

/* The first message shows who we are, and him what he decides about. */
static enum exit_status look(struct petition *petition, uint32_t id)
{
	enum exit_status status;

	petition->request = (struct channel_request){ .kind = CHANNEL_REQUESTS, .id = id };
	status = petition_say(petition);
	if (status != EXIT_YES)
		return status;
	if (petition->reply.n_requests == 0)
		return complain(EXIT_NO,
				_("there is no request %u that you made or may decide; sereno "
				  "requests lists them"),
				id);
	return EXIT_YES;
}

static enum exit_status decide(const struct options *options, enum channel_kind kind,
			       enum petition_reason reason, struct petition *petition)
{
	struct petition wish = { .fd = -1, .request = { .kind = kind } };
	enum exit_status status = petition_number(options->operand, &wish.request.id);

	if (status == EXIT_YES)
		status = petition_reason(options, reason, &wish);
	if (status != EXIT_YES)
		return status;
	if (geteuid() == 0)
		return complain(EXIT_NO, "%s",
				_("who decides comes as himself: run this without sudo, in a login "
				  "of your own; root has sereno grant, which says who grants"));
	status = petition_open(options, petition);
	if (status == EXIT_YES)
		status = look(petition, wish.request.id);
	if (status != EXIT_YES)
		return status;
	petition->request = wish.request;
	return petition_say(petition);
}

enum exit_status approve_run(const struct options *options, const struct output *output)
{
	scoped(petition_clear) struct petition petition = { .fd = -1 };
	const struct channel_role_request *row = &petition.reply.request[0];
	const enum exit_status status = decide(options, CHANNEL_APPROVE, REASON_WELCOME, &petition);
	char user[ESCAPE_MAX], role[ESCAPE_MAX], roles[ESCAPE_MAX], until[INSTANT_TEXT_MAX];
	uint32_t left;

	if (status != EXIT_YES)
		return status;
	if (row->grant) {
		output_wrap(output, STYLE_GOOD, 2,
			    _("Request %u is approved: %s holds %s until %s (grant %u)."), row->id,
			    escape(user, row->user), escape(role, row->role),
			    instant_local(row->until, &petition.zone, until), row->grant);
		output_wrap(output, STYLE_PLAIN, 2, "%s",
			    _("His next login, and each new process that looks up its groups, has "
			      "it; it ends by itself."));
		return EXIT_YES;
	}
	left = row->approvers > row->approvals ? row->approvers - row->approvals : 0;
	output_wrap(output, STYLE_GOOD, 2,
		    P_("Request %u: you have approved that %s gets %s; %u more person who holds %s "
		       "must, until %s.",
		       "Request %u: you have approved that %s gets %s; %u more persons who hold %s "
		       "must, until %s.",
		       left),
		    row->id, escape(user, row->user), escape(role, row->role), left,
		    escape(roles, row->approver_roles),
		    instant_local(row->void_at, &petition.zone, until));
	return EXIT_YES;
}

enum exit_status deny_run(const struct options *options, const struct output *output)
{
	scoped(petition_clear) struct petition petition = { .fd = -1 };
	const struct channel_role_request *row = &petition.reply.request[0];
	const enum exit_status status = decide(options, CHANNEL_DENY, REASON_WANTED, &petition);
	char user[ESCAPE_MAX], role[ESCAPE_MAX];

	if (status == EXIT_YES)
		output_wrap(output, STYLE_GOOD, 2,
			    _("Request %u is denied: %s does not get %s. He finds your reason by "
			      "sereno requests --all."),
			    row->id, escape(user, row->user), escape(role, row->role));
	return status;
}
