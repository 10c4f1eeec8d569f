/* SPDX-License-Identifier: MIT */
/* membership.c - the growing list of groups that libc gathers for one user. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "membership.h"

#define LEAST_SIZE 16

int membership_gathered(const struct membership *membership, gid_t **ret, size_t *ret_n)
{
	const size_t n = *membership->start > 0 ? (size_t)*membership->start : 0;
	gid_t *gids = calloc(n + 1, sizeof(*gids));

	if (!gids)
		return -ENOMEM;
	gids[0] = membership->primary;
	if (n > 0)
		memcpy(gids + 1, *membership->groups, n * sizeof(*gids));
	*ret = gids;
	*ret_n = n + 1;
	return 0;
}

static bool is_there(const struct membership *membership, gid_t gid)
{
	for (long i = 0; i < *membership->start; i++)
		if ((*membership->groups)[i] == gid)
			return true;
	return gid == membership->primary;
}

/* Make room for one more. Returns 1, 0 (the limit is reached) or -ENOMEM. */
static int make_room(struct membership *membership)
{
	const long limit = membership->limit, old = *membership->size;
	long size = old < LEAST_SIZE ? LEAST_SIZE : old * 2;
	gid_t *grown;

	if (*membership->start < old)
		return 1;
	if (limit > 0 && size > limit)
		size = limit;
	if (size <= old)
		return 0;
	grown = reallocarray(*membership->groups, (size_t)size, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	*membership->groups = grown;
	*membership->size = size;
	return 1;
}

int membership_add(struct membership *membership, const gid_t *gids, size_t n)
{
	int r = 1, added = 0;

	for (size_t i = 0; r > 0 && i < n; i++) {
		if (is_there(membership, gids[i]))
			continue;
		r = make_room(membership);
		if (r > 0) {
			(*membership->groups)[(*membership->start)++] = gids[i];
			added = 1;
		}
	}
	return r < 0 ? r : added;
}
