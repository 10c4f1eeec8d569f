/* SPDX-License-Identifier: MIT */
/*
 * administrators.c - whether enough people could still become root: log in somewhere, and from
 * there use sudo, su or polkit-1.
 */
#include <pwd.h>
#include <string.h>

#include <sereno/scoped.h>
#include <sereno/service.h>

#include "messages.h"
#include "rights.h"
#include "second_factor.h"

#define DAY_SEC	      86400
#define QUESTIONS_MAX 1000    /* to the name service; each may wait for a network */
#define RECORDS_MAX   10000   /* of codes that are looked at */
#define WORK_MAX      1000000 /* steps, for one set of roles, to find a way without a code */
#define PAIRS_MAX     1000000 /* of rules compared for one set of roles */

enum ability { ABILITY_UNKNOWN, ABILITY_NONE, ABILITY_CODE, ABILITY_ROOT };

struct way {
	const struct rule *rule;
	unsigned origins; /* the kinds it can be used from, bits of enum origin_kind */
};

/* The rules of one set of roles that can matter here. */
struct ways {
	struct way *login, *elevate;
	size_t n_login, n_elevate;
};

struct count {
	const struct situation *situation;
	uint8_t *ability; /* enum ability of each role set */
	bool *counted;	  /* of each person in the model */
	size_t people, questions, records;
	const char *codeless; /* the first who was left out for want of a code only */
};

/* From where a program opens a session: its own line if it owns one, the network if not. Jobs are
 * no session that could ask for more. */
static unsigned login_origins(const char *service)
{
	if (service_kind(service) != SERVICE_LOGIN)
		return 0;
	return service_owns_line(service) ? 1u << ORIGIN_SEAT | 1u << ORIGIN_SERIAL
					  : 1u << ORIGIN_ADDRESS | 1u << ORIGIN_UNKNOWN;
}

static unsigned elevate_origins(const char *service)
{
	return service_kind(service) == SERVICE_ELEVATE ? ORIGINS_ALL : 0;
}

/* What @origins_of says of all services that @rule is for. */
static unsigned rule_origins(const struct model *model, const struct rule *rule,
			     unsigned (*origins_of)(const char *service))
{
	unsigned origins = 0;

	for (size_t i = 0; i < rule->services.n; i++) {
		const char *name = rule->services.item[i].text;
		const ptrdiff_t list = model_find_services(model, name);
		const struct names *elements;

		if (list < 0) {
			origins |= origins_of(name);
			continue;
		}
		elements = &model->services[list].elements;
		for (size_t k = 0; k < elements->n; k++)
			origins |= origins_of(elements->item[k].text);
	}
	return origins;
}

static void add_ways(const struct situation *situation, const struct role *role, struct ways *ways)
{
	const struct model *model = situation->edition->model;

	if (role->unattended)
		return; /* programs: nobody is there to be an administrator */
	for (size_t i = 0; i < role->n_rules; i++) {
		const struct rule *rule = &role->rules[i];
		const unsigned login = rule_origins(model, rule, login_origins);
		const unsigned elevate = rule_origins(model, rule, elevate_origins);

		if (!validity_holds(&rule->valid, situation->now) ||
		    !model_rule_has_host(model, rule, situation->host))
			continue;
		if (login)
			ways->login[ways->n_login++] = (struct way){ rule, login };
		if (elevate)
			ways->elevate[ways->n_elevate++] = (struct way){ rule, elevate };
	}
}

static bool calendars_meet(const struct rule *a, const struct rule *b)
{
	if (a->hours.n == 0 || b->hours.n == 0)
		return true;
	for (size_t i = 0; i < a->calendar.n; i++)
		for (size_t j = 0; j < b->calendar.n; j++)
			if (a->calendar.span[i].start < b->calendar.span[j].end &&
			    b->calendar.span[j].start < a->calendar.span[i].end)
				return true;
	return false;
}

static unsigned kinds_of(const struct from *place)
{
	switch (place->kind) {
	case FROM_SEAT:
		return 1u << ORIGIN_SEAT;
	case FROM_SERIAL:
		return 1u << ORIGIN_SERIAL;
	case FROM_JOBS:
		return 1u << ORIGIN_JOBS;
	case FROM_PREFIX:
		return 1u << ORIGIN_ADDRESS;
	case FROM_ANYWHERE:
	case FROM_NAME:
		break;
	}
	return ORIGINS_ALL;
}

