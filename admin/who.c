/* SPDX-License-Identifier: MIT */
/* who.c - sereno who: one row for each user and right of the policy in force. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include <sereno/policy.h>
#include <sereno/register.h>
#include <sereno/scoped.h>
#include <sereno/service.h>

#include "commands.h"
#include "edition.h"
#include "escape.h"
#include "instant.h"
#include "rights.h"
#include "subject.h"

#define COLUMNS	   7
#define HOURS_MAX  256
#define SOURCE_MAX 128

/* What the rows are made from, and what becomes of them. */
struct listing {
	const struct model *model;
	const struct holders *holders;
	const char *host, *root;
	const struct grants *grants; /* who has left */
	uint32_t grant;		     /* that the row is by, 0: by none */
	struct zone zone;
	const char *service; /* canonical; NULL: every one */
	int64_t at;
	size_t rows;
	void (*row)(struct listing *listing, const char *user, const struct right *right);
	struct table table;
	const struct output *output;
	struct json json;
};

static bool is_wanted(const struct listing *listing, const struct right *right)
{
	if (listing->service && strcmp(listing->service, right->service) != 0)
		return false;
	return validity_holds(&right->valid, listing->at);
}

/* The elements of one named origin are one right to people. */
static bool repeats(const struct right *right, const struct right *last)
{
	return last && last->entry == right->entry && last->rule == right->rule &&
	       strcmp(last->service, right->service) == 0;
}

/* Whether @user has left by then, or it cannot be told. */
static bool has_left(const struct listing *listing, const char *user)
{
	struct departure departure;
	const int r = grants_departed(listing->grants, user, GRANTS_NO_UID, &departure);

	return r < 0 || (r > 0 && departure.since <= listing->at);
}

static int list_user(struct listing *listing, const struct holder *holder)
{
	const struct role_set *all = &listing->holders->sets[holder->set];
	scoped_free uint32_t *role = calloc(all->n, sizeof(*role));
	scoped(rights_clear) struct rights rights = { 0 };
	struct role_set counting = { 0, role };
	const struct right *last = NULL;
	int r;

	if (!role)
		return -ENOMEM;
	counting.n = role_set_at(listing->model, all, listing->at, role);
	r = rights_gather(listing->model, &counting, listing->host, listing->at, &rights);
	for (size_t i = 0; r == 0 && i < rights.n; i++) {
		const struct right *right = &rights.item[i];

		if (is_wanted(listing, right) && !repeats(right, last))
			listing->row(listing, holder->user, right);
		last = right;
	}
	return r;
}

/* Accounts that need no rule: their rights have neither role nor rule. */
static void list_special(struct listing *listing, const char *user, const struct from_list *from)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct right right = {
			.service = listing->service ? listing->service : "*",
			.entry = &from->item[i],
			.valid = { TIME_NO_START, TIME_NO_END },
		};

		listing->row(listing, user, &right);
	}
}

/* The rights of one role, as long as it is granted. */
static int list_grant(void *context, const struct grant_row *row)
{
	struct listing *listing = context;
	const ptrdiff_t found = model_find_role(listing->model, row->role);
	const uint32_t role = (uint32_t)found;
	const struct role_set set = { 1, &role };
	scoped(rights_clear) struct rights rights = { 0 };
	int r;

	if (found < 0 || has_left(listing, row->user) || row->since > listing->at)
		return 0;
	r = rights_gather(listing->model, &set, listing->host, listing->at, &rights);
	listing->grant = row->id;
	for (size_t i = 0; r == 0 && i < rights.n; i++) {
		struct right right = rights.item[i];

		if (right.valid.until > row->until)
			right.valid.until = row->until;
		if (is_wanted(listing, &right) &&
		    !repeats(&right, i > 0 ? &rights.item[i - 1] : NULL))
			listing->row(listing, row->user, &right);
	}
	listing->grant = 0;
	return r;
}

static int list_granted(struct listing *listing)
{
	const struct register_query query = { .open_at = listing->at };
	scoped(register_close_p) struct register_db *db = NULL;
	int r;

	r = register_open_reading(listing->root, &db);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return register_grants(db, &query, list_grant, listing);
}

static int list_all(struct listing *listing)
{
	const struct model *model = listing->model;
	int r = 0;

	if (!listing->service || service_kind(listing->service) == SERVICE_LOGIN)
		list_special(listing, "root", &model->direct_login);
	for (size_t i = 0; i < model->break_glass.n; i++)
		if (!has_left(listing, model->break_glass.item[i].text))
			list_special(listing, model->break_glass.item[i].text,
				     &model->break_glass_from);
	for (size_t i = 0; r == 0 && i < listing->holders->n; i++)
		if (!has_left(listing, listing->holders->item[i].user))
			r = list_user(listing, &listing->holders->item[i]);
	return r < 0 ? r : list_granted(listing);
}

static void join(const struct names *names, char text[static HOURS_MAX])
{
	size_t used = 0;
	int n;

	text[0] = '\0';
	for (size_t i = 0; i < names->n; i++) {
		n = snprintf(text + used, HOURS_MAX - used, "%s%s", i > 0 ? ", " : "",
			     names->item[i].text);
		if (n < 0 || (size_t)n >= HOURS_MAX - used) {
			memcpy(text + HOURS_MAX - sizeof("..."), "...", sizeof("..."));
			return;
		}
		used += (size_t)n;
	}
}

struct cells {
	char user[ESCAPE_MAX], hours[HOURS_MAX], until[INSTANT_TEXT_MAX], source[SOURCE_MAX];
	const char *cell[COLUMNS];
};

