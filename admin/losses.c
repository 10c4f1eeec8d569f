/* SPDX-License-Identifier: MIT */
/* losses.c - the old policy against the new, user by user, each pair of role sets once. */
#include "losses.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/policy.h>
#include <sereno/scoped.h>

#define NO_SET UINT32_MAX

/* What a change from one role set to another takes away; the user is filled in for each. */
struct pair {
	uint32_t old, new;
	size_t n;
	struct loss *loss;
};

struct comparison {
	const struct regime *old, *new;
	const struct people *people;
	const char *host;
	int64_t now;
	uint64_t *old_print, *new_print; /* of each role set */
	size_t n_pairs, n_slots;
	struct pair *pairs;
	uint32_t *slots; /* hash table of pairs, index + 1 */
	losses_visit *visit;
	void *context;
};

static int add_loss(struct pair *pair, const struct right *right, enum change change)
{
	struct loss *last = pair->n > 0 ? &pair->loss[pair->n - 1] : NULL;
	struct loss *grown;

	/* Rights are sorted: the elements of one named origin follow each other. */
	if (last && strcmp(last->service, right->service) == 0 &&
	    strcmp(last->from, right->entry->text) == 0) {
		if (change > last->change)
			last->change = change;
		return 0;
	}
	grown = reallocarray(pair->loss, pair->n + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	pair->loss = grown;
	grown[pair->n++] = (struct loss){
		.kind = LOSS_RIGHT,
		.service = right->service,
		.from = right->entry->text,
		.change = change,
		.role = right->role->name.text,
		.rule = right->rule->number,
	};
	return 0;
}

static int compare_sets(const struct comparison *comparison, struct pair *pair)
{
	const struct role_set none = { 0, NULL };
	const struct role_set *old_set = &comparison->old->holders->sets[pair->old];
	const struct role_set *new_set =
		pair->new == NO_SET ? &none : &comparison->new->holders->sets[pair->new];
	scoped(rights_clear) struct rights old = { 0 };
	scoped(rights_clear) struct rights new = { 0 };
	int r;

	r = rights_gather(comparison->old->model, old_set, comparison->host, comparison->now, &old);
	if (r == 0)
		r = rights_gather(comparison->new->model, new_set, comparison->host,
				  comparison->now, &new);
	for (size_t i = 0; r == 0 && i < old.n; i++) {
		const enum change change = right_change(&old.item[i], &old, &new, comparison->now);

		if (change != CHANGE_NONE)
			r = add_loss(pair, &old.item[i], change);
	}
	return r;
}

/* The losses of changing from role set @old to @new; worked out when first asked for. */
static int find_pair(struct comparison *comparison, uint32_t old, uint32_t new,
		     const struct pair **ret)
{
	const uint64_t key = ((uint64_t)old << 32 | new) * 0x9e3779b97f4a7c15;
	size_t slot = (key >> 32) & (comparison->n_slots - 1);
	struct pair *pair;
	int r;

	while (comparison->slots[slot]) {
		pair = &comparison->pairs[comparison->slots[slot] - 1];
		if (pair->old == old && pair->new == new) {
			*ret = pair;
			return 0;
		}
		slot = (slot + 1) & (comparison->n_slots - 1);
	}
	pair = &comparison->pairs[comparison->n_pairs++];
	*pair = (struct pair){ .old = old, .new = new };
	comparison->slots[slot] = (uint32_t)comparison->n_pairs;
	if (new == NO_SET || comparison->old_print[old] != comparison->new_print[new]) {
		r = compare_sets(comparison, pair);
		if (r < 0)
			return r;
	}
	*ret = pair;
	return 0;
}

static int report_set(struct comparison *comparison, const struct holder *old, uint32_t new)
{
	const struct pair *pair = NULL;
	int r = find_pair(comparison, old->set, new, &pair);

	if (r < 0 || pair->n == 0)
		return r;
	return comparison->visit(comparison->context, old->user, pair->loss, pair->n);
}

static bool is_break_glass(const struct model *model, const char *user)
{
	for (size_t i = 0; i < model->break_glass.n; i++)
		if (strcmp(model->break_glass.item[i].text, user) == 0)
			return true;
	return false;
}

/* Whether @model refuses @user if no role of his allows. Unknown accounts are taken to be people.
 */
static bool governs(const struct comparison *comparison, const struct model *model,
		    const char *user)
{
	const struct account *account = people_account(comparison->people, user);

	if (is_break_glass(model, user))
		return false;
	return !account || (account->uid != 0 && uid_governed(account->uid, model->min_uid));
}

/* The first role of @set that has not ended, or NULL. */
static const struct role *live_role(const struct comparison *comparison, const struct model *model,
				    const struct role_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		if (model->roles[set->role[i]].valid.until > comparison->now)
			return &model->roles[set->role[i]];
	return NULL;
}

static int report_former_holder(struct comparison *comparison, const struct holder *holder)
{
	const struct role_set *set = &comparison->old->holders->sets[holder->set];
	const struct role *role = live_role(comparison, comparison->old->model, set);
	const struct loss loss = {
		.kind = LOSS_EVERYTHING,
		.role = role ? role->name.text : NULL,
	};

	if (!role || !governs(comparison, comparison->new->model, holder->user))
		return 0;
	return comparison->visit(comparison->context, holder->user, &loss, 1);
}

/* Both lists are sorted by user: one walk. */
static int compare_holders(struct comparison *comparison)
{
	const struct holders *old = comparison->old->holders, *new = comparison->new->holders;
	size_t j = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < old->n; i++) {
		int order = 1;

		while (j < new->n && (order = strcmp(new->item[j].user, old->item[i].user)) < 0)
			j++;
		if (j < new->n && order == 0)
			r = report_set(comparison, &old->item[i], new->item[j].set);
		else
			r = report_former_holder(comparison, &old->item[i]);
	}
	return r;
}