/* Whether @right is one of @rule's that @origins_of has something to say of. */
static bool is_way(const struct right *right, const struct rule *rule,
		   unsigned (*origins_of)(const char *service))
{
	return right->rule == rule && origins_of(right->service) != 0;
}

/*
 * Whether somebody can log in by @login and go on by @elevate without a code. Neither rule asks for
 * one, but demands add: others that fit beside them may. Beyond WORK_MAX the answer is no.
 */
static bool free_of_codes(const struct rights *rights, const struct rule *login,
			  const struct rule *elevate, size_t *work)
{
	for (size_t i = 0; i < rights->n; i++) {
		const struct right *in = &rights->item[i];

		if (!is_way(in, login, login_origins))
			continue;
		for (size_t j = 0; j < rights->n && *work < WORK_MAX; j++, ++*work) {
			const struct right *up = &rights->item[j];
			const struct from *place = place_meet(in->place, up->place);

			if (!is_way(up, elevate, elevate_origins) || !place ||
			    !(kinds_of(place) & login_origins(in->service)))
				continue;
			*work += rights->n;
			if (!rights_ask_code(rights, in->service, place) &&
			    !rights_ask_code(rights, up->service, place))
				return true;
		}
	}
	return false;
}

/* The best that some login rule and some elevating rule give together. @rights are all of the
 * roles that @ways are of. */
static enum ability best_pair(const struct model *model, const struct ways *ways,
			      const struct rights *rights)
{
	const bool on_trial = model->observe & OBSERVE_SECOND_FACTOR;
	enum ability best = ABILITY_NONE;
	size_t pairs = 0, work = 0;

	for (size_t i = 0; i < ways->n_login; i++) {
		for (size_t j = 0; j < ways->n_elevate && pairs < PAIRS_MAX; j++, pairs++) {
			const struct rule *login = ways->login[i].rule;
			const struct rule *elevate = ways->elevate[j].rule;

			if (!calendars_meet(login, elevate) ||
			    !model_from_overlaps(model, &login->from, &elevate->from,
						 ways->login[i].origins))
				continue;
			best = ABILITY_CODE;
			if (on_trial || (!login->second_factor && !elevate->second_factor &&
					 free_of_codes(rights, login, elevate, &work)))
				return ABILITY_ROOT;
		}
	}
	return best;
}

static int find_ways(const struct situation *situation, const struct role_set *set,
		     enum ability *ret)
{
	const struct model *model = situation->edition->model;
	scoped(rights_clear) struct rights rights = { 0 };
	scoped_free struct way *login = NULL;
	scoped_free struct way *elevate = NULL;
	struct ways ways = { 0 };
	size_t rules = 1;
	int r;

	for (size_t i = 0; i < set->n; i++)
		rules += model->roles[set->role[i]].n_rules;
	login = calloc(rules, sizeof(*login));
	elevate = calloc(rules, sizeof(*elevate));
	if (!login || !elevate)
		return -ENOMEM;
	ways.login = login;
	ways.elevate = elevate;
	for (size_t i = 0; i < set->n; i++)
		add_ways(situation, &model->roles[set->role[i]], &ways);
	r = rights_gather(model, set, situation->host, situation->now, &rights);
	if (r < 0)
		return r;
	*ret = best_pair(model, &ways, &rights);
	return 0;
}

static int find_ability(const struct situation *situation, const struct role_set *set,
			enum ability *ret)
{
	const struct model *model = situation->edition->model;
	scoped_free uint32_t *role = calloc(set->n, sizeof(*role));
	struct role_set now = { 0 };

	if (!role)
		return -ENOMEM;
	now.role = role;
	now.n = role_set_at(model, set, situation->now, role);
	return find_ways(situation, &now, ret);
}

int role_set_can_become_root(const struct situation *situation, const struct role_set *set,
			     bool *ret)
{
	enum ability ability;
	const int r = find_ability(situation, set, &ability);

	if (r == 0)
		*ret = ability == ABILITY_CODE || ability == ABILITY_ROOT;
	return r;
}

/* Whether the account is there and open, and its uid. Accounts of a directory are asked for, but
 * not for ever. */
