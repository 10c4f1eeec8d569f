/* SPDX-License-Identifier: MIT */
/* request.c - sereno request and withdraw: ask for a role for a time, and take that back. */
#include <string.h>
#include <unistd.h>

#include <sereno/scoped.h>

#include "commands.h"
#include "duration.h"
#include "escape.h"
#include "instant.h"
#include "petition.h"

static enum exit_status read_wish(const struct options *options, struct petition *petition)
{
	struct channel_request *request = &petition->request;
	const size_t length = strlen(options->operand);
	char buffer[ESCAPE_MAX];
	int64_t for_sec;

	if (!options->lasting)
		return complain(EXIT_USAGE, "%s", _("--for is wanted: how long it is needed"));
	if (duration_read(options->lasting, &for_sec) < 0)
		return complain(EXIT_USAGE, "%s",
				_("--for wants 90m, 4h, 3d or 2w: a minute to ten years"));
	if (length >= sizeof(request->role))
		return complain(EXIT_NO, _("there is no role %s"),
				escape(buffer, options->operand));
	request->kind = CHANNEL_ASK_ROLE;
	request->for_sec = (uint64_t)for_sec;
	memcpy(request->role, options->operand, length + 1);
	return petition_reason(options, REASON_WANTED, petition);
}

/* Nobody else tells them: who asks does. */
static void say_what_next(const struct output *output, const struct petition *petition)
{
	const struct channel_role_request *row = &petition->reply.request[0];
	char role[ESCAPE_MAX], roles[ESCAPE_MAX], until[INSTANT_TEXT_MAX];
	char length[DURATION_TEXT_MAX];

	output_wrap(output, STYLE_GOOD, 2, _("Request %u: %s for %s, from when it is approved."),
		    row->id, escape(role, row->role), duration_text(row->for_sec, length));
	output_wrap(output, STYLE_PLAIN, 2,
		    P_("It waits for %u other person who holds %s; unanswered, it is void on %s.",
		       "It waits for %u different other persons who hold %s; unanswered, it is "
		       "void on %s.",
		       row->approvers),
		    row->approvers, escape(roles, row->approver_roles),
		    instant_local(row->void_at, &petition->zone, until));
	output_wrap(output, STYLE_PLAIN, 2,
		    _("They are not told: tell them the number. Next: sereno approve %u, by one of "
		      "them; sereno requests --all, to see what came of it; sereno withdraw %u, if "
		      "it is no longer needed."),
		    row->id, row->id);
}

enum exit_status request_run(const struct options *options, const struct output *output)
{
	scoped(petition_clear) struct petition petition = { .fd = -1 };
	struct petition wish = { .fd = -1 };
	enum exit_status status = read_wish(options, &wish);

	if (status != EXIT_YES)
		return status;
	if (geteuid() == 0)
		return complain(EXIT_NO, "%s",
				_("who asks comes as himself: run this without sudo; root has "
				  "sereno grant"));
	status = petition_open(options, &petition);
	if (status == EXIT_YES) {
		petition.request = wish.request;
		status = petition_say(&petition);
	}
	if (status == EXIT_YES)
		say_what_next(output, &petition);
	return status;
}

enum exit_status withdraw_run(const struct options *options, const struct output *output)
{
	scoped(petition_clear) struct petition petition = { .fd = -1 };
	struct petition wish = { .fd = -1, .request = { .kind = CHANNEL_WITHDRAW } };
	enum exit_status status = petition_number(options->operand, &wish.request.id);
	char role[ESCAPE_MAX];

	if (status == EXIT_YES)
		status = petition_reason(options, REASON_WELCOME, &wish);
	if (status != EXIT_YES)
		return status;
	if (geteuid() == 0)
		return complain(EXIT_NO, "%s",
				_("a request is taken back by who made it, without sudo"));
	status = petition_open(options, &petition);
	if (status == EXIT_YES) {
		petition.request = wish.request;
		status = petition_say(&petition);
	}
	if (status == EXIT_YES)
		output_wrap(output, STYLE_GOOD, 2, _("Request %u for %s is taken back."),
			    wish.request.id, escape(role, petition.reply.request[0].role));
	return status;
}
