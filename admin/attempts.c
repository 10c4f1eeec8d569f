/* SPDX-License-Identifier: MIT */
/* attempts.c - sereno attempts: who has to wait for his next password, since when, until when. */
#include <pwd.h>
#include <string.h>
#include <time.h>

#include <sereno/attempts.h>
#include <sereno/policy.h>
#include <sereno/scoped.h>

#include "attempts.h"
#include "commands.h"
#include "edition.h"
#include "escape.h"
#include "instant.h"
#include "subject.h"

#define COLUMNS	   6
#define STATUS_MAX 4096 /* of one account; there are not more origins */

/* One line of the list. */
struct row {
	char user[256];
	struct attempt_status status;
};

struct view {
	const struct options *options;
	const struct output *output;
	struct edition in_force;
	struct people *people;
	struct attempt_limits limits;
	struct attempt_clock now;
	struct attempt_status *status; /* STATUS_MAX of them */
	struct row *rows;
	size_t n, room;
	bool waits;
};

static void view_clear(struct view *view)
{
	edition_clear(&view->in_force);
	people_free(view->people);
	free(view->status);
	free(view->rows);
}

/* Without a usable policy times are told in UTC. */
static const struct zone *view_zone(const struct view *view)
{
	static const struct zone utc = { .end = TIME_NO_END,
					 .n = 1,
					 .step = { { TIME_NO_START, 0 } } };

	return view->in_force.model ? &view->in_force.model->zone : &utc;
}

static bool is_never_locked(const struct view *view, const char *user, uid_t uid)
{
	const struct model *model = view->in_force.model;

	if (uid == 0)
		return true;
	for (size_t i = 0; model && i < model->break_glass.n; i++)
		if (strcmp(model->break_glass.item[i].text, user) == 0)
			return true;
	return false;
}

