/* SPDX-License-Identifier: MIT */
/* session_follow.c - tell those whose access ends, and end the sessions of those who were told. */
#include "session_follow.h"

#include <string.h>

#include <sereno/event.h>
#include <sereno/scoped.h>

#include "escape.h"
#include "instant.h"

struct follow {
	struct session_look look;
	const struct output *output;
	bool dry;
	bool failed;
};

static void follow_clear(struct follow *follow)
{
	session_look_clear(&follow->look);
}

/* What he reads, on a line of its own whatever stands on his screen. The caller's, or NULL. */
static char *notice(const struct session_look *look, const struct open_session *session)
{
	char at[INSTANT_TEXT_MAX];
	char *text = NULL;
	int n;

	if (!session->plan.ends)
		n = asprintf(&text,
			     _("\r\nsereno: your access ends (%s). This session goes on, "
			       "but do not count on it.\r\n"),
			     session_why(session));
	else
		n = asprintf(&text,
			     _("\r\nsereno: your access ends (%s). This session will be "
			       "ended at %s: save your work and log out.\r\n"),
			     session_why(session),
			     instant_local_second(session_ends_at(look, session), &look->zone, at));
	return n < 0 ? NULL : text;
}

static void report(const struct follow *follow, enum event_id id,
		   const struct open_session *session, const char *detail)
{
	char origin[ORIGIN_TEXT_MAX];
	struct event event = {
		.id = id,
		.subject = session->login.user,
		.service = session->login.service,
		.origin = origin,
		.reason = session_reason(session),
		.detail = detail,
		.until = EVENT_NO_TIME,
	};

	origin_format(&session->login.origin, origin);
	if (id == EVENT_SESSION_TOLD && session->plan.ends)
		event.until = session_ends_at(&follow->look, session);
	(void)event_send(follow->look.root, &event); /* it is done whoever hears of it */
}

static void say(const struct follow *follow, const struct open_session *session, enum style style,
		const char *what)
{
	char user[ESCAPE_MAX], service[ESCAPE_MAX];

	output_wrap(follow->output, style, 2, "%s, %s: %s (%s)", escape(user, session->login.user),
		    escape(service, session->login.service), what, session_why(session));
}

/* Kept before he is told: told twice is better than ended without having been told. */
static int keep(struct follow *follow, const struct open_session *session)
{
	const struct session_memory *memory = &session->memory;
	int r;

	if (follow->dry || !session->has_news)
		return 0;
	r = session_memory_write(follow->look.memory, &session->login, memory);
	if (r < 0)
		(void)complain_error(r, _("cannot keep in %s/run/sereno what was told"),
				     follow->look.root);
	return r;
}

static void tell(struct follow *follow, struct open_session *session)
{
	scoped_free char *text = notice(&follow->look, session);
	char detail[64];
	size_t lines = 0;

	say(follow, session, STYLE_WARNING,
	    follow->dry ? _("would be told that the access ends")
			: _("is told that the access ends"));
	if (follow->dry)
		return;
	session->memory.told = true;
	session->memory.deadline = session->plan.deadline;
	session->has_news = true;
	if (keep(follow, session) < 0)
		follow->failed = true;
	if (text)
		lines = session_tell(follow->look.processes, &session->login, session->uid, text);
	(void)snprintf(detail, sizeof(detail), "terminals told: %zu", lines); /* fits */
	report(follow, EVENT_SESSION_TOLD, session, detail);
}

static void end(struct follow *follow, const struct open_session *session)
{
	int r;

	say(follow, session, STYLE_BAD, follow->dry ? _("would be ended") : _("is ended"));
	if (follow->dry)
		return;
	r = session_end(&session->login, session->uid,
			follow->look.root[0] ? SESSION_BY_SIGNALS : SESSION_BY_MANAGER);
	if (r == 0) {
		report(follow, EVENT_SESSION_ENDED, session, NULL);
		return;
	}
	follow->failed = true;
	report(follow, EVENT_SESSION_END_FAILED, session, strerror(-r));
	(void)complain_error(r, _("the session of process %d could not be ended"),
			     (int)session->login.leader);
}

static void follow_session(struct follow *follow, struct open_session *session)
{
	if (session->failed < 0) {
		follow->failed = true;
		(void)complain_error(session->failed,
				     _("the session of process %d cannot be judged"),
				     (int)session->login.leader);
		return;
	}
	switch (session->plan.step) {
	case SESSION_STAYS:
	case SESSION_IS_TOLD:
		(void)keep(follow, session); /* only what helps to know groups again */
		return;
	case SESSION_TELL:
		tell(follow, session);
		return;
	case SESSION_END:
		end(follow, session);
		return;
	}
}

enum exit_status session_follow(const struct options *options, const struct output *output,
				struct session_clock clock)
{
	scoped(follow_clear) struct follow follow = {
		.look = { .memory = -1 },
		.output = output,
		.dry = (options->given & OPTION_DRY_RUN) != 0,
	};
	enum exit_status status = session_look_read(
		options->root, clock, follow.dry ? SESSION_MEMORY_READ : SESSION_MEMORY_CHANGE,
		&follow.look);

	if (status != EXIT_YES)
		return status;
	for (size_t i = 0; i < follow.look.n; i++)
		follow_session(&follow, &follow.look.item[i]);
	if (!follow.dry)
		session_memory_prune(follow.look.memory);
	if (follow.look.unreadable > 0)
		return complain(EXIT_NO, _("records that cannot be read, below %s/run/sereno: %zu"),
				options->root, follow.look.unreadable);
	return follow.failed ? EXIT_NO : EXIT_YES;
}
