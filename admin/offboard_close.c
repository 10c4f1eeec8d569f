/* SPDX-License-Identifier: MIT */
/* offboard_close.c - what comes after the steps: secrets attested, the departure closed, or undone.
 */
#include <string.h>

#include <sereno/role_terms.h>
#include <sereno/scoped.h>

#include "escape.h"
#include "offboard.h"

struct search {
	bool found, closed_too;
	struct open_departure departure;
};

static int note_departure(void *context, const struct departure_row *row)
{
	struct search *search = context;

	if (row->undone.user || (row->closed.user && !search->closed_too))
		return 0;
	search->found = true;
	search->departure = (struct open_departure){
		.id = row->id,
		.secrets_open = row->secrets_open,
		.uid = row->uid,
		.from = row->from,
		.made_uid = row->made.uid,
		.closed = row->closed.user != NULL,
	};
	(void)snprintf(search->departure.made_by, sizeof(search->departure.made_by), "%s",
		       row->made.user); /* the register's bound is ours */
	return 0;
}

int offboard_find(struct register_db *db, const char *user, bool closed, struct open_departure *ret)
{
	const struct register_query query = { .user = user };
	struct search search = { .closed_too = closed };
	const int r = register_departures(db, &query, note_departure, &search);

	if (r < 0 || !search.found)
		return r < 0 ? r : 0;
	*ret = search.departure;
	return 1;
}

static enum exit_status find(const struct registrar *registrar, const char *user, bool closed,
			     struct open_departure *ret)
{
	char buffer[ESCAPE_MAX];
	const int r = offboard_find(registrar->db, user, closed, ret);

	if (r < 0)
		return registrar_complain(registrar, r);
	if (r == 0)
		return complain(EXIT_NO,
				_("no departure of %s is open; sereno offboard lists them"),
				escape(buffer, user));
	return EXIT_YES;
}

static int print_open_secret(void *context, const struct secret_row *row)
{
	char secret[ESCAPE_MAX];

	(void)context;
	if (!row->attested.user)
		(void)complain(EXIT_NO, _("not changed yet: %s"), escape(secret, row->secret));
	return 0;
}

enum exit_status offboard_close(const struct options *options, const struct output *output)
{
	scoped(registrar_clear) struct registrar registrar = { 0 };
	enum exit_status status = offboard_open(options, "closed", &registrar);
	struct open_departure departure;
	char user[ESCAPE_MAX];
	int r;

	if (status == EXIT_YES)
		status = find(&registrar, options->second, false, &departure);
	if (status != EXIT_YES)
		return status;
	r = register_departure_close(registrar.db, &registrar.act, departure.id);
	if (r == REFUSED_SECRETS)
		(void)register_secrets(registrar.db, departure.id, print_open_secret, NULL);
	if (r != 0)
		return registrar_complain(&registrar, r);
	offboard_tell(&registrar, EVENT_DEPARTURE_CLOSED, options->second);
	output_wrap(output, STYLE_GOOD, 2,
		    _("Departure %u is closed. The name %s and its user id stay departed."),
		    departure.id, escape(user, options->second));
	return EXIT_YES;
}

enum exit_status offboard_attest(const struct options *options, const struct output *output)
{
	scoped(registrar_clear) struct registrar registrar = { 0 };
	enum exit_status status = offboard_open(options, "changed", &registrar);
	struct open_departure departure;
	char secret[ESCAPE_MAX];
	int r;

	if (status == EXIT_YES)
		status = find(&registrar, options->second, false, &departure);
	if (status != EXIT_YES)
		return status;
	(void)escape(secret, options->third);
	r = register_attest(registrar.db, &registrar.act, departure.id, options->third);
	if (r == REFUSED_UNKNOWN)
		return complain(EXIT_NO, _("no secret %s of this departure waits to be changed"),
				secret);
	if (r != 0)
		return registrar_complain(&registrar, r);
	output_wrap(output, STYLE_GOOD, 2, _("%s says that %s was changed. %u left."),
		    registrar.user, secret, departure.secrets_open - 1);
	return EXIT_YES;
}

