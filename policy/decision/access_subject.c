/* SPDX-License-Identifier: MIT */
/* access_subject.c - who asks: root, break-glass, governed or not, and the roles he holds. */
#include <string.h>

#include <sereno/scoped.h>

#include "access_load.h"

/* Append the roles that the groups of @account give. */
static int add_group_roles(const struct policy *policy, const struct access_account *account,
			   struct id_set *roles)
{
	for (size_t i = 0; i < account->n_groups; i++) {
		const struct table_key key = key_of_id(account->groups[i]);
		scoped(blob_clear) struct blob blob = { 0 };
		struct decoder decoder;
		int r;

		if (!meta_watches(&policy->meta, account->groups[i]))
			continue;

		r = policy_find(policy, TABLE_GROUPS, &key, &blob);
		decoder = blob_decoder(&blob);
		if (r > 0)
			r = decode_ids(&decoder, roles);
		if (r < 0)
			return r;
	}
	return 0;
}

/* What one account holds. */
struct holdings {
	struct id_set roles; /* settled; without those it is excepted from */
	uint32_t person;
	bool named; /* some role names it as a member */
};

static void holdings_clear(struct holdings *holdings)
{
	id_set_clear(&holdings->roles);
}

static int load_holdings(const struct policy *policy, const struct access_account *account,
			 struct holdings *ret)
{
	scoped(id_set_clear) struct id_set excepted = { 0 };
	size_t kept = 0;
	int r;

	r = policy_mentions(policy, account->user, &ret->roles, &excepted, &ret->person);
	if (r < 0)
		return r;
	ret->named = ret->roles.n > 0;
	r = add_group_roles(policy, account, &ret->roles);
	if (r < 0)
		return r;
	id_set_settle(&ret->roles);
	id_set_settle(&excepted);
	for (size_t i = 0; i < ret->roles.n; i++) {
		if (id_set_find(&excepted, ret->roles.id[i]) < 0)
			ret->roles.id[kept++] = ret->roles.id[i];
	}
	ret->roles.n = kept;
	return 0;
}

static int id_set_join(struct id_set *set, const struct id_set *other)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < other->n; i++)
		r = id_set_add(set, other->id[i]);
	return r;
}

/* The groups of the person's account @user, as far as the caller gathered them. */
static struct access_account other_account(const struct access_request *request, const char *user)
{
	for (size_t i = 0; i < request->n_others; i++) {
		if (strcmp(request->others[i].user, user) == 0)
			return request->others[i];
	}
	return (struct access_account){ .user = user };
}

/* Add to reading->held what the other accounts of @person hold. The policy says which they are:
 * a caller that forgot one must not lift an exclusion. */
static int hold_others(struct reading *reading, uint32_t person)
{
	scoped(blob_clear) struct blob blob = { 0 };
	char user[USER_NAME_MAX + 1];
	struct decoder decoder;
	int r;

	if (person == ID_NONE)
		return 0;
	r = policy_find_id(reading->policy, TABLE_PERSONS, person, &blob);
	if (r < 0)
		return r;
	decoder = blob_decoder(&blob);
	while (decode_more(&decoder)) {
		scoped(holdings_clear) struct holdings holdings = { 0 };
		struct access_account account;

		decode_text(&decoder, user, sizeof(user));
		if (decoder.damaged || strcmp(user, reading->request->subject.user) == 0)
			continue;
		reading->has_others = true;
		account = other_account(reading->request, user);
		r = load_holdings(reading->policy, &account, &holdings);
		if (r == 0)
			r = id_set_join(&reading->held, &holdings.roles);
		if (r < 0)
			return r;
	}
	return decode_end(&decoder);
}

/* Whether the policy governs the subject. Returns 1, 0 or a negative errno. */
static int is_governed(const struct reading *reading, const struct holdings *holdings)
{
	const struct access_request *request = reading->request;
	uid_t uid = request->uid;
	int r;

	if (holdings->named)
		return 1;
	if (reading->find_uid && holdings->roles.n > 0) {
		r = reading->find_uid(request->subject.user, &uid);
		if (r < 0)
			return r == -ENOENT ? 1 : r;
	}
	return uid_governed(uid, reading->policy->meta.facts.min_uid);
}

int load_subject(struct reading *reading)
{
	scoped(holdings_clear) struct holdings holdings = { 0 };
	const struct access_request *request = reading->request;
	const struct meta *meta = &reading->policy->meta;
	int r;

	if (request->uid == 0) {
		reading->access->subject = SUBJECT_ROOT;
		return 0;
	}
	if (meta_is_break_glass(meta, request->subject.user)) {
		reading->access->subject = SUBJECT_BREAK_GLASS;
		return 0;
	}
	r = load_holdings(reading->policy, &request->subject, &holdings);
	if (r < 0)
		return r;
	r = is_governed(reading, &holdings);
	if (r <= 0)
		return r;
	reading->access->subject = SUBJECT_GOVERNED;
	reading->own = take(holdings.roles, (struct id_set){ 0 });
	r = id_set_join(&reading->held, &reading->own);
	if (r == 0)
		r = hold_others(reading, holdings.person);
	id_set_settle(&reading->held);
	return r;
}
