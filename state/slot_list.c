/* SPDX-License-Identifier: MIT */
/* slot_list.c - which accounts have a record of a kind. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include <sereno/scoped.h>

#include "slot_list.h"
#include "slot_place.h"

#define START 64

struct accounts {
	uid_t *uid;
	size_t n, room;
};

static void accounts_clear(struct accounts *accounts)
{
	free(accounts->uid);
}

static void close_directory_p(DIR **directory)
{
	if (*directory)
		(void)closedir(*directory); /* it was only read */
}

static int open_records(const char *root, const char *kind, DIR **ret)
{
	scoped_fd int state = -1;
	scoped_fd int records = -1;
	int r;

	r = slot_place_state(root, SLOT_MUST_EXIST, &state);
	if (r < 0)
		return r;
	r = slot_place_kind(state, kind, SLOT_MUST_EXIST, &records);
	if (r < 0)
		return r;
	*ret = fdopendir(records);
	if (!*ret)
		return neg_errno();
	records = -1; /* the stream's now */
	return 0;
}

/* A record is named by its uid; the other names there are nobody's. */
static bool is_account(const char *name, uid_t *ret)
{
	unsigned long long uid = 0;

	if (name[0] < '0' || name[0] > '9' || (name[0] == '0' && name[1]))
		return false;
	for (; *name; name++) {
		if (*name < '0' || *name > '9')
			return false;
		uid = uid * 10 + (unsigned)(*name - '0');
		if (uid >= UINT32_MAX)
			return false;
	}
	*ret = (uid_t)uid;
	return true;
}

static int add(struct accounts *accounts, uid_t uid)
{
	const size_t room = accounts->room ? accounts->room * 2 : START;
	uid_t *more;

	if (accounts->n >= SLOT_LIST_MAX)
		return -E2BIG;
	if (accounts->n == accounts->room) {
		more = reallocarray(accounts->uid, room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		accounts->uid = more;
		accounts->room = room;
	}
	accounts->uid[accounts->n++] = uid;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const uid_t left = *(const uid_t *)a, right = *(const uid_t *)b;

	return (left > right) - (left < right);
}

ssize_t slot_list(const char *root, const char *kind, uid_t **ret)
{
	scoped(accounts_clear) struct accounts accounts = { .uid = NULL };
	scoped(close_directory_p) DIR *directory = NULL;
	const struct dirent *entry;
	uid_t uid;
	int r;

	r = open_records(root, kind, &directory);
	if (r == -ENOENT) {
		*ret = NULL;
		return 0;
	}
	for (errno = 0; r == 0 && (entry = readdir(directory)); errno = 0)
		if (is_account(entry->d_name, &uid))
			r = add(&accounts, uid);
	if (r == 0 && errno != 0)
		r = neg_errno();
	if (r < 0)
		return r;
	if (accounts.n > 0)
		qsort(accounts.uid, accounts.n, sizeof(*accounts.uid), compare);
	*ret = take(accounts.uid, NULL);
	return (ssize_t)accounts.n;
}
