/* SPDX-License-Identifier: MIT */
/* review_list.c - who holds one role, by what, and what is wrong with his account. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>

#include <openssl/evp.h>

#include <sereno/age.h>
#include <sereno/login.h>
#include <sereno/role_use.h>
#include <sereno/scoped.h>
#include <sereno/sorted.h>

#include "review.h"

#define NAME_ROOM 4096 /* for what the name service says of one account */
#define DAY_SEC	  86400

struct drawing {
	const struct review *review;
	struct review_list *list;
	const char **except; /* sorted */
	struct review_member next;
};

void review_list_clear(struct review_list *list)
{
	for (size_t i = 0; i < list->n_owned; i++)
		free(list->owned[i]);
	free(list->owned);
	free(list->item);
	*list = (struct review_list){ 0 };
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static int add(struct review_list *list, const struct review_member *member)
{
	struct review_member *room;

	/* Doubled whenever it is full: n is then a power of two. */
	if ((list->n & (list->n - 1)) == 0) {
		room = reallocarray(list->item, list->n ? 2 * list->n : 1, sizeof(*room));
		if (!room)
			return -ENOMEM;
		list->item = room;
	}
	list->item[list->n++] = *member;
	return 0;
}

static int add_user(void *context, const char *user)
{
	struct drawing *drawing = context;
	const size_t n = drawing->list->role->except.n;

	if (n > 0 && bsearch(&user, drawing->except, n, sizeof(*drawing->except), compare_names))
		return 0;
	drawing->next.user = user;
	return add(drawing->list, &drawing->next);
}

static int own_name(struct review_list *list, const char *name, const char **ret)
{
	char **owned;
	char *copy;

	if ((list->n_owned & (list->n_owned - 1)) == 0) {
		owned = reallocarray(list->owned, list->n_owned ? 2 * list->n_owned : 1,
				     sizeof(*owned));
		if (!owned)
			return -ENOMEM;
		list->owned = owned;
	}
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	list->owned[list->n_owned++] = copy;
	*ret = copy;
	return 0;
}

static int add_group(struct drawing *drawing, const char *name)
{
	const struct people *people = drawing->review->registrar.people;
	const struct unix_group *local = people_group(people, name);
	const struct group *group;
	const char *user;
	int r = 0;

	drawing->next.group = name;
	if (local)
		return people_members(people, local, add_user, drawing);
	group = *drawing->review->root ? NULL : getgrnam(name);
	for (size_t i = 0; r == 0 && group && group->gr_mem[i]; i++) {
		r = own_name(drawing->list, group->gr_mem[i], &user);
		if (r == 0)
			r = add_user(drawing, user);
	}
	return r;
}

static int add_written(struct drawing *drawing)
{
	const struct role *role = drawing->list->role;
	scoped_free const char **except = calloc(role->except.n + 1, sizeof(*except));
	int r = 0;

	if (!except)
		return -ENOMEM;
	for (size_t i = 0; i < role->except.n; i++)
		except[i] = role->except.item[i].text;
	qsort(except, role->except.n, sizeof(*except), compare_names);
	drawing->except = except;
	drawing->next = (struct review_member){ .way = REVIEW_BY_NAME, .until = role->valid.until };
	for (size_t i = 0; r == 0 && i < role->members.n; i++)
		r = add_user(drawing, role->members.item[i].text);
	drawing->next.way = REVIEW_BY_GROUP;
	for (size_t i = 0; r == 0 && i < role->members_of.n; i++)
		r = add_group(drawing, role->members_of.item[i].text);
	drawing->except = NULL;
	return r;
}

static int grant_against(const void *element, const void *key)
{
	return strcmp(((const struct review_grant *)element)->role, key);
}

static int add_granted(struct drawing *drawing)
{
	const struct review *review = drawing->review;
	const struct role *role = drawing->list->role;
	size_t i = 0;
	int r = 0;

	if (review->n_grants > 0)
		i = sorted_first(review->grants, review->n_grants, sizeof(*review->grants),
				 role->name.text, grant_against);
	for (;
	     r == 0 && i < review->n_grants && strcmp(review->grants[i].role, role->name.text) == 0;
	     i++) {
		const struct review_grant *grant = &review->grants[i];
		const struct review_member member = {
			.user = grant->user,
			.grant = grant,
			.way = REVIEW_BY_GRANT,
			.until =
				grant->until < role->valid.until ? grant->until : role->valid.until,
		};

		r = add(drawing->list, &member);
	}
	return r;
}

static int compare_members(const void *left, const void *right)
{
	const struct review_member *a = left, *b = right;
	int order = strcmp(a->user, b->user);

	if (order == 0)
		order = (a->way > b->way) - (a->way < b->way);
	if (order == 0 && a->way == REVIEW_BY_GROUP)
		order = strcmp(a->group, b->group);
	if (order == 0 && a->way == REVIEW_BY_GRANT)
		order = (a->grant->id > b->grant->id) - (a->grant->id < b->grant->id);
	return order;
}

/* In order, and without those who are in a group twice, by its list and as their primary one. */
static void arrange(struct review_list *list)
{
	size_t kept = 0;

	if (list->n == 0)
		return;
	qsort(list->item, list->n, sizeof(*list->item), compare_members);
	for (size_t i = 0; i < list->n; i++)
		if (kept == 0 || compare_members(&list->item[kept - 1], &list->item[i]) != 0)
			list->item[kept++] = list->item[i];
	list->n = kept;
}

static int uid_against(const void *element, const void *key)
{
	const uid_t uid = (*(const struct account *const *)element)->uid;
	const uid_t wanted = *(const uid_t *)key;

	return (uid > wanted) - (uid < wanted);
}

/* Another account with his number. */
static const char *twin_of(const struct review *review, const struct review_member *member)
{
	const size_t n = review->registrar.people->n_accounts;
	size_t i = 0;

	if (n > 0)
		i = sorted_first(review->by_uid, n, sizeof(*review->by_uid), &member->uid,
				 uid_against);
	for (; i < n && review->by_uid[i]->uid == member->uid; i++)
		if (strcmp(review->by_uid[i]->name, member->user) != 0)
			return review->by_uid[i]->name;
	return NULL;
}

static void find_account(const struct review *review, struct review_member *member)
{
	const struct account *account = people_account(review->registrar.people, member->user);
	struct passwd entry, *found = NULL;
	char room[NAME_ROOM];

	member->uid = LOGIN_NONE;
	if (account) {
		member->uid = account->uid;
		if (account->expires_day != ACCOUNT_NEVER_EXPIRES &&
		    account->expires_day <= review->registrar.act.at / DAY_SEC)
			member->flaws |= REVIEW_EXPIRED;
	} else if (!*review->root &&
		   getpwnam_r(member->user, &entry, room, sizeof(room), &found) == 0 && found) {
		member->uid = found->pw_uid;
	}
}

static bool is_present(const struct review *review, const struct review_member *member)
{
	scoped_free struct login *logins = NULL;

	return member->last_login >= review->booted &&
	       login_list(review->root, member->uid, &logins) > 0;
}

static int number_against(const void *element, const void *key)
{
	const uid_t uid = *(const uid_t *)element, wanted = *(const uid_t *)key;

	return (uid > wanted) - (uid < wanted);
}

static bool has_record(const struct review *review, uid_t uid)
{
	size_t i;

	if (review->n_aged == 0)
		return false;
	i = sorted_first(review->aged, review->n_aged, sizeof(*review->aged), &uid, number_against);
	return i < review->n_aged && review->aged[i] == uid;
}

/* When he was seen last, also by an administrator who let him in again. */
static void look_at_use(const struct review *review, struct review_member *member)
{
	const struct age_owner owner = { review->root, member->user, member->uid };
	const int64_t now = review->registrar.act.at;
	struct age age = { 0 };
	int64_t seen;

	if (has_record(review, member->uid) && age_read(&owner, &age, NULL) < 0) {
		member->flaws |= REVIEW_UNREADABLE;
		return;
	}
	member->last_login = age.last_login;
	seen = age.last_login > age.renewed ? age.last_login : age.renewed;
	if (seen == 0)
		seen = age.begun;
	if (is_present(review, member))
		member->flaws |= REVIEW_PRESENT;
	else if (seen + review->dormant_sec <= now)
		member->flaws |= REVIEW_DORMANT;
}

static int look_at_account(const struct review *review, struct review_member *member)
{
	const struct grants *grants = policy_grants(review->registrar.policy);
	struct departure departure;
	int r = 0;

	find_account(review, member);
	if (member->uid == LOGIN_NONE) {
		member->flaws |= REVIEW_NO_ACCOUNT;
	} else {
		member->twin = twin_of(review, member);
		if (member->twin)
			member->flaws |= REVIEW_SHARED_UID;
		look_at_use(review, member);
	}
	if (grants)
		r = grants_departed(grants, member->user, member->uid, &departure);
	if (r > 0 && departure.since <= review->registrar.act.at)
		member->flaws |= REVIEW_DEPARTED;
	return r < 0 ? r : 0;
}

/* Once a user, however he holds the role. */
static int look_at_accounts(const struct review *review, struct review_list *list)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < list->n; i++) {
		struct review_member *member = &list->item[i];
		const struct review_member *before = i > 0 ? member - 1 : NULL;

		if (before && strcmp(before->user, member->user) == 0) {
			member->uid = before->uid;
			member->twin = before->twin;
			member->last_login = before->last_login;
			member->flaws = before->flaws;
			continue;
		}
		r = look_at_account(review, member);
		list->n_users++;
		list->flaws |= member->flaws;
		list->n_dormant += (member->flaws & REVIEW_DORMANT) != 0;
		list->n_orphans += (member->flaws & REVIEW_NO_ACCOUNT) != 0;
		list->n_twins += (member->flaws & REVIEW_SHARED_UID) != 0;
	}
	return r;
}