/* One that is set for a time has not shut him out yet. */
static enum exit_status check_another(const struct registrar *registrar, const char *user,
				      uid_t uid)
{
	const int r = policy_is_same_person(registrar->policy, registrar->act.user, user);

	if (r < 0)
		return complain_error(r, _("the policy in force cannot be used"));
	if (r > 0 || registrar->act.uid == uid)
		return complain(EXIT_NO, "%s",
				_("nobody calls off his own departure: somebody else must do it"));
	return EXIT_YES;
}

/* Not through what is undone: he is let in last. */
static enum exit_status undo(struct offboarding *offboarding,
			     const struct open_departure *departure)
{
	struct registrar *registrar = offboarding->registrar;
	struct leaver *leaver = &offboarding->leaver;
	enum exit_status status;
	int r;

	offboard_account(offboarding);
	offboarding->from = departure->from;
	leaver->departure = departure->id;
	r = departure_evidence(leaver->root, leaver->user, departure->id, &offboarding->evidence);
	if (r < 0)
		return complain_error(r, _("cannot use %s/var/lib/sereno/departures"),
				      leaver->root);
	leaver->evidence = r;
	status = offboard_give_back(offboarding);
	if (!offboarding->findings)
		return status;
	r = register_departure_undo(registrar->db, &registrar->act, departure->id);
	if (r != 0)
		return registrar_complain(registrar, r);
	offboarding->stands = true;
	offboard_tell(registrar, EVENT_DEPARTURE_UNDONE, offboarding->user);
	return status;
}

static void print_undone(const struct offboarding *offboarding)
{
	const struct output *output = offboarding->output;
	size_t n;
	const struct departure_step *steps = departure_steps(&n);
	char text[ESCAPE_MAX];

	output_wrap(output, STYLE_GOOD, 2,
		    _("%s is back, with what the policy and his grants give."),
		    escape(text, offboarding->user));
	for (size_t i = 0; i < n; i++) {
		const struct findings *findings = &offboarding->findings[i];

		for (size_t k = 0; k < findings->n; k++)
			output_wrap(output,
				    findings->item[k].kind == FOUND_FAILED ? STYLE_BAD
									   : STYLE_PLAIN,
				    6, "    %-13s %s", steps[i].name,
				    escape(text, findings->item[k].text));
		if (steps[i].no_undo)
			output_wrap(output, STYLE_FAINT, 6, _("    %-13s cannot be undone: %s"),
				    steps[i].name, _(steps[i].no_undo));
	}
	output_wrap(output, STYLE_PLAIN, 2, _("What was kept is in %s%s."),
		    offboarding->leaver.root, offboarding->evidence);
}

enum exit_status offboard_undo(const struct options *options, const struct output *output)
{
	scoped(registrar_clear) struct registrar registrar = { 0 };
	struct offboarding offboarding = { .options = options,
					   .output = output,
					   .registrar = &registrar,
					   .user = options->second,
					   .leaver = { .evidence = -1 } };
	enum exit_status status = offboard_open(options, "undone", &registrar);
	struct open_departure departure;
	scoped_fd int lock = -1;

	if (status == EXIT_YES)
		status = find(&registrar, options->second, true, &departure);
	if (status == EXIT_YES)
		status = check_another(&registrar, options->second, departure.uid);
	if (status == EXIT_YES) {
		lock = departure_lock(options->root);
		status = lock < 0 ? complain_error(lock,
						   _("cannot use %s/var/lib/sereno/departures"),
						   options->root)
				  : undo(&offboarding, &departure);
	}
	if (offboarding.findings && offboarding.stands)
		print_undone(&offboarding);
	offboarding_clear(&offboarding);
	return status;
}
