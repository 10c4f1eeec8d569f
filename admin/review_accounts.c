/* SPDX-License-Identifier: MIT */
/* review_accounts.c - accounts that no role's owner answers for: root's twins, shared numbers, no
 * role.
 */
#include <errno.h>
#include <string.h>

#include <sereno/policy.h>
#include <sereno/scoped.h>

#include "escape.h"
#include "holders.h"
#include "inventory.h"
#include "review.h"

#define SHOWN_MAX 20 /* names, for people; JSON has them all */

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool names_have(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->item[i].text, name) == 0)
			return true;
	return false;
}

/* Whoever holds a role by the policy or by a grant; what was left out of is found by neither. */
struct roled {
	struct holders holders;
	const char **granted; /* sorted */
	size_t n_granted;
};

static void roled_clear(struct roled *roled)
{
	holders_clear(&roled->holders);
	free(roled->granted);
}

static int roled_gather(const struct review *review, struct roled *ret)
{
	int r;

	ret->granted = calloc(review->n_grants + 1, sizeof(*ret->granted));
	if (!ret->granted)
		return -ENOMEM;
	for (size_t i = 0; i < review->n_grants; i++)
		ret->granted[ret->n_granted++] = review->grants[i].user;
	qsort(ret->granted, ret->n_granted, sizeof(*ret->granted), compare_names);
	r = holders_gather(review->in_force.model, review->registrar.people, review->root,
			   &ret->holders);
	return r;
}

/* Governed, so that sereno refuses it, but with a way in wherever sereno is not asked. */
static bool is_ownerless(const struct review *review, const struct roled *roled,
			 const struct account *account)
{
	const struct model *model = review->in_force.model;

	return account->uid != 0 && uid_governed(account->uid, model->min_uid) &&
	       !holders_find(&roled->holders, account->name) &&
	       !bsearch(&account->name, roled->granted, roled->n_granted, sizeof(*roled->granted),
			compare_names) &&
	       !names_have(&model->break_glass, account->name) &&
	       inventory_could_log_in(review->root, account);
}

/* by_uid[@i] has the number of the one before. */
static bool is_twin(const struct review *review, size_t i)
{
	return i > 0 && review->by_uid[i]->uid == review->by_uid[i - 1]->uid;
}

static void print_twins(const struct review *review, const struct output *output)
{
	char name[ESCAPE_MAX], first[ESCAPE_MAX];

	for (size_t i = 1; i < review->registrar.people->n_accounts; i++) {
		if (!is_twin(review, i))
			continue;
		(void)escape(name, review->by_uid[i]->name);
		if (review->by_uid[i]->uid == 0)
			output_wrap(output, STYLE_BAD, 2,
				    _("! %s is root under another name: user id 0"), name);
		else
			output_wrap(output, STYLE_WARNING, 2,
				    _("! %s and %s are one user id, %u: who of them did something "
				      "cannot be told"),
				    escape(first, review->by_uid[i - 1]->name), name,
				    (unsigned)review->by_uid[i]->uid);
	}
}

static void print_ownerless(const struct review *review, const struct roled *roled,
			    const struct output *output)
{
	const struct people *people = review->registrar.people;
	char name[ESCAPE_MAX];
	size_t n = 0;

	for (size_t i = 0; i < people->n_accounts; i++) {
		const struct account *account = &people->accounts[i];

		if (!is_ownerless(review, roled, account) || n++ >= SHOWN_MAX)
			continue;
		if (n == 1)
			output_wrap(output, STYLE_WARNING, 2, "! %s",
				    _("Accounts that no role holds, so that nobody answers for "
				      "them, and that could log in where sereno is not asked (name "
				      "them in a role, or off-board them):"));
		output_print(output, STYLE_WARNING, "  %s (uid %u)\n", escape(name, account->name),
			     (unsigned)account->uid);
	}
	if (n > SHOWN_MAX)
		output_wrap(output, STYLE_WARNING, 2, _("  and %zu more (--json has all)"),
			    n - SHOWN_MAX);
}

int review_print_accounts(const struct review *review, const struct output *output)
{
	scoped(roled_clear) struct roled roled = { .n_granted = 0 };
	const int r = roled_gather(review, &roled);

	if (r < 0)
		return r;
	print_twins(review, output);
	print_ownerless(review, &roled, output);
	return 0;
}

static void write_twins(const struct review *review, struct json *json)
{
	json_begin(json, "also_root", JSON_ARRAY);
	for (size_t i = 1; i < review->registrar.people->n_accounts; i++)
		if (review->by_uid[i]->uid == 0)
			json_string(json, NULL, review->by_uid[i]->name);
	json_end(json, JSON_ARRAY);
	json_begin(json, "shared_uids", JSON_ARRAY);
	for (size_t i = 1; i < review->registrar.people->n_accounts; i++) {
		if (!is_twin(review, i) || review->by_uid[i]->uid == 0)
			continue;
		json_begin(json, NULL, JSON_OBJECT);
		json_number(json, "uid", review->by_uid[i]->uid);
		json_string(json, "user", review->by_uid[i - 1]->name);
		json_string(json, "also", review->by_uid[i]->name);
		json_end(json, JSON_OBJECT);
	}
	json_end(json, JSON_ARRAY);
}

int review_write_accounts(const struct review *review, struct json *json)
{
	scoped(roled_clear) struct roled roled = { .n_granted = 0 };
	const struct people *people = review->registrar.people;
	const int r = roled_gather(review, &roled);

	if (r < 0)
		return r;
	write_twins(review, json);
	json_begin(json, "without_role", JSON_ARRAY);
	for (size_t i = 0; i < people->n_accounts; i++)
		if (is_ownerless(review, &roled, &people->accounts[i]))
			json_string(json, NULL, people->accounts[i].name);
	json_end(json, JSON_ARRAY);
	return 0;
}