static void fill_cells(const struct listing *listing, const char *user, const struct right *right,
		       struct cells *cells)
{
	const struct rule *rule = right->rule;

	if (rule && rule->hours.n > 0)
		join(&rule->hours, cells->hours);
	else
		(void)snprintf(cells->hours, sizeof(cells->hours), "%s", _("always")); /* short */
	if (rule && listing->grant)
		(void)snprintf(cells->source, sizeof(cells->source), _("%s.%u (line %u), grant %u"),
			       right->role->name.text, rule->number, rule->at.line,
			       listing->grant); /* may be cut */
	else if (rule)
		(void)snprintf(cells->source, sizeof(cells->source), _("%s.%u (line %u)"),
			       right->role->name.text, rule->number,
			       rule->at.line); /* may be cut */
	else
		(void)snprintf(cells->source, sizeof(cells->source), "%s",
			       strcmp(user, "root") == 0 ? "root.direct-login" : "break-glass");
	cells->cell[0] = escape(cells->user, user);
	cells->cell[1] = right->service;
	cells->cell[2] = right->entry->text;
	cells->cell[3] = cells->hours;
	cells->cell[4] = rule && rule->second_factor ? _("code") : "-";
	cells->cell[5] = instant_local(right->valid.until, &listing->zone, cells->until);
	cells->cell[6] = cells->source;
}

static void measure_row(struct listing *listing, const char *user, const struct right *right)
{
	struct cells cells;

	listing->rows++;
	fill_cells(listing, user, right, &cells);
	table_measure(&listing->table, cells.cell);
}

static void print_row(struct listing *listing, const char *user, const struct right *right)
{
	struct cells cells;

	fill_cells(listing, user, right, &cells);
	table_print(&listing->table, listing->output, STYLE_PLAIN, cells.cell);
}

static void write_row(struct listing *listing, const char *user, const struct right *right)
{
	const struct rule *rule = right->rule;
	struct json *json = &listing->json;

	listing->rows++;
	json_begin(json, NULL, JSON_OBJECT);
	json_string(json, "user", user);
	json_string(json, "service", right->service);
	json_string(json, "from", right->entry->text);
	json_begin(json, "hours", JSON_ARRAY);
	for (size_t i = 0; rule && i < rule->hours.n; i++)
		json_string(json, NULL, rule->hours.item[i].text);
	json_end(json, JSON_ARRAY);
	json_bool(json, "second_factor", rule && rule->second_factor);
	json_time(json, "until", right->valid.until);
	json_string(json, "role", rule ? right->role->name.text : NULL);
	json_number(json, "rule", rule ? rule->number : 0);
	json_number(json, "line", rule ? rule->at.line : 0);
	if (listing->grant)
		json_number(json, "grant", listing->grant);
	json_end(json, JSON_OBJECT);
}

static int print_table(struct listing *listing)
{
	const char *const head[COLUMNS] = { _("USER"),	 _("SERVICE"), _("FROM"), _("HOURS"),
					    _("FACTOR"), _("UNTIL"),   _("BY") };
	int r;

	listing->table.columns = COLUMNS;
	table_measure(&listing->table, head);
	listing->row = measure_row;
	r = list_all(listing);
	if (r < 0)
		return r;
	table_print(&listing->table, listing->output, STYLE_STRONG, head);
	listing->row = print_row;
	return list_all(listing);
}

static int print_json(struct listing *listing)
{
	int r;

	listing->row = write_row;
	listing->json.stream = listing->output->stream;
	json_begin(&listing->json, NULL, JSON_ARRAY);
	r = list_all(listing);
	json_end(&listing->json, JSON_ARRAY);
	return r;
}

static enum exit_status list(const struct options *options, struct listing *listing,
			     const struct edition *in_force)
{
	scoped(people_free_p) struct people *people = NULL;
	scoped(policy_close_p) struct policy *policy = NULL;
	struct holders holders;
	int r;

	r = policy_open(options->root, &policy);
	if (r == 0)
		r = policy_zone(policy, &listing->zone);
	if (r == 0 && options->at &&
	    instant_read(options->at, &listing->zone, &listing->at) != EXIT_YES)
		return EXIT_USAGE;
	if (r == 0)
		r = people_read(options->root, &people);
	if (r == 0)
		r = holders_gather(in_force->model, people, options->root, &holders);
	if (r < 0)
		return complain_error(r, _("cannot list who holds what"));
	listing->model = in_force->model;
	listing->holders = &holders;
	listing->grants = policy_grants(policy);
	listing->root = options->root;
	listing->host = policy_facts(policy)->host;
	r = options->given & OPTION_JSON ? print_json(listing) : print_table(listing);
	holders_clear(&holders);
	if (r < 0)
		return complain_error(r, _("cannot list who holds what"));
	return listing->rows > 0 ? EXIT_YES : EXIT_NO;
}

enum exit_status who_run(const struct options *options, const struct output *output)
{
	scoped(edition_clear) struct edition in_force = { 0 };
	struct listing listing = { .output = output, .at = time(NULL) };
	int r = edition_in_force(options->root, listing.at, &in_force);

	if (r == -ENOENT)
		return complain(EXIT_SYSTEM, _("no policy is in force; next: sereno apply"));
	if (r < 0)
		return complain_error(r, _("cannot read %s (run this as root)"), in_force.path);
	if (options->operand)
		listing.service = service_canonical(options->operand);
	return list(options, &listing, &in_force);
}