static int add_row(struct view *view, const char *user, const struct attempt_status *status)
{
	const size_t room = view->room ? view->room * 2 : 64;
	struct row *more, *row;

	if (view->n == view->room) {
		more = reallocarray(view->rows, room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		view->rows = more;
		view->room = room;
	}
	row = &view->rows[view->n++];
	*row = (struct row){ .status = *status };
	(void)snprintf(row->user, sizeof(row->user), "%s", user); /* longer ones are cut */
	view->waits = view->waits || status->until != 0;
	return 0;
}

/* With @all, the places he comes from are listed even where nothing went wrong. */
static int add_account(struct view *view, const char *user, uid_t uid, bool all)
{
	const struct attempt_subject subject = {
		.user = user,
		.uid = uid,
		.known = true,
		.never_locked = is_never_locked(view, user, uid),
	};
	const ssize_t n = attempt_status(view->options->root, &view->limits, &subject, &view->now,
					 view->status, STATUS_MAX);
	int r = 0;

	if (n < 0)
		return (int)n;
	for (ssize_t i = 0; r == 0 && i < n; i++) {
		const struct attempt_status *status = &view->status[i];

		if (all || status->failed > 0 || status->pending > 0 || status->until != 0)
			r = add_row(view, user, status);
	}
	return r;
}

static const char *name_of(const struct view *view, uid_t uid, char text[static 24])
{
	const struct account *account = people_by_uid(view->people, uid);
	const struct passwd *answer = NULL;

	if (account)
		return account->name;
	if (!view->options->root[0])
		answer = getpwuid(uid);
	if (answer)
		return answer->pw_name;
	(void)snprintf(text, 24, "%u", uid); /* fits */
	return text;
}

/* A record that is lost is told, and the others are listed all the same. */
static enum exit_status add_accounts(struct view *view)
{
	scoped_free uid_t *uids = NULL;
	const ssize_t n = attempt_accounts(view->options->root, &uids);
	enum exit_status status = EXIT_YES;
	char buffer[ESCAPE_MAX], number[24];
	const char *user;
	int r;

	if (n < 0)
		return complain_error((int)n, _("cannot list the records (run this as root)"));
	for (ssize_t i = 0; i < n; i++) {
		user = name_of(view, uids[i], number);
		r = add_account(view, user, uids[i], false);
		if (r < 0)
			status = complain_error(r, _("the record of %s cannot be read"),
						escape(buffer, user));
	}
	return status;
}

static enum exit_status add_one(struct view *view, const char *user)
{
	char buffer[ESCAPE_MAX];
	uid_t uid;
	int r;

	if (attempts_find_uid(view->options->root, view->people, user, &uid) < 0)
		return complain(EXIT_USAGE, _("no such account: %s"), escape(buffer, user));
	r = add_account(view, user, uid, true);
	if (r < 0)
		return complain_error(
			r,
			_("the record of %s cannot be read (run this as root; sereno unlock %s "
			  "begins a new one)"),
			escape(buffer, user), buffer);
	return EXIT_YES;
}

int attempts_find_uid(const char *root, const struct people *people, const char *user, uid_t *ret)
{
	const struct account *account = people_account(people, user);
	const struct passwd *answer = NULL;

	if (!account && !*root)
		answer = getpwnam(user);
	if (!account && !answer)
		return -ENOENT;
	*ret = account ? account->uid : answer->pw_uid;
	return 0;
}

static const char *place_of(const struct attempt_status *status,
			    char text[static ORIGIN_TEXT_MAX + 32])
{
	char origin[ORIGIN_TEXT_MAX];

	if (status->class == ATTEMPT_UNLOCK)
		return _("unlocking");
	if (status->total)
		return _("elsewhere, in all");
	origin_format(&status->origin, origin);
	(void)snprintf(text, ORIGIN_TEXT_MAX + 32, status->known_origin ? _("%s (usual)") : "%s",
		       origin); /* may be cut */
	return text;
}

struct cells {
	char user[ESCAPE_MAX], place[ORIGIN_TEXT_MAX + 32], failed[16], pending[16];
	char since[INSTANT_TEXT_MAX], until[INSTANT_TEXT_MAX];
	const char *cell[COLUMNS];
};

static void fill_cells(const struct view *view, const struct row *row, struct cells *cells)
{
	const struct attempt_status *status = &row->status;
	const struct zone *zone = view_zone(view);

	(void)snprintf(cells->failed, sizeof(cells->failed), "%u", status->failed);    /* fits */
	(void)snprintf(cells->pending, sizeof(cells->pending), "%u", status->pending); /* fits */
	cells->cell[0] = escape(cells->user, row->user);
	cells->cell[1] = place_of(status, cells->place);
	cells->cell[2] = cells->failed;
	cells->cell[3] = cells->pending;
	cells->cell[4] =
		status->since ? instant_local_second(status->since, zone, cells->since) : "-";
	if (status->until == INT64_MAX)
		cells->cell[5] = _("sereno unlock");
	else
		cells->cell[5] = status->until
					 ? instant_local_second(status->until, zone, cells->until)
					 : "-";
}

static void print_table(const struct view *view)
{
	const char *const head[COLUMNS] = { _("USER"), _("FROM"),  _("WRONG"),
					    _("OPEN"), _("SINCE"), _("WAITS UNTIL") };
	struct table table = { .columns = COLUMNS };
	struct cells cells;

	if (view->n == 0)
		return;
	table_measure(&table, head);
	for (size_t i = 0; i < view->n; i++) {
		fill_cells(view, &view->rows[i], &cells);
		table_measure(&table, cells.cell);
	}
	table_print(&table, view->output, STYLE_STRONG, head);
	for (size_t i = 0; i < view->n; i++) {
		const bool waits = view->rows[i].status.until != 0;

		fill_cells(view, &view->rows[i], &cells);
		table_print(&table, view->output, waits ? STYLE_BAD : STYLE_PLAIN, cells.cell);
	}
}

static void write_row(struct json *json, const struct row *row)
{
	const struct attempt_status *status = &row->status;
	const bool place = status->class == ATTEMPT_LOGIN && !status->total;
	char origin[ORIGIN_TEXT_MAX];

	origin_format(&status->origin, origin);
	json_begin(json, NULL, JSON_OBJECT);
	json_string(json, "user", row->user);
	json_string(json, "counts",
		    status->class == ATTEMPT_UNLOCK ? "unlocking"
		    : status->total		    ? "elsewhere"
						    : "origin");
	json_string(json, "from", place ? origin : NULL);
	json_bool(json, "usual", status->known_origin);
	json_number(json, "wrong", status->failed);
	json_number(json, "open", status->pending);
	json_time(json, "since", status->since ? status->since : TIME_NO_END);
	json_bool(json, "waits", status->until != 0);
	json_bool(json, "until_unlocked", status->until == INT64_MAX);
	json_time(json, "until",
		  status->until && status->until != INT64_MAX ? status->until : TIME_NO_END);
	json_end(json, JSON_OBJECT);
}

static void print_json(const struct view *view)
{
	struct json json = { .stream = view->output->stream };

	json_begin(&json, NULL, JSON_ARRAY);
	for (size_t i = 0; i < view->n; i++)
		write_row(&json, &view->rows[i]);
	json_end(&json, JSON_ARRAY);
}

/* The counts are told by the limits in force; where there are none, by the strict ones that hold
 * without a policy. */
static enum exit_status view_open(struct view *view)
{
	const char *root = view->options->root;
	scoped(policy_close_p) struct policy *policy = NULL;
	int r = edition_in_force(root, time(NULL), &view->in_force);

	if (r == -ENOMEM)
		return complain_error(r, _("cannot read the policy in force"));
	if (policy_open(root, &policy) < 0 || policy_attempts(policy, &view->limits) < 0)
		view->limits = (struct attempt_limits)ATTEMPT_LIMITS_STRICT;
	r = people_read(root, &view->people);
	if (r < 0)
		return complain_error(r, _("cannot read the users of %s/etc"), root);
	r = attempt_clock_now(&view->now);
	if (r < 0)
		return complain_error(r, _("cannot read the clock"));
	view->status = calloc(STATUS_MAX, sizeof(*view->status));
	return view->status ? EXIT_YES : complain_error(-ENOMEM, _("cannot list attempts"));
}

enum exit_status attempts_run(const struct options *options, const struct output *output)
{
	scoped(view_clear) struct view view = { .options = options, .output = output };
	enum exit_status status = view_open(&view);

	if (status != EXIT_YES)
		return status;
	status = options->operand ? add_one(&view, options->operand) : add_accounts(&view);
	if (status == EXIT_USAGE || (status != EXIT_YES && options->operand))
		return status;
	if (options->given & OPTION_JSON)
		print_json(&view);
	else
		print_table(&view);
	if (status != EXIT_YES)
		return status;
	return view.waits ? EXIT_NO : EXIT_YES;
}
