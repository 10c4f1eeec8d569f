/* SPDX-License-Identifier: MIT */
/* holders.c - users and the roles they hold, gathered once from names and groups. */
#include "holders.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>
#include <sereno/sorted.h>

struct membership {
	const char *user;
	uint32_t role;
};

struct gathering {
	struct membership *item;
	size_t n, allocated;
	uint32_t role;	     /* whose members are being added */
	const char **except; /* of that role, sorted */
	size_t n_except;
	struct holders *holders; /* keeps the names of the name service */
};

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static int compare_memberships(const void *left, const void *right)
{
	const struct membership *a = left, *b = right;
	const int order = strcmp(a->user, b->user);

	return order ? order : (a->role > b->role) - (a->role < b->role);
}

static int add_member(void *context, const char *user)
{
	struct gathering *gathering = context;

	if (gathering->n_except > 0 && bsearch(&user, gathering->except, gathering->n_except,
					       sizeof(*gathering->except), compare_names))
		return 0;
	if (gathering->n == gathering->allocated) {
		const size_t wanted = gathering->allocated ? 2 * gathering->allocated : 256;
		struct membership *item = reallocarray(gathering->item, wanted, sizeof(*item));

		if (!item)
			return -ENOMEM;
		gathering->item = item;
		gathering->allocated = wanted;
	}
	gathering->item[gathering->n++] = (struct membership){ user, gathering->role };
	return 0;
}

static int own_name(struct holders *holders, const char *name, const char **ret)
{
	char **owned = reallocarray(holders->owned, holders->n_owned + 1, sizeof(*owned));
	char *copy;

	if (!owned)
		return -ENOMEM;
	holders->owned = owned;
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	owned[holders->n_owned++] = copy;
	*ret = copy;
	return 0;
}

static int add_group(struct gathering *gathering, const struct people *people, const char *root,
		     const char *name)
{
	const struct unix_group *local = people_group(people, name);
	const struct group *group;
	const char *user;
	int r = 0;

	if (local)
		return people_members(people, local, add_member, gathering);
	group = *root ? NULL : getgrnam(name);
	for (size_t i = 0; r == 0 && group && group->gr_mem[i]; i++) {
		r = own_name(gathering->holders, group->gr_mem[i], &user);
		if (r == 0)
			r = add_member(gathering, user);
	}
	return r;
}

static int add_role(struct gathering *gathering, const struct people *people, const char *root,
		    const struct role *role)
{
	scoped_free const char **except = calloc(role->except.n + 1, sizeof(*except));
	int r = 0;

	if (!except)
		return -ENOMEM;
	for (size_t i = 0; i < role->except.n; i++)
		except[i] = role->except.item[i].text;
	qsort(except, role->except.n, sizeof(*except), compare_names);
	gathering->except = except;
	gathering->n_except = role->except.n;
	for (size_t i = 0; r == 0 && i < role->members.n; i++)
		r = add_member(gathering, role->members.item[i].text);
	for (size_t i = 0; r == 0 && i < role->members_of.n; i++)
		r = add_group(gathering, people, root, role->members_of.item[i].text);
	gathering->except = NULL;
	return r;
}

static uint64_t hash_roles(const struct membership *item, size_t n)
{
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a over the indexes */

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ item[i].role) * 0x100000001b3;
	return hash ^ hash >> 32;
}

