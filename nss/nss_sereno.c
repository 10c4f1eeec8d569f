/* SPDX-License-Identifier: MIT */
/*
 * nss_sereno.c - what libc asks: which groups a user is in, and what sereno's own are called.
 *
 * Runs inside every program that looks a group up, setuid ones and many threads included: no
 * static or thread-local data, no environment, nothing logged, nothing kept open, errno as it was.
 */
#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include <sereno/groups.h>
#include <sereno/scoped.h>

#include "local_account.h"
#include "membership.h"
#include "room.h"

/* Declared by no header of libc. */
enum nss_status _nss_sereno_initgroups_dyn(const char *user, gid_t primary, long *start, long *size,
					   gid_t **groups, long limit, int *errnop);
enum nss_status _nss_sereno_getgrnam_r(const char *name, struct group *ret, char *buffer,
				       size_t length, int *errnop);
enum nss_status _nss_sereno_getgrgid_r(gid_t gid, struct group *ret, char *buffer, size_t length,
				       int *errnop);
enum nss_status _nss_sereno_setgrent(int stay_open);
enum nss_status _nss_sereno_getgrent_r(struct group *ret, char *buffer, size_t length, int *errnop);
enum nss_status _nss_sereno_endgrent(void);

/* The only place where an errno becomes a status; @r is 1 (found), 0 (not found) or negative. For
 * what is not there errno stays as it is, as for a success. */
static enum nss_status status_of(int r, int *errnop)
{
	if (r >= 0)
		return r > 0 ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND;
	switch (-r) {
	case ERANGE: /* libc comes again with more room */
	case ENOMEM:
		*errnop = -r;
		return NSS_STATUS_TRYAGAIN;
	case EBADMSG: /* nothing that a program could repair: as if there were no such service */
	case EPERM:
		*errnop = ENOENT;
		return NSS_STATUS_UNAVAIL;
	default:
		*errnop = -r;
		return NSS_STATUS_UNAVAIL;
	}
}

static int find_by_name(const char *name, struct group *ret, char *buffer, size_t length)
{
	scoped(policy_close_p) struct policy *policy = NULL;
	gid_t gid;
	int r;

	if (!own_group_name(name))
		return 0;
	r = policy_open_for_all("", &policy);
	if (r == 0)
		r = policy_own_group(policy, name, &gid);
	if (r <= 0)
		return r;
	r = room_fill_group(buffer, length, name, gid, ret);
	return r < 0 ? r : 1;
}

static int find_by_gid(gid_t gid, struct group *ret, char *buffer, size_t length)
{
	scoped(policy_close_p) struct policy *policy = NULL;
	char name[OWN_GROUP_NAME_MAX + 1];
	int r;

	if (!gid_is_own(gid))
		return 0;
	r = policy_open_for_all("", &policy);
	if (r == 0)
		r = policy_own_gid(policy, gid, name);
	if (r <= 0)
		return r;
	r = room_fill_group(buffer, length, name, gid, ret);
	return r < 0 ? r : 1;
}

static int add_memberships(const char *user, struct membership *membership)
{
	scoped_free gid_t *given = NULL, *gathered = NULL;
	struct group_asker asker = { .user = user, .find_uid = local_account_uid };
	size_t n = 0;
	int r;

	/* Root needs no group, and its processes must start whatever became of the policy. */
	if (strcmp(user, "root") == 0)
		return 0;
	r = membership_gathered(membership, &gathered, &asker.n_groups);
	if (r < 0)
		return r;
	asker.groups = gathered;
	r = groups_in_force("", &asker, time(NULL), &given, &n);
	return r < 0 ? r : membership_add(membership, given, n);
}

EXPORT enum nss_status _nss_sereno_getgrnam_r(const char *name, struct group *ret, char *buffer,
					      size_t length, int *errnop)
{
	const int saved = errno;
	const int r = find_by_name(name, ret, buffer, length);

	errno = saved; /* before the status: errnop may point there */
	return status_of(r, errnop);
}

EXPORT enum nss_status _nss_sereno_getgrgid_r(gid_t gid, struct group *ret, char *buffer,
					      size_t length, int *errnop)
{
	const int saved = errno;
	const int r = find_by_gid(gid, ret, buffer, length);

	errno = saved;
	return status_of(r, errnop);
}

EXPORT enum nss_status _nss_sereno_initgroups_dyn(const char *user, gid_t primary, long *start,
						  long *size, gid_t **groups, long limit,
						  int *errnop)
{
	struct membership membership = { primary, start, size, groups, limit };
	const int saved = errno;
	const int r = add_memberships(user, &membership);

	errno = saved;
	return status_of(r, errnop);
}

/*
 * Listing all groups names none of ours. libc hands this function nothing to keep a place in the
 * list by, so it would take static data; and a list without members tells nobody anything that
 * getgrnam_r() and getgrgid_r() do not.
 */
EXPORT enum nss_status _nss_sereno_setgrent(int stay_open)
{
	(void)stay_open;
	return NSS_STATUS_SUCCESS;
}

EXPORT enum nss_status _nss_sereno_getgrent_r(struct group *ret, char *buffer, size_t length,
					      int *errnop)
{
	(void)ret;
	(void)buffer;
	(void)length;
	(void)errnop;
	return NSS_STATUS_NOTFOUND;
}

EXPORT enum nss_status _nss_sereno_endgrent(void)
{
	return NSS_STATUS_SUCCESS;
}
