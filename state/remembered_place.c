/* SPDX-License-Identifier: MIT */
/* remembered_place.c - the places where a second factor can be remembered, as the kernel tells. */
#include <sereno/remembered.h>

#include <string.h>
#include <sys/stat.h>

#include <sereno/login.h>
#include <sereno/scoped.h>
#include <sereno/service.h>

#include "process.h"

#define ANCESTORS_MAX 64
#define PATH_SIZE     64

static struct remembered_place place_of(const struct login *login)
{
	return (struct remembered_place){ REMEMBERED_LOGIN, (uint64_t)login->leader,
					  login->leader_start };
}

/* A job and a user manager are no login: what runs there has no place of its own. */
static int place_if_login(const struct login *login, struct remembered_place *ret)
{
	if (service_kind(login->service) != SERVICE_LOGIN)
		return -ENOENT;
	*ret = place_of(login);
	return 0;
}

static const struct login *opened_by(const struct login *logins, size_t n, pid_t pid)
{
	for (size_t i = 0; i < n; i++)
		if (logins[i].leader == pid && service_kind(logins[i].service) == SERVICE_LOGIN)
			return &logins[i];
	return NULL;
}

/*
 * Without audit sessions: the nearest ancestor that opened a login of @uid. Nobody can get himself
 * such an ancestor; who has lost his is in no login that could be told.
 */
static int find_by_ancestors(const char *root, uid_t uid, struct remembered_place *ret)
{
	scoped_free struct login *logins = NULL;
	const ssize_t n = login_list(root, uid, &logins);
	const struct login *login = NULL;
	pid_t pid = getpid();
	int r;

	if (n < 0)
		return (int)n;
	for (int i = 0; i < ANCESTORS_MAX && pid > 1 && !login; i++) {
		login = opened_by(logins, (size_t)n, pid);
		r = process_parent(pid, &pid);
		if (r < 0)
			return r;
	}
	if (!login)
		return -ENOENT;
	*ret = place_of(login);
	return 0;
}

int remembered_own_login(const char *root, uid_t uid, struct remembered_place *ret)
{
	struct login own;
	uint32_t session;
	uid_t login_uid;
	int r;

	r = login_self(&session, &login_uid);
	if (r < 0)
		return r;
	if (session == LOGIN_NONE)
		return find_by_ancestors(root, uid, ret);
	r = login_find(root, session, login_uid, &own);
	return r < 0 ? r : place_if_login(&own, ret);
}

int remembered_process(pid_t pid, struct remembered_place *ret)
{
	uint64_t start;
	int r;

	if (pid <= 1)
		return -ENOENT;
	r = process_start(pid, &start);
	if (r < 0)
		return r;
	*ret = (struct remembered_place){ REMEMBERED_LOGIN, (uint64_t)pid, start };
	return 0;
}

int remembered_line(const char *tty, struct remembered_place *ret)
{
	const char *name = strncmp(tty, "/dev/", 5) == 0 ? tty + 5 : tty;
	char path[PATH_SIZE];
	struct stat st;
	const int n = snprintf(path, sizeof(path), "/dev/%s", name);

	if (!name[0] || strchr(name, '/') || n < 0 || (size_t)n >= sizeof(path))
		return -ENOENT;
	if (lstat(path, &st) < 0)
		return neg_errno();
	if (!S_ISCHR(st.st_mode))
		return -ENOENT;
	*ret = (struct remembered_place){ REMEMBERED_LINE, (uint64_t)st.st_rdev, 0 };
	return 0;
}