static bool same_roles(const struct role_set *set, const struct membership *item, size_t n)
{
	if (set->n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (set->role[i] != item[i].role)
			return false;
	return true;
}

/* The set of the @n roles in @item: one that is there, or a new one. @slots has room to spare. */
static uint32_t intern_set(struct holders *holders, size_t *used, uint32_t *slots, size_t n_slots,
			   const struct membership *item, size_t n)
{
	size_t slot = hash_roles(item, n) & (n_slots - 1);
	struct role_set *set;

	while (slots[slot]) {
		if (same_roles(&holders->sets[slots[slot] - 1], item, n))
			return slots[slot] - 1;
		slot = (slot + 1) & (n_slots - 1);
	}
	set = &holders->sets[holders->n_sets++];
	*set = (struct role_set){ n, holders->roles + *used };
	for (size_t i = 0; i < n; i++)
		holders->roles[(*used)++] = item[i].role;
	slots[slot] = (uint32_t)holders->n_sets;
	return (uint32_t)holders->n_sets - 1;
}

static size_t drop_repeated(struct membership *item, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (kept == 0 || compare_memberships(&item[kept - 1], &item[i]) != 0)
			item[kept++] = item[i];
	return kept;
}

static size_t count_users(const struct membership *item, size_t n)
{
	size_t users = 0;

	for (size_t i = 0; i < n; i++)
		users += i == 0 || strcmp(item[i - 1].user, item[i].user) != 0;
	return users;
}

/* Sort the memberships out into users and sets. */
static int arrange(struct gathering *gathering, struct holders *holders)
{
	struct membership *item = gathering->item;
	scoped_free uint32_t *slots = NULL;
	size_t n_slots = 64, used = 0, n, users;

	qsort(item, gathering->n, sizeof(*item), compare_memberships);
	n = drop_repeated(item, gathering->n);
	users = count_users(item, n);
	while (n_slots < 2 * users)
		n_slots *= 2;
	slots = calloc(n_slots, sizeof(*slots));
	holders->item = calloc(users + 1, sizeof(*holders->item));
	holders->sets = calloc(users + 1, sizeof(*holders->sets));
	holders->roles = calloc(n + 1, sizeof(*holders->roles));
	if (!slots || !holders->item || !holders->sets || !holders->roles)
		return -ENOMEM;
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && strcmp(item[end].user, item[i].user) == 0; end++)
			;
		holders->item[holders->n++] = (struct holder){
			item[i].user,
			intern_set(holders, &used, slots, n_slots, item + i, end - i),
		};
	}
	return 0;
}

int holders_gather(const struct model *model, const struct people *people, const char *root,
		   struct holders *ret)
{
	struct holders holders = { 0 };
	struct gathering gathering = { .holders = &holders };
	int r = 0;

	for (size_t i = 0; r == 0 && i < model->n_roles; i++) {
		gathering.role = (uint32_t)i;
		r = add_role(&gathering, people, root, &model->roles[i]);
	}
	/* qsort() wants an array even for nobody. */
	if (r == 0 && !gathering.item)
		gathering.item = calloc(1, sizeof(*gathering.item));
	if (r == 0)
		r = gathering.item ? arrange(&gathering, &holders) : -ENOMEM;
	free(gathering.item);
	if (r < 0) {
		holders_clear(&holders);
		return r;
	}
	*ret = holders;
	return 0;
}

void holders_clear(struct holders *holders)
{
	for (size_t i = 0; i < holders->n_owned; i++)
		free(holders->owned[i]);
	free(holders->owned);
	free(holders->item);
	free(holders->sets);
	free(holders->roles);
	*holders = (struct holders){ 0 };
}

static int compare_holder(const void *key, const void *element)
{
	return strcmp(key, ((const struct holder *)element)->user);
}

const struct role_set *holders_find(const struct holders *holders, const char *user)
{
	const struct holder *holder = NULL;

	if (holders->n > 0)
		holder = bsearch(user, holders->item, holders->n, sizeof(*holders->item),
				 compare_holder);
	return holder ? &holders->sets[holder->set] : NULL;
}

static int compare_name(const void *element, const void *key)
{
	return strcmp(((const struct name *)element)->text, key);
}

static bool names_exclude(const struct role *a, const struct role *b)
{
	const struct names *names = &a->excludes;
	const size_t at = sorted_first(names->item, names->n, sizeof(*names->item), b->name.text,
				       compare_name);

	return at < names->n && strcmp(names->item[at].text, b->name.text) == 0;
}

bool roles_exclude(const struct role *a, const struct role *b)
{
	return names_exclude(a, b) || names_exclude(b, a);
}

bool roles_clash(const struct role *a, const struct role *b)
{
	return a->unattended != b->unattended || roles_exclude(a, b);
}

static bool is_excluded(const struct model *model, const struct role_set *set, size_t index,
			int64_t now)
{
	const struct role *role = &model->roles[set->role[index]];

	for (size_t i = 0; i < set->n; i++) {
		const struct role *other = &model->roles[set->role[i]];

		if (i != index && validity_holds(&other->valid, now) && roles_clash(role, other))
			return true;
	}
	return false;
}

size_t role_set_at(const struct model *model, const struct role_set *set, int64_t now,
		   uint32_t *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++)
		if (validity_holds(&model->roles[set->role[i]].valid, now) &&
		    !is_excluded(model, set, i, now))
			ret[n++] = set->role[i];
	return n;
}
