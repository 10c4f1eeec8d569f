/* SPDX-License-Identifier: MIT */
/* own_groups.h - numbers for the groups that roles give and the host does not have. */
#ifndef ADMIN_OWN_GROUPS_H
#define ADMIN_OWN_GROUPS_H

#include <sereno/group_numbers.h>

#include "people.h"

/* Release with own_groups_clear(). */
struct own_groups {
	const char *root;
	const struct people *people;
	struct group_numbers numbers;
	bool changed; /* since they were read */
};

/* Read the numbers given out so far below @root. Returns 0 or as group_numbers_read(). */
int own_groups_read(const char *root, const struct people *people, struct own_groups *ret);
void own_groups_clear(struct own_groups *own);

/* compile_inputs.own_group. A new number is one that no group of the host has. */
int own_groups_number(struct own_groups *own, const char *name, gid_t *ret);

/* Write them down if one is new. Returns 0 or a negative errno. */
int own_groups_save(const struct own_groups *own);

#endif
