/* SPDX-License-Identifier: MIT */
/* media_decide.c - sereno media approve, deny and revoke: devices let in by people. */
#include <string.h>
#include <unistd.h>

#include <sereno/scoped.h>

#include "duration.h"
#include "escape.h"
#include "instant.h"
#include "media.h"
#include "media_docket.h"
#include "registrar.h"

#define ID_DIGITS "0123456789abcdef"

/* Sixteen digits are the list's, fewer the register's. */
static bool is_listed(const char *word)
{
	return strlen(word) == REFUSED_ID_SIZE - 1 && strspn(word, ID_DIGITS) == strlen(word);
}

static enum exit_status read_number(const char *word, const char *listed_by, uint32_t *ret)
{
	const size_t digits = word ? strspn(word, "0123456789") : 0;
	unsigned long long number = 0;

	if (digits > 0 && digits <= 10 && word[digits] == '\0')
		number = strtoull(word, NULL, 10);
	if (number == 0 || number > UINT32_MAX)
		return complain(EXIT_USAGE, _("a number is wanted: %s lists them"), listed_by);
	*ret = (uint32_t)number;
	return EXIT_YES;
}

/* A device of the list, with the terms it is let in on. */
static enum exit_status read_terms(const struct options *options, struct channel_request *request)
{
	const size_t length = options->user ? strlen(options->user) : 0;
	char buffer[ESCAPE_MAX];
	int64_t for_sec;

	request->kind = CHANNEL_LET_IN;
	if (!options->user)
		return complain(EXIT_USAGE, "%s", _("--user is wanted: whom it is let in for"));
	if (!options->lasting)
		return complain(EXIT_USAGE, "%s", _("--for is wanted: how long it is needed"));
	if (duration_read(options->lasting, &for_sec) < 0)
		return complain(EXIT_USAGE, "%s",
				_("--for wants 90m, 4h, 3d or 2w: a minute to ten years"));
	if (length >= sizeof(request->user))
		return complain(EXIT_NO, _("there is no user %s"), escape(buffer, options->user));
	memcpy(request->user, options->user, length + 1);
	memcpy(request->device, options->second, sizeof(request->device));
	request->for_sec = (uint64_t)for_sec;
	request->access = options->given & OPTION_READ_ONLY ? MEDIA_READ_ONLY : MEDIA_READ_WRITE;
	return EXIT_YES;
}

static enum exit_status read_approval(const struct options *options, struct petition *wish)
{
	const unsigned terms = OPTION_USER | OPTION_FOR | OPTION_READ_ONLY;
	enum exit_status status;

	if (options->second && is_listed(options->second)) {
		status = read_terms(options, &wish->request);
		return status == EXIT_YES ? petition_reason(options, REASON_WANTED, wish) : status;
	}
	wish->request.kind = CHANNEL_DEVICE_APPROVE;
	status = read_number(options->second, "sereno media pending", &wish->request.id);
	if (status == EXIT_YES && (options->given & terms))
		return complain(EXIT_USAGE, "%s",
				_("the first who approved has said for whom and how long: the "
				  "number is all that is wanted"));
	return status == EXIT_YES ? petition_reason(options, REASON_WELCOME, wish) : status;
}

/* The first message shows who we are. */
static enum exit_status say(const struct options *options, const struct petition *wish,
			    enum channel_about about, struct petition *petition)
{
	enum exit_status status;

	if (geteuid() == 0)
		return complain(EXIT_NO, "%s",
				_("who decides comes as himself: run this without sudo, in a login "
				  "of your own"));
	status = petition_open(options, petition);
	if (status != EXIT_YES)
		return status;
	petition->request = (struct channel_request){ .kind = CHANNEL_DEVICES,
						      .about = about,
						      .id = wish->request.id };
	status = petition_say(petition);
	if (status != EXIT_YES)
		return status;
	petition->request = wish->request;
	return petition_say(petition);
}

static void say_approved(const struct output *output, const struct petition *petition)
{
	const struct channel_device *row = &petition->reply.device[0];
	char name[MEDIA_DEVICE_TEXT], user[ESCAPE_MAX], roles[ESCAPE_MAX], at[INSTANT_TEXT_MAX];

	(void)media_name(row, name);
	if (row->grant) {
		output_wrap(output, STYLE_GOOD, 2,
			    _("%s is let in for %s, %s, until %s (grant %u), as long as he sits at "
			      "the seat."),
			    name, escape(user, row->user), media_access_words(row->access),
			    instant_local(row->until, &petition->zone, at), row->grant);
		return;
	}
	output_wrap(output, STYLE_GOOD, 2,
		    _("Request %u: you have approved that %s is let in for %s, %s."), row->request,
		    name, escape(user, row->user), media_access_words(row->access));
	output_wrap(output, STYLE_PLAIN, 2,
		    _("One holder of each of these roles must, and they are different persons: %s; "
		      "unanswered, it is void on %s. Nobody is told: tell them the number. Next: "
		      "sereno media approve %u, by one of them."),
		    escape(roles, row->roles), instant_local(row->void_at, &petition->zone, at),
		    row->request);
}

