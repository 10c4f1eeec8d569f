/* SPDX-License-Identifier: MIT */
/* people.c - users and groups from files, each read once. */
#include "people.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/scoped.h>
#include <sereno/sorted.h>

#define PEOPLE_MAX_BYTES                                                         \
	(256L << 20) /* far above any real passwd; keeps a mistake out of memory \
		      */

static int read_file(const char *root, const char *name, char **ret)
{
	scoped_free char *path = NULL;
	scoped_free char *text = NULL;
	scoped_fd int fd = -1;
	struct stat st;
	ssize_t length;
	size_t used = 0;

	if (asprintf(&path, "%s/etc/%s", root, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		return neg_errno();
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_size > PEOPLE_MAX_BYTES)
		return -EFBIG;
	text = malloc((size_t)st.st_size + 1);
	if (!text)
		return -ENOMEM;
	while (used < (size_t)st.st_size) {
		length = read(fd, text + used, (size_t)st.st_size - used);
		if (length < 0)
			return neg_errno();
		if (length == 0)
			break;
		used += (size_t)length;
	}
	text[used] = '\0';
	*ret = take(text, NULL);
	return 0;
}

/* Cut the next line off *@rest and split it at colons; returns how many fields, 0 at the end. */
static size_t next_line(char **rest, char **field, size_t max)
{
	char *line = strsep(rest, "\n");
	size_t n = 0;

	while (line && n < max)
		field[n++] = strsep(&line, ":");
	return n;
}

static bool to_number(const char *text, int64_t max, int64_t *ret)
{
	unsigned long long value;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || *end || value > (unsigned long long)max)
		return false;
	*ret = (int64_t)value;
	return true;
}

static size_t count_lines(const char *text)
{
	size_t n = 1;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* By name; of two the earlier in the file first, as the C library sees it. */
static int compare_accounts(const void *left, const void *right)
{
	const struct account *a = left, *b = right;
	const int order = strcmp(a->name, b->name);

	return order ? order : (a->name > b->name) - (a->name < b->name);
}

static int compare_groups(const void *left, const void *right)
{
	const struct unix_group *a = left, *b = right;
	const int order = strcmp(a->name, b->name);

	return order ? order : (a->name > b->name) - (a->name < b->name);
}

static int compare_gids(const void *left, const void *right)
{
	const struct account *a = *(struct account *const *)left;
	const struct account *b = *(struct account *const *)right;

	return (a->gid > b->gid) - (a->gid < b->gid);
}

static int read_accounts(const char *root, struct people *people)
{
	char *field[7];
	char *rest;
	int r = read_file(root, "passwd", &people->text[0]);

	if (r < 0)
		return r;
	rest = people->text[0];
	people->accounts = calloc(count_lines(rest), sizeof(*people->accounts));
	if (!people->accounts)
		return -ENOMEM;
	while (rest) {
		int64_t uid, gid;

		if (next_line(&rest, field, ARRAY_SIZE(field)) < ARRAY_SIZE(field) || !*field[0] ||
		    !to_number(field[2], UINT32_MAX, &uid) ||
		    !to_number(field[3], UINT32_MAX, &gid))
			continue;
		people->accounts[people->n_accounts++] = (struct account){
			.name = field[0],
			.uid = (uid_t)uid,
			.gid = (gid_t)gid,
			.full_name = field[4],
			.home = field[5],
			.shell = field[6],
			.password = strcmp(field[1], "x") == 0 ? NULL : field[1],
			.expires_day = ACCOUNT_NEVER_EXPIRES,
		};
	}
	qsort(people->accounts, people->n_accounts, sizeof(*people->accounts), compare_accounts);
	return 0;
}

/* Cut a list of names apart in place; empty ones stay and match nobody. */
static size_t split_members(char *list)
{
	size_t n = 1;

	if (!*list)
		return 0;
	for (; *list; list++) {
		if (*list != ',')
			continue;
		*list = '\0';
		n++;
	}
	return n;
}

static int read_groups(const char *root, struct people *people)
{
	char *field[4];
	char *rest;
	int r = read_file(root, "group", &people->text[1]);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	rest = people->text[1];
	people->groups = calloc(count_lines(rest), sizeof(*people->groups));
	if (!people->groups)
		return -ENOMEM;
	while (rest) {
		int64_t gid;

		if (next_line(&rest, field, ARRAY_SIZE(field)) < ARRAY_SIZE(field) || !*field[0] ||
		    !to_number(field[2], UINT32_MAX, &gid))
			continue;
		people->groups[people->n_groups++] = (struct unix_group){
			.name = field[0],
			.gid = (gid_t)gid,
			.n_members = split_members(field[3]),
			.members = field[3],
		};
	}
	qsort(people->groups, people->n_groups, sizeof(*people->groups), compare_groups);
	return 0;
}

static int account_against(const void *element, const void *name)
{
	return strcmp(((const struct account *)element)->name, name);
}

static struct account *find_account(const struct people *people, const char *name)
{
	const size_t low = sorted_first(people->accounts, people->n_accounts,
					sizeof(*people->accounts), name, account_against);

	if (low == people->n_accounts || strcmp(people->accounts[low].name, name) != 0)
		return NULL;
	return &people->accounts[low];
}

static int read_shadow(const char *root, struct people *people)
{
	char *field[9];
	char *rest;
	int r = read_file(root, "shadow", &people->text[2]);

	if (r == -ENOENT || r == -EACCES)
		return 0;
	if (r < 0)
		return r;
	people->has_shadow = true;
	rest = people->text[2];
	while (rest) {
		size_t n = next_line(&rest, field, ARRAY_SIZE(field));
		struct account *account = n >= 2 ? find_account(people, field[0]) : NULL;
		int64_t day;

		if (!account || account->password)
			continue;
		account->password = field[1];
		if (n >= 8 && to_number(field[7], INT32_MAX, &day))
			account->expires_day = day;
	}
	return 0;
}

static int index_by_gid(struct people *people)
{
	people->by_gid = calloc(people->n_accounts + 1, sizeof(struct account *));
	if (!people->by_gid)
		return -ENOMEM;
	for (size_t i = 0; i < people->n_accounts; i++)
		people->by_gid[i] = &people->accounts[i];
	qsort(people->by_gid, people->n_accounts, sizeof(struct account *), compare_gids);
	return 0;
}

int people_read(const char *root, struct people **ret)
{
	scoped(people_free_p) struct people *people = calloc(1, sizeof(*people));
	int r;

	if (!people)
		return -ENOMEM;
	r = read_accounts(root, people);
	if (r == 0)
		r = read_groups(root, people);
	if (r == 0)
		r = read_shadow(root, people);
	if (r == 0)
		r = index_by_gid(people);
	if (r < 0)
		return r;
	*ret = take(people, NULL);
	return 0;
}

void people_free(struct people *people)
{
	if (!people)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(people->text); i++)
		free(people->text[i]);
	free(people->accounts);
	free((void *)people->by_gid);
	free(people->groups);
	free(people);
}

