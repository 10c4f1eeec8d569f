/* SPDX-License-Identifier: MIT */
/* account.c - accounts and groups asked of NSS, with bounded buffers. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include <sereno/account.h>
#include <sereno/scoped.h>

#define BUFFER_START 1024
#define BUFFER_MAX   (1u << 20)
#define GROUPS_START 64
#define GROUPS_MAX   65536 /* as many as the kernel gives a process */

static int account_copy(const struct passwd *entry, struct account *ret)
{
	struct account account = { .uid = entry->pw_uid, .gid = entry->pw_gid };
	const size_t length = strlen(entry->pw_name);

	if (length >= sizeof(account.name))
		return -ENAMETOOLONG;
	memcpy(account.name, entry->pw_name, length);
	if (entry->pw_gecos)
		(void)snprintf(account.full_name, sizeof(account.full_name), "%s", entry->pw_gecos);
	*ret = account;
	return 0;
}

/* One question to NSS in a buffer of @size bytes; by name, or by @uid when @name is NULL. */
static int account_ask(const char *name, uid_t uid, size_t size, struct account *ret)
{
	scoped_free char *buffer = malloc(size);
	struct passwd entry;
	struct passwd *found = NULL;
	int err;

	if (!buffer)
		return -ENOMEM;
	if (name)
		err = getpwnam_r(name, &entry, buffer, size, &found);
	else
		err = getpwuid_r(uid, &entry, buffer, size, &found);
	if (found)
		return account_copy(found, ret);
	/* POSIX lets a database say "not there" in several ways */
	return err == 0 || err == ENOENT ? -ESRCH : -err;
}

static int account_find(const char *name, uid_t uid, struct account *ret)
{
	int r = -ERANGE;

	for (size_t size = BUFFER_START; r == -ERANGE && size <= BUFFER_MAX; size *= 4)
		r = account_ask(name, uid, size, ret);
	return r;
}

int account_by_name(const char *name, struct account *ret)
{
	return account_find(name, 0, ret);
}

int account_by_uid(uid_t uid, struct account *ret)
{
	return account_find(NULL, uid, ret);
}

ssize_t account_groups(const struct account *account, gid_t **ret)
{
	for (int room = GROUPS_START; room <= GROUPS_MAX; room *= 4) {
		scoped_free gid_t *groups = calloc((size_t)room, sizeof(*groups));
		int n = room;

		if (!groups)
			return -ENOMEM;
		if (getgrouplist(account->name, account->gid, groups, &n) >= 0) {
			*ret = take(groups, NULL);
			return n;
		}
	}
	return -E2BIG;
}