enum exit_status media_approve(const struct options *options, const struct output *output)
{
	scoped(petition_clear) struct petition petition = { .fd = -1 };
	struct petition wish = { .fd = -1 };
	enum exit_status status = read_approval(options, &wish);

	if (status == EXIT_YES)
		status = say(options, &wish, CHANNEL_ABOUT_REQUESTS, &petition);
	if (status == EXIT_YES)
		say_approved(output, &petition);
	return status;
}

enum exit_status media_deny(const struct options *options, const struct output *output)
{
	scoped(petition_clear) struct petition petition = { .fd = -1 };
	struct petition wish = { .fd = -1, .request = { .kind = CHANNEL_DEVICE_DENY } };
	const struct channel_device *row = &petition.reply.device[0];
	enum exit_status status = EXIT_YES;
	char name[MEDIA_DEVICE_TEXT];

	if (options->second && is_listed(options->second))
		memcpy(wish.request.device, options->second, sizeof(wish.request.device));
	else
		status = read_number(options->second, "sereno media pending", &wish.request.id);
	if (status == EXIT_YES)
		status = petition_reason(options, REASON_WANTED, &wish);
	if (status == EXIT_YES)
		status = say(options, &wish, CHANNEL_ABOUT_REQUESTS, &petition);
	if (status == EXIT_YES)
		output_wrap(output, STYLE_GOOD, 2, _("%s stays out."), media_name(row, name));
	return status;
}

struct ended {
	char user[GRANTS_USER_MAX + 1], device[REFUSED_ID_SIZE];
};

static int note_ended(void *context, const struct device_grant_row *row)
{
	struct ended *ended = context;

	(void)snprintf(ended->user, sizeof(ended->user), "%s", row->user);
	refused_id(row->device.identity, ended->device);
	return 0;
}

static void report(const struct registrar *registrar, const struct ended *ended)
{
	const struct event event = {
		.id = EVENT_MEDIA_REVOKED,
		.subject = registrar->user,
		.target = ended->user,
		.device = ended->device,
		.detail = registrar->act.reason,
		.until = EVENT_NO_TIME,
	};

	(void)event_send(registrar->root, &event); /* it was done whoever hears of it */
}

/* Root does it without serenod, as who logged in. */
static enum exit_status revoke_as_root(const struct options *options, uint32_t id)
{
	scoped(registrar_clear) struct registrar registrar = { 0 };
	const struct register_query query = { .id = id };
	const enum exit_status status = registrar_open(options, &registrar);
	struct ended ended = { .user = "" };
	int r;

	if (status != EXIT_YES)
		return status;
	r = register_device_grants(registrar.db, &query, note_ended, &ended);
	if (r == 0)
		r = register_device_revoke(registrar.db, NULL, &registrar.act, id);
	if (r != 0)
		return registrar_complain(&registrar, r);
	report(&registrar, &ended);
	return EXIT_YES;
}

static enum exit_status revoke_through_serenod(const struct options *options, uint32_t id)
{
	scoped(petition_clear) struct petition petition = { .fd = -1 };
	struct petition wish = { .fd = -1, .request = { .kind = CHANNEL_DEVICE_REVOKE, .id = id } };
	const enum exit_status status = petition_reason(options, REASON_WANTED, &wish);

	return status == EXIT_YES ? say(options, &wish, CHANNEL_ABOUT_GRANTS, &petition) : status;
}

enum exit_status media_revoke(const struct options *options, const struct output *output)
{
	uint32_t id = 0;
	enum exit_status status = read_number(options->second, "sereno media grants", &id);

	if (status == EXIT_YES)
		status = geteuid() == 0 ? revoke_as_root(options, id)
					: revoke_through_serenod(options, id);
	if (status == EXIT_YES)
		output_wrap(output, STYLE_GOOD, 2,
			    _("Grant %u is over: where nothing else lets the device in, it is put "
			      "out now."),
			    id);
	return status;
}