void people_free_p(struct people **people)
{
	people_free(*people);
}

const struct account *people_account(const struct people *people, const char *name)
{
	return find_account(people, name);
}

static int group_against(const void *element, const void *name)
{
	return strcmp(((const struct unix_group *)element)->name, name);
}

const struct unix_group *people_group(const struct people *people, const char *name)
{
	const size_t low = sorted_first(people->groups, people->n_groups, sizeof(*people->groups),
					name, group_against);

	if (low == people->n_groups || strcmp(people->groups[low].name, name) != 0)
		return NULL;
	return &people->groups[low];
}

const struct account *people_by_uid(const struct people *people, uid_t uid)
{
	const struct account *first = NULL;

	for (size_t i = 0; i < people->n_accounts; i++)
		if (people->accounts[i].uid == uid &&
		    (!first || people->accounts[i].name < first->name))
			first = &people->accounts[i];
	return first;
}

static int gid_against(const void *element, const void *key)
{
	const gid_t gid = (*(struct account *const *)element)->gid, wanted = *(const gid_t *)key;

	return (gid > wanted) - (gid < wanted);
}

/* The first index in by_gid whose primary group is not below @gid. */
static size_t lower_gid(const struct people *people, gid_t gid)
{
	return sorted_first(people->by_gid, people->n_accounts, sizeof(struct account *), &gid,
			    gid_against);
}

int people_members(const struct people *people, const struct unix_group *group,
		   int (*visit)(void *context, const char *user), void *context)
{
	const char *name = group->members;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < group->n_members; i++, name += strlen(name) + 1)
		if (*name)
			r = visit(context, name);
	for (size_t i = lower_gid(people, group->gid);
	     r >= 0 && i < people->n_accounts && people->by_gid[i]->gid == group->gid; i++)
		r = visit(context, people->by_gid[i]->name);
	return r < 0 ? r : 0;
}

static bool group_lists(const struct unix_group *group, const char *user)
{
	const char *name = group->members;

	for (size_t i = 0; i < group->n_members; i++, name += strlen(name) + 1)
		if (strcmp(name, user) == 0)
			return true;
	return false;
}

int people_groups_of(const struct people *people, const char *user, gid_t **ret, size_t *ret_n)
{
	const struct account *account = people_account(people, user);
	gid_t *gids = calloc(people->n_groups + 1, sizeof(*gids));
	size_t n = 0;

	if (!gids)
		return -ENOMEM;
	if (account)
		gids[n++] = account->gid;
	for (size_t i = 0; i < people->n_groups; i++)
		if (group_lists(&people->groups[i], user))
			gids[n++] = people->groups[i].gid;
	*ret = gids;
	*ret_n = n;
	return 0;
}

bool account_has_shell(const struct account *account)
{
	static const char *const none[] = {
		"nologin", "false", "true", "sync", "halt", "shutdown"
	};
	const char *slash = strrchr(account->shell, '/');
	const char *name = slash ? slash + 1 : account->shell;

	if (!*account->shell)
		return true; /* login programs then take /bin/sh */
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		if (strcmp(name, none[i]) == 0)
			return false;
	return true;
}

bool account_has_password(const struct account *account)
{
	return account->password && *account->password != '!' && *account->password != '*';
}