static void write_member(FILE *text, const struct review_member *member)
{
	const unsigned signed_flaws =
		REVIEW_NO_ACCOUNT | REVIEW_SHARED_UID | REVIEW_EXPIRED | REVIEW_DEPARTED;

	(void)fprintf(text, "%s\n", member->user); /* names hold no line ends */
	switch (member->way) {
	case REVIEW_BY_NAME:
		(void)fputs("name", text);
		break;
	case REVIEW_BY_GROUP:
		(void)fprintf(text, "group %s", member->group);
		break;
	case REVIEW_BY_GRANT:
		(void)fprintf(text, "grant %u", member->grant->id);
		break;
	}
	(void)fprintf(text, "\n%jd\n%u\n%u\n%s\n", (intmax_t)member->until, member->uid,
		      member->flaws & signed_flaws, member->twin ? member->twin : "");
}

static int write_digest(struct review_list *list)
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	scoped_free char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		return -ENOMEM;
	(void)fprintf(stream, "sereno review 1\n%s\n", list->role->name.text);
	for (size_t i = 0; i < list->n; i++)
		write_member(stream, &list->item[i]);
	if (fclose(stream) != 0)
		return -ENOMEM;
	if (EVP_Digest(text, length, bytes, NULL, EVP_sha256(), NULL) != 1)
		return -EIO;
	for (size_t i = 0; i < (REVIEW_DIGEST_HEX - 1) / 2; i++)
		(void)snprintf(list->digest + 2 * i, 3, "%02x", bytes[i]); /* fits */
	return 0;
}

int review_list(const struct review *review, size_t role, struct review_list *ret)
{
	struct review_list list = { .role = &review->in_force.model->roles[role] };
	struct drawing drawing = { .review = review, .list = &list };
	int r;

	r = add_written(&drawing);
	if (r == 0)
		r = add_granted(&drawing);
	if (r == 0) {
		arrange(&list);
		r = look_at_accounts(review, &list);
	}
	if (r == 0)
		r = write_digest(&list);
	if (role_use_last(review->root, list.role->name.text, &list.last_use) < 0)
		list.last_use = 0; /* it is not known */
	if (r < 0) {
		review_list_clear(&list);
		return r;
	}
	*ret = list;
	return 0;
}
