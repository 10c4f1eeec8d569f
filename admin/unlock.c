/* SPDX-License-Identifier: MIT */
/* unlock.c - sereno unlock: an account's wrong passwords are forgotten. */
#include <errno.h>

#include <sereno/attempts.h>
#include <sereno/event.h>
#include <sereno/scoped.h>

#include "attempts.h"
#include "caller.h"
#include "commands.h"
#include "escape.h"

static void send_event(const struct options *options, const struct people *people)
{
	struct event event = { .id = EVENT_ATTEMPTS_UNLOCKED,
			       .target = options->operand,
			       .until = EVENT_NO_TIME };
	struct caller caller;

	caller_find(options->root, people, &caller);
	if (caller.user[0])
		event.subject = caller.user;
	(void)event_send(options->root, &event); /* he is unlocked whoever hears of it */
}

static enum exit_status unlock(const struct options *options, const struct output *output,
			       const struct people *people, uid_t uid)
{
	char buffer[ESCAPE_MAX];
	const char *user = escape(buffer, options->operand);
	int r;

	if (options->given & OPTION_DRY_RUN) {
		output_print(output, STYLE_PLAIN,
			     _("the wrong passwords of %s would be forgotten; now: sereno attempts "
			       "%s\n"),
			     user, user);
		return EXIT_YES;
	}
	r = attempt_clear(options->root, uid);
	if (r == -ENOENT) {
		output_print(output, STYLE_PLAIN, _("there is nothing to forget of %s\n"), user);
		return EXIT_YES;
	}
	if (r < 0)
		return complain_error(r, _("cannot unlock %s (run this as root)"), user);
	send_event(options, people);
	output_print(output, STYLE_PLAIN, _("the wrong passwords of %s are forgotten\n"), user);
	return EXIT_YES;
}

enum exit_status unlock_run(const struct options *options, const struct output *output)
{
	scoped(people_free_p) struct people *people = NULL;
	char buffer[ESCAPE_MAX];
	uid_t uid;
	int r = people_read(options->root, &people);

	if (r < 0)
		return complain_error(r, _("cannot read the users of %s/etc"), options->root);
	if (attempts_find_uid(options->root, people, options->operand, &uid) < 0)
		return complain(EXIT_USAGE, _("no such account: %s"),
				escape(buffer, options->operand));
	return unlock(options, output, people, uid);
}
