/* SPDX-License-Identifier: MIT */
/* own_groups.c - numbers for the groups that roles give and the host does not have. */
#include "own_groups.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sereno/scoped.h>

#define GID_MAP "/proc/self/gid_map"

int own_groups_read(const char *root, const struct people *people, struct own_groups *ret)
{
	struct own_groups own = { .root = root, .people = people };
	const int r = group_numbers_read(root, &own.numbers);

	if (r == 0)
		*ret = own;
	return r;
}

void own_groups_clear(struct own_groups *own)
{
	group_numbers_clear(&own->numbers);
}

/* A container may have the first 65536 numbers and no others; setgroups(2) then fails for who is in
 * one of ours, and so does every login of his. */
static bool is_mapped(gid_t gid)
{
	scoped_file FILE *map = fopen(GID_MAP, "re");
	scoped_free char *line = NULL;
	size_t size = 0;

	if (!map)
		return true; /* no namespaces of users */
	while (getline(&line, &size, map) > 0) {
		char *rest;
		const unsigned long first = strtoul(line, &rest, 10);
		unsigned long count;

		(void)strtoul(rest, &rest, 10);
		count = strtoul(rest, &rest, 10);
		if (gid >= first && gid - first < count)
			return true;
	}
	return false;
}

static bool is_taken(const struct own_groups *own, gid_t gid)
{
	for (size_t i = 0; i < own->people->n_groups; i++)
		if (own->people->groups[i].gid == gid)
			return true;
	/* A directory's, or one of ours whose number was forgotten. */
	return own->root[0] == '\0' && getgrgid(gid);
}

int own_groups_number(struct own_groups *own, const char *name, gid_t *ret)
{
	gid_t gid = own->numbers.next;
	int r;

	if (own->root[0] == '\0' && !is_mapped(OWN_GID_LAST))
		return -ERANGE;
	if (group_numbers_find(&own->numbers, name, ret) == 0)
		return 0;
	while (gid <= OWN_GID_LAST && is_taken(own, gid))
		gid++;
	r = group_numbers_add(&own->numbers, name, gid);
	if (r < 0)
		return r;
	own->changed = true;
	*ret = gid;
	return 1;
}

int own_groups_save(const struct own_groups *own)
{
	return own->changed ? group_numbers_write(own->root, &own->numbers) : 0;
}