static bool find_open_account(struct count *count, const char *user, uid_t *ret)
{
	const struct situation *situation = count->situation;
	const struct account *account = people_account(situation->people, user);
	const struct passwd *answer;

	if (account) {
		*ret = account->uid;
		return account->uid != 0 && account_has_shell(account) &&
		       account->expires_day > situation->now / DAY_SEC;
	}
	if (*situation->root || count->questions++ >= QUESTIONS_MAX)
		return false;
	answer = getpwnam(user);
	if (!answer || answer->pw_uid == 0)
		return false;
	*ret = answer->pw_uid;
	return true;
}

static bool can_show_code(struct count *count, const char *user, uid_t uid)
{
	if (count->records++ >= RECORDS_MAX)
		return false;
	if (code_means_suffice(code_means_of(count->situation, user, uid)))
		return true;
	if (!count->codeless)
		count->codeless = user;
	return false;
}

static ptrdiff_t person_of(const struct model *model, const char *user)
{
	for (size_t i = 0; i < model->n_persons; i++)
		for (size_t j = 0; j < model->persons[i].accounts.n; j++)
			if (strcmp(model->persons[i].accounts.item[j].text, user) == 0)
				return (ptrdiff_t)i;
	return -1;
}

static void count_person(struct count *count, const char *user)
{
	const ptrdiff_t person = person_of(count->situation->edition->model, user);

	if (person >= 0 && count->counted[person])
		return;
	if (person >= 0)
		count->counted[person] = true;
	count->people++;
}

static int count_holder(struct count *count, const struct holder *holder)
{
	enum ability ability = count->ability[holder->set];
	uid_t uid;
	int r;

	if (ability == ABILITY_UNKNOWN) {
		r = find_ability(count->situation, &count->situation->holders->sets[holder->set],
				 &ability);
		if (r < 0)
			return r;
		count->ability[holder->set] = (uint8_t)ability;
	}
	if (ability == ABILITY_NONE || !find_open_account(count, holder->user, &uid))
		return 0;
	if (ability == ABILITY_ROOT || can_show_code(count, holder->user, uid))
		count_person(count, holder->user);
	return 0;
}

static int count_administrators(struct count *count)
{
	const struct model *model = count->situation->edition->model;
	const struct holders *holders = count->situation->holders;
	int r = 0;

	for (size_t i = 0; i < model->break_glass.n && model->break_glass_from.n > 0; i++)
		if (break_glass_works(count->situation, model->break_glass.item[i].text))
			count_person(count, model->break_glass.item[i].text);
	for (size_t i = 0; r == 0 && i < holders->n && count->people < model->min_administrators;
	     i++)
		r = count_holder(count, &holders->item[i]);
	return r;
}

static void report_too_few(const struct count *count)
{
	const struct situation *situation = count->situation;
	const struct model *model = situation->edition->model;
	const char *user = count->codeless;
	/* On trial nobody is refused, so nobody is locked out either. */
	const enum severity severity = model->observe & OBSERVE_ROLES ? DIAG_WARNING : DIAG_FAULT;

	situation_report(situation, severity, model->root_at,
			 P_("%zu person could become root under this policy, and "
			    "root.min-administrators asks for %u: give more people a rule for a "
			    "login and one for sudo, su or polkit-1 from the same origin",
			    "%zu people could become root under this policy, and "
			    "root.min-administrators asks for %u: give more people a rule for a "
			    "login and one for sudo, su or polkit-1 from the same origin",
			    count->people),
			 count->people, model->min_administrators);
	if (user)
		situation_report(
			situation, severity, model->root_at,
			_("%s would count if he could give the one-time code that this policy asks "
			  "of him: sereno otp ticket %s, or sereno otp enrol %s"),
			user, user, user);
}

int check_administrators(const struct situation *situation)
{
	const struct model *model = situation->edition->model;
	scoped_free uint8_t *ability = calloc(situation->holders->n_sets + 1, sizeof(*ability));
	scoped_free bool *counted = calloc(model->n_persons + 1, sizeof(*counted));
	struct count count = { .situation = situation, .ability = ability, .counted = counted };
	int r;

	if (!ability || !counted)
		return -ENOMEM;
	r = count_administrators(&count);
	if (r < 0 || count.people >= model->min_administrators)
		return r;
	report_too_few(&count);
	return 0;
}
