/* SPDX-License-Identifier: MIT */
/* offboard.c - sereno offboard: somebody leaves, and nothing of his stays open. */
#include <string.h>
#include <unistd.h>

#include <sereno/scoped.h>

#include "commands.h"
#include "escape.h"
#include "instant.h"
#include "offboard.h"

void offboarding_clear(struct offboarding *offboarding)
{
	holders_clear(&offboarding->holders);
	edition_clear(&offboarding->edition);
	if (offboarding->leaver.evidence >= 0)
		(void)close(offboarding->leaver.evidence);
	for (size_t i = 0; i < offboarding->n_secrets; i++)
		free(offboarding->secret[i]);
	free(offboarding->secret);
	free(offboarding->evidence);
	free(offboarding->findings);
	free(offboarding->taken);
}

enum exit_status offboard_open(const struct options *options, const char *reason,
			       struct registrar *ret)
{
	struct options with = *options;
	enum exit_status status;

	if (!with.reason)
		with.reason = reason;
	status = registrar_open(&with, ret);
	ret->root = options->root; /* not the copy's */
	return status;
}

void offboard_tell(const struct registrar *registrar, enum event_id id, const char *user)
{
	const struct event event = {
		.id = id,
		.subject = registrar->act.user,
		.target = user,
		.detail = registrar->act.reason,
		.until = EVENT_NO_TIME,
	};

	(void)event_send(registrar->root, &event); /* it was done whoever hears of it */
}

static enum exit_status read_from(const struct options *options, struct offboarding *offboarding)
{
	offboarding->from = offboarding->registrar->act.at;
	if (!options->at)
		return EXIT_YES;
	return instant_read(options->at, &offboarding->registrar->zone, &offboarding->from);
}

static int note_from(void *context, const struct departure_row *row)
{
	int64_t *from = context;

	*from = row->from;
	return 0;
}

static enum exit_status begin(struct offboarding *offboarding, uint32_t *ret)
{
	struct registrar *registrar = offboarding->registrar;
	const struct departure_wish wish = {
		.user = offboarding->user,
		.uid = offboarding->leaver.uid,
		.from = offboarding->from > registrar->act.at ? offboarding->from
							      : registrar->act.at,
		.secrets = (const char *const *)offboarding->secret,
		.n_secrets = offboarding->n_secrets,
	};
	int r;

	r = register_departure_begin(registrar->db, &registrar->act, &wish, ret);
	if (r != 0)
		return registrar_complain(registrar, r);
	/* One that was begun before may begin earlier, and goes on to. */
	r = register_departures(registrar->db, &(struct register_query){ .id = *ret }, note_from,
				&offboarding->from);
	if (r < 0)
		return registrar_complain(registrar, r);
	offboarding->stands = true;
	offboard_tell(registrar, EVENT_DEPARTURE_BEGUN, offboarding->user);
	return EXIT_YES;
}

static void say_planned(const struct offboarding *offboarding)
{
	char user[ESCAPE_MAX], from[INSTANT_TEXT_MAX];

	output_wrap(offboarding->output, STYLE_GOOD, 2,
		    _("%s leaves %s: from that minute on nothing is allowed to him."),
		    escape(user, offboarding->user),
		    instant_local(offboarding->from, &offboarding->registrar->zone, from));
	output_wrap(
		offboarding->output, STYLE_PLAIN, 2,
		_("The steps are taken then, by sereno-departures.timer. Next: sereno offboard %s "
		  "--dry-run says which; sereno offboard undo %s calls it off."),
		user, user);
}

/* A restore may have put another register in the place of the one that was opened. */
static enum exit_status lock_others_out(struct offboarding *offboarding, int *ret)
{
	struct registrar *registrar = offboarding->registrar;
	const int lock = departure_lock(registrar->root);
	int r;

	if (lock < 0)
		return complain_error(lock, _("cannot use %s/var/lib/sereno/departures"),
				      registrar->root);
	*ret = lock;
	register_close(take(registrar->db, NULL));
	r = register_open(registrar->root, registrar->act.at, &registrar->db);
	return r < 0 ? registrar_complain(registrar, r) : EXIT_YES;
}

/* Others' departures wait until this one has ended: two administrators cannot see each other off,
 * and nothing is taken twice. */
static enum exit_status offboard(struct offboarding *offboarding)
{
	const bool dry = offboarding->options->given & OPTION_DRY_RUN;
	scoped_fd int lock = -1;
	enum exit_status status = dry ? EXIT_YES : lock_others_out(offboarding, &lock);
	uint32_t id = 0;

	if (status != EXIT_YES)
		return status;
	offboard_account(offboarding);
	status = offboard_check(offboarding);
	if (status == EXIT_YES)
		status = offboard_find_secrets(offboarding);
	if (status != EXIT_YES || dry)
		return status == EXIT_YES ? offboard_carry_out(offboarding, 0) : status;
	status = begin(offboarding, &id);
	if (status != EXIT_YES)
		return status;
	if (offboarding->from > offboarding->registrar->act.at) {
		say_planned(offboarding);
		return EXIT_YES;
	}
	return offboard_carry_out(offboarding, id);
}

static enum exit_status offboard_user(const struct options *options, const struct output *output)
{
	scoped(registrar_clear) struct registrar registrar = { 0 };
	struct offboarding offboarding = { .options = options,
					   .output = output,
					   .registrar = &registrar,
					   .user = options->operand,
					   .leaver = { .evidence = -1 } };
	enum exit_status status = offboard_open(options, "departure", &registrar);

	if (status == EXIT_YES)
		status = read_from(options, &offboarding);
	if (status == EXIT_YES)
		status = offboard(&offboarding);
	offboarding_clear(&offboarding);
	return status;
}

static bool is_word(const struct options *options, const char *word)
{
	return strcmp(options->operand, word) == 0;
}

enum exit_status offboard_run(const struct options *options, const struct output *output)
{
	if (options->given & OPTION_DUE)
		return offboard_due(options, output);
	if (!options->operand)
		return offboard_list(options, output);
	if (!options->second)
		return offboard_user(options, output);
	if (is_word(options, "attest") && options->third)
		return offboard_attest(options, output);
	if (options->third)
		return complain(EXIT_USAGE, "%s", _("one word too many"));
	if (is_word(options, "close"))
		return offboard_close(options, output);
	if (is_word(options, "undo"))
		return offboard_undo(options, output);
	if (is_word(options, "attest"))
		return complain(EXIT_USAGE, "%s", _("a USER and a SECRET are wanted"));
	return complain(
		EXIT_USAGE, "%s",
		_("sereno offboard knows USER, close USER, undo USER and attest USER SECRET"));
}
