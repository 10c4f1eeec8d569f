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
struct account_roles {
	struct id_set roles; /* settled; without those it is excepted from */
	uint32_t person;
	bool named; /* some role names it as a member, or was granted to it */
};

static void account_roles_clear(struct account_roles *roles)
{
	id_set_clear(&roles->roles);
}

/* Without end, where it is not granted. */
static int add_lasting(const struct id_set *roles, bool own, struct holdings *ret)
{
	const struct case_holding lasting = { { TIME_NO_START, TIME_NO_END }, .own = own };
	int r = 0;

	for (size_t i = 0; r == 0 && i < roles->n; i++)
		r = holdings_add(ret, roles->id[i], &lasting);
	return r;
}

/* Drop what @roles and, from @first on, @holdings have of the settled set @excepted. */
static void drop_excepted(const struct id_set *excepted, struct id_set *roles,
			  struct holdings *holdings, size_t first)
{
	size_t kept = 0;

	for (size_t i = 0; i < roles->n; i++) {
		if (id_set_find(excepted, roles->id[i]) < 0)
			roles->id[kept++] = roles->id[i];
	}
	roles->n = kept;
	kept = first;
	for (size_t i = first; i < holdings->n; i++) {
		if (id_set_find(excepted, holdings->item[i].role) < 0)
			holdings->item[kept++] = holdings->item[i];
	}
	holdings->n = kept;
}

/* The roles of @account, and how it came by them. */
static int load_account(struct reading *reading, const struct access_account *account, bool own,
			struct account_roles *ret)
{
	scoped(id_set_clear) struct id_set excepted = { 0 };
	struct holdings *holdings = &reading->holdings;
	const size_t first = holdings->n;
	size_t granted;
	int r;

	r = policy_mentions(reading->policy, account->user, &ret->roles, &excepted, &ret->person);
	if (r < 0)
		return r;
	ret->named = ret->roles.n > 0;
	r = add_group_roles(reading->policy, account, &ret->roles);
	if (r < 0)
		return r;
	id_set_settle(&ret->roles);
	id_set_settle(&excepted);
	r = add_lasting(&ret->roles, own, holdings);
	granted = holdings->n;
	if (r == 0)
		r = load_granted(reading->policy, account->user, own, holdings);
	ret->named = ret->named || holdings->n > granted;
	for (; r == 0 && granted < holdings->n; granted++)
		r = id_set_add(&ret->roles, holdings->item[granted].role);
	if (r < 0)
		return r;
	id_set_settle(&ret->roles);
	drop_excepted(&excepted, &ret->roles, holdings, first);
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
		scoped(account_roles_clear) struct account_roles roles = { 0 };
		struct access_account account;

		decode_text(&decoder, user, sizeof(user));
		if (decoder.damaged || strcmp(user, reading->request->subject.user) == 0)
			continue;
		reading->has_others = true;
		account = other_account(reading->request, user);
		r = load_account(reading, &account, false, &roles);
		if (r == 0)
			r = id_set_join(&reading->held, &roles.roles);
		if (r < 0)
			return r;
	}
	return decode_end(&decoder);
}

/* Whether the policy governs the subject. Returns 1, 0 or a negative errno. */
static int is_governed(const struct reading *reading, const struct account_roles *roles)
{
	const struct access_request *request = reading->request;
	uid_t uid = request->uid;
	int r;

	if (roles->named)
		return 1;
	if (reading->find_uid && roles->roles.n > 0) {
		r = reading->find_uid(request->subject.user, &uid);
		if (r < 0)
			return r == -ENOENT ? 1 : r;
	}
	return uid_governed(uid, reading->policy->meta.facts.min_uid);
}

static int load_roles_held(struct reading *reading)
{
	scoped(account_roles_clear) struct account_roles roles = { 0 };
	int r;

	r = load_account(reading, &reading->request->subject, true, &roles);
	if (r < 0)
		return r;
	r = is_governed(reading, &roles);
	if (r <= 0)
		return r;
	reading->access->subject = SUBJECT_GOVERNED;
	reading->own = take(roles.roles, (struct id_set){ 0 });
	r = id_set_join(&reading->held, &reading->own);
	if (r == 0)
		r = hold_others(reading, roles.person);
	id_set_settle(&reading->held);
	return r;
}

int load_subject(struct reading *reading)
{
	const struct access_request *request = reading->request;
	const int r = load_departure(reading);

	if (r < 0)
		return r;
	if (request->uid == 0) {
		reading->access->subject = SUBJECT_ROOT;
		return 0;
	}
	if (meta_is_break_glass(&reading->policy->meta, request->subject.user)) {
		reading->access->subject = SUBJECT_BREAK_GLASS;
		return 0;
	}
	return load_roles_held(reading);
}
