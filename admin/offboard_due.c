/* SPDX-License-Identifier: MIT */
/*
 * offboard_due.c - sereno offboard --due: the steps of departures that were set for a time, taken
 * by a timer in the name of who set it.
 */
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "escape.h"
#include "knowledge.h"
#include "offboard.h"

#define DUE_MAX 64 /* at once; the next minute takes the next */

struct due {
	char user[GRANTS_USER_MAX + 1];
	struct open_departure departure;
};

struct due_list {
	struct register_db *db;
	int64_t now;
	size_t n;
	struct due item[DUE_MAX];
};

struct last_step {
	const char *name;
	bool taken;
};

static int note_step(void *context, const struct step_row *row)
{
	struct last_step *last = context;

	last->taken = last->taken || strcmp(row->step, last->name) == 0;
	return 0;
}

/* Whether all steps were taken once. What failed then is for people: it would fail every minute. */
static int was_taken(struct register_db *db, uint32_t id)
{
	struct last_step last = { 0 };
	size_t n;
	const struct departure_step *steps = departure_steps(&n);
	int r;

	last.name = steps[n - 1].name;
	r = register_steps(db, id, note_step, &last);
	return r < 0 ? r : last.taken;
}

static int note_due(void *context, const struct departure_row *row)
{
	struct due_list *list = context;
	struct due *due = &list->item[list->n];
	int r;

	if (row->undone.user || row->closed.user || row->from > list->now || list->n == DUE_MAX)
		return 0;
	r = was_taken(list->db, row->id);
	if (r != 0)
		return r < 0 ? r : 0;
	*due = (struct due){ .departure = { .id = row->id,
					    .uid = row->uid,
					    .from = row->from,
					    .made_uid = row->made.uid } };
	(void)snprintf(due->user, sizeof(due->user), "%s", row->user); /* fits, also below */
	(void)snprintf(due->departure.made_by, sizeof(due->departure.made_by), "%s",
		       row->made.user);
	list->n++;
	return 0;
}

static int add_secret(void *context, const struct secret_row *row)
{
	return row->attested.user ? 0 : offboard_add_secret(context, row->secret);
}

/* What he has come to know since it was set is added; and all that is not changed yet is shown. */
static enum exit_status gather_secrets(struct offboarding *offboarding, const struct due *due)
{
	struct registrar *registrar = offboarding->registrar;
	struct departure_wish wish = {
		.user = due->user,
		.uid = due->departure.uid,
		.from = due->departure.from,
	};
	enum exit_status status = EXIT_YES;
	uint32_t id;
	int r = offboard_read_policy(offboarding);

	if (r < 0) /* what the register has noted is there still */
		status = complain_error(r, _("cannot read the policy in force"));
	if (offboard_find_secrets(offboarding) != EXIT_YES)
		return EXIT_SYSTEM;
	wish.secrets = (const char *const *)offboarding->secret;
	wish.n_secrets = offboarding->n_secrets;
	r = register_departure_begin(registrar->db, &registrar->act, &wish, &id);
	if (r == 0)
		r = register_secrets(registrar->db, due->departure.id, add_secret, offboarding);
	return r == 0 ? status : registrar_complain(registrar, r);
}

/* Somebody else has his number by now: what is his by the number is left alone. */
static enum exit_status leave_twin_alone(struct offboarding *offboarding)
{
	char user[ESCAPE_MAX], other[ESCAPE_MAX];
	const char *twin =
		offboarding->leaver.uid == GRANTS_NO_UID ? NULL : offboard_find_twin(offboarding);

	if (!twin)
		return EXIT_YES;
	(void)escape(user, offboarding->user);
	offboarding->leaver.uid = GRANTS_NO_UID;
	return complain(EXIT_NO,
			_("%s has the same user id as %s by now: processes, jobs and files of his "
			  "by that number were left; next: give one of them another id, then: "
			  "sereno offboard %s"),
			user, escape(other, twin), user);
}

static enum exit_status carry_out(const struct options *options, const struct output *output,
				  struct registrar *registrar, const struct due *due)
{
	struct offboarding offboarding = { .options = options,
					   .output = output,
					   .registrar = registrar,
					   .user = due->user,
					   .leaver = { .evidence = -1 } };
	enum exit_status status, twin, steps;

	registrar->act.user = due->departure.made_by;
	registrar->act.uid = due->departure.made_uid;
	registrar->act.reason = "due";
	offboard_account(&offboarding);
	offboarding.from = due->departure.from;
	/* The account may have been made anew under another number since. */
	if (due->departure.uid != GRANTS_NO_UID)
		offboarding.leaver.uid = due->departure.uid;
	twin = leave_twin_alone(&offboarding);
	status = gather_secrets(&offboarding, due);
	status = twin > status ? twin : status;
	steps = offboard_carry_out(&offboarding, due->departure.id); /* whatever became of that */
	offboarding_clear(&offboarding);
	return steps > status ? steps : status;
}

enum exit_status offboard_due(const struct options *options, const struct output *output)
{
	scoped(registrar_clear) struct registrar registrar = { 0 };
	scoped_free struct due_list *list = calloc(1, sizeof(*list));
	enum exit_status status = registrar_look(options, &registrar), one;
	const struct register_query query = { 0 };
	scoped_fd int lock = -1;
	int r;

	if (status != EXIT_YES)
		return status;
	r = list ? people_read(options->root, &registrar.people) : -ENOMEM;
	if (r < 0)
		return complain_error(r, _("cannot read the users of %s/etc"), options->root);
	lock = departure_lock(options->root);
	if (lock < 0)
		return complain_error(lock, _("cannot use %s/var/lib/sereno/departures"),
				      options->root);
	list->db = registrar.db;
	list->now = registrar.act.at;
	r = register_departures(registrar.db, &query, note_due, list);
	if (r < 0)
		return registrar_complain(&registrar, r);
	r = knowledge_note_daily(registrar.db, options->root, registrar.people, registrar.act.at);
	if (r < 0)
		status = complain_error(r, _("cannot note who knows which secrets"));
	for (size_t i = 0; i < list->n; i++) {
		one = carry_out(options, output, &registrar, &list->item[i]);
		status = one > status ? one : status;
	}
	return status;
}