static uint64_t *fingerprints(const struct comparison *comparison, const struct regime *regime)
{
	const struct model *model = regime->model;
	scoped_free uint64_t *role = calloc(model->n_roles + 1, sizeof(*role));
	uint64_t *set = calloc(regime->holders->n_sets + 1, sizeof(*set));

	if (!role || !set) {
		free(set);
		return NULL;
	}
	for (size_t i = 0; i < model->n_roles; i++)
		role[i] = role_fingerprint(model, &model->roles[i], comparison->host,
					   comparison->now);
	/* A sum: the order of roles means nothing. */
	for (size_t i = 0; i < regime->holders->n_sets; i++)
		for (size_t j = 0; j < regime->holders->sets[i].n; j++)
			set[i] += role[regime->holders->sets[i].role[j]] | 1;
	return set;
}

static int compare_regimes(struct comparison *comparison)
{
	const size_t users = comparison->old->holders->n;
	int r = -ENOMEM;

	for (comparison->n_slots = 64; comparison->n_slots < 2 * users;)
		comparison->n_slots *= 2;
	comparison->old_print = fingerprints(comparison, comparison->old);
	comparison->new_print = fingerprints(comparison, comparison->new);
	comparison->pairs = calloc(users + 1, sizeof(*comparison->pairs));
	comparison->slots = calloc(comparison->n_slots, sizeof(*comparison->slots));
	if (comparison->old_print && comparison->new_print && comparison->pairs &&
	    comparison->slots)
		r = compare_holders(comparison);
	for (size_t i = 0; i < comparison->n_pairs; i++)
		free(comparison->pairs[i].loss);
	free(comparison->pairs);
	free(comparison->slots);
	free(comparison->old_print);
	free(comparison->new_print);
	return r;
}

/* Whether @user, governed from now on, holds no role. */
static bool loses_all(const struct comparison *comparison, const char *user)
{
	return governs(comparison, comparison->new->model, user) &&
	       !holders_find(comparison->new->holders, user);
}

/* Accounts that nothing governed so far and that hold no role. */
static int report_newly_governed(struct comparison *comparison)
{
	const struct model *old = comparison->old->model;
	int r = 0;

	for (size_t i = 0; r == 0 && i < comparison->people->n_accounts; i++) {
		const struct account *account = &comparison->people->accounts[i];
		const struct loss loss = { .kind = LOSS_EVERYTHING };

		if (!account_has_shell(account) || !loses_all(comparison, account->name))
			continue;
		if (old && is_break_glass(old, account->name))
			continue; /* report_break_glass() has told of it */
		if (old && (governs(comparison, old, account->name) ||
			    holders_find(comparison->old->holders, account->name)))
			continue;
		r = comparison->visit(comparison->context, account->name, &loss, 1);
	}
	return r;
}

static bool list_covers(const struct model *model, const struct from_list *list,
			const struct from *place)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct from *entry = &list->item[i];
		const struct from_list one = { 1, &list->item[i] };
		const struct from_list *elements =
			entry->kind == FROM_NAME ? &model->origins[entry->origin].elements : &one;

		for (size_t j = 0; j < elements->n; j++)
			if (place_contains(&elements->item[j], place))
				return true;
	}
	return false;
}

static int report_root(struct comparison *comparison)
{
	const struct model *old = comparison->old->model, *new = comparison->new->model;
	int r = 0;

	for (size_t i = 0; r == 0 && i < old->direct_login.n; i++) {
		const struct from *entry = &old->direct_login.item[i];
		const struct from_list one = { 1, &old->direct_login.item[i] };
		const struct from_list *elements =
			entry->kind == FROM_NAME ? &old->origins[entry->origin].elements : &one;
		const struct loss loss = { .kind = LOSS_ROOT, .from = entry->text };
		bool covered = true;

		for (size_t j = 0; j < elements->n; j++)
			covered =
				covered && list_covers(new, &new->direct_login, &elements->item[j]);
		if (!covered)
			r = comparison->visit(comparison->context, "root", &loss, 1);
	}
	return r;
}

static int report_break_glass(struct comparison *comparison)
{
	const struct names *old = &comparison->old->model->break_glass;
	int r = 0;

	for (size_t i = 0; r == 0 && i < old->n; i++) {
		const char *user = old->item[i].text;
		const struct loss loss = {
			.kind = LOSS_BREAK_GLASS,
			.change = loses_all(comparison, user) ? CHANGE_GONE : CHANGE_NONE,
		};

		if (!is_break_glass(comparison->new->model, user))
			r = comparison->visit(comparison->context, user, &loss, 1);
	}
	return r;
}

int losses_find(const struct regime *old, const struct regime *new, const struct people *people,
		const char *host, int64_t now, losses_visit *visit, void *context)
{
	struct comparison comparison = {
		.old = old,
		.new = new,
		.people = people,
		.host = host,
		.now = now,
		.visit = visit,
		.context = context,
	};
	int r = 0;

	if (old->model) {
		r = report_root(&comparison);
		if (r == 0)
			r = report_break_glass(&comparison);
		if (r == 0)
			r = compare_regimes(&comparison);
	}
	if (r == 0)
		r = report_newly_governed(&comparison);
	return r;
}
