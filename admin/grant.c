/* SPDX-License-Identifier: MIT */
/* grant.c - sereno grant: give somebody a role for a time. */
#include <errno.h>
#include <string.h>

#include <sereno/role_terms.h>
#include <sereno/scoped.h>

#include "commands.h"
#include "duration.h"
#include "escape.h"
#include "instant.h"
#include "registrar.h"
#include "subject.h"

/* The end that --for or --until says. Without either the grant has none. */
static enum exit_status read_end(const struct options *options, const struct registrar *registrar,
				 int64_t *ret)
{
	int64_t length;

	if (options->lasting && options->until)
		return complain(EXIT_USAGE, "%s", _("either --for or --until, not both"));
	if (options->until) {
		*ret = TIME_NO_END;
		return instant_read(options->until, &registrar->zone, ret);
	}
	if (!options->lasting)
		return complain(EXIT_USAGE, "%s", _("--for or --until is wanted: a grant ends"));
	if (duration_read(options->lasting, &length) < 0)
		return complain(EXIT_USAGE, "%s",
				_("--for wants 90m, 4h, 3d or 2w: a minute to ten years"));
	*ret = registrar->act.at + length;
	return EXIT_YES;
}

static int kind_of(const struct registrar *registrar, const char *user, bool *ret_exists,
		   enum subject_kind *ret)
{
	struct access_request request = { .service = "login" };
	struct subject subject;
	int r;

	r = subject_find(registrar->root, registrar->people, registrar->policy, user, &subject);
	if (r < 0)
		return r;
	*ret_exists = subject.exists;
	request.uid = subject.uid;
	request.subject = subject.own;
	request.others = subject.others;
	request.n_others = subject.n_others;
	r = policy_subject(registrar->policy, &request, registrar->act.at, ret);
	subject_clear(&subject);
	return r;
}

/* Roles are for people whom the policy governs. */
static enum exit_status check_holder(const struct registrar *registrar, const char *user)
{
	enum subject_kind kind = SUBJECT_IS_PERSON;
	char buffer[ESCAPE_MAX];
	bool exists = false;
	const int r = kind_of(registrar, user, &exists, &kind);

	if (r < 0)
		return complain_error(r, _("the policy in force cannot be used"));
	if (!exists)
		return complain(EXIT_NO, _("there is no account %s"), escape(buffer, user));
	switch (kind) {
	case SUBJECT_IS_PERSON:
		return EXIT_YES;
	case SUBJECT_IS_ROOT:
	case SUBJECT_IS_BREAK_GLASS:
		return complain(EXIT_NO, _("%s is root or a break-glass account: it needs no role"),
				escape(buffer, user));
	case SUBJECT_IS_PROGRAM:
		return complain(EXIT_NO, _("%s is a program: name it in the policy"),
				escape(buffer, user));
	case SUBJECT_IS_UNGOVERNED:
		return complain(EXIT_NO,
				_("%s is not governed: a role takes nothing from it and "
				  "gives it nothing; name it in the policy"),
				escape(buffer, user));
	}
	return EXIT_NO;
}

static void report(const struct registrar *registrar, const struct grant_wish *wish, uint32_t id)
{
	char detail[64];
	const struct event event = {
		.id = EVENT_ROLE_GRANTED,
		.subject = registrar->user,
		.target = wish->user,
		.rule = wish->role,
		.reason = NULL,
		.detail = detail,
		.until = wish->until,
	};

	(void)snprintf(detail, sizeof(detail), "grant %u", id); /* fits */
	(void)event_send(registrar->root, &event); /* it was done whoever hears of it */
}

static enum exit_status grant(const struct options *options, const struct output *output,
			      struct registrar *registrar)
{
	struct grant_wish wish = {
		.user = options->operand,
		.role = options->second,
		.since = registrar->act.at,
	};
	char user[ESCAPE_MAX], until[INSTANT_TEXT_MAX];
	enum exit_status status;
	uint32_t id = 0;
	int r;

	status = read_end(options, registrar, &wish.until);
	if (status == EXIT_YES)
		status = check_holder(registrar, wish.user);
	if (status != EXIT_YES)
		return status;
	r = register_grant(registrar->db, registrar->policy, &registrar->act, &wish, &id);
	if (r != 0)
		return registrar_complain(registrar, r);
	report(registrar, &wish, id);
	output_wrap(output, STYLE_GOOD, 2, _("Grant %u: %s holds %s until %s."), id,
		    escape(user, wish.user), wish.role,
		    instant_local(wish.until, &registrar->zone, until));
	output_wrap(
		output, STYLE_PLAIN, 2,
		_("Processes that run already keep their groups. Next: sereno revoke %u, when it "
		  "is no longer needed."),
		id);
	return EXIT_YES;
}

enum exit_status grant_run(const struct options *options, const struct output *output)
{
	scoped(registrar_clear) struct registrar registrar = { 0 };
	enum exit_status status;

	if (!options->second)
		return complain(EXIT_USAGE, "%s", _("a USER and a ROLE are wanted"));
	status = registrar_open(options, &registrar);
	return status == EXIT_YES ? grant(options, output, &registrar) : status;
}
