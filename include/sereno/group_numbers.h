/* SPDX-License-Identifier: MIT */
/*
 * group_numbers.h - which number each group has that sereno made, for ever.
 *
 * ROOT/var/lib/sereno/group-numbers, a text (0644): a line "NUMBER NAME" each, "next NUMBER" last.
 * A number is never given to another name, for files may have it; a name gets its own again. For
 * commands that run as root, under the lock of an apply.
 */
#ifndef SERENO_GROUP_NUMBERS_H
#define SERENO_GROUP_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <sereno/groups.h>

struct group_number {
	gid_t gid;
	char name[OWN_GROUP_NAME_MAX + 1];
};

/* Release with group_numbers_clear(). */
struct group_numbers {
	struct group_number *item; /* by number */
	size_t n;
	gid_t next; /* the least that was never given out */
};

/* Read those of @root ("" is the host); a missing file is an empty one. Returns 0, -EPERM (others
 * could have written it), -EBADMSG (not what was written here), -ENOMEM or a negative errno. */
int group_numbers_read(const char *root, struct group_numbers *ret);
void group_numbers_clear(struct group_numbers *numbers);

/* Returns 0 with the number of @name, or -ENOENT. */
int group_numbers_find(const struct group_numbers *numbers, const char *name, gid_t *ret);

/* Give @name the number @gid, not below numbers->next, and an own_group_name() without one. Returns
 * 0, -ENOSPC (above OWN_GID_LAST), -EINVAL or -ENOMEM. */
int group_numbers_add(struct group_numbers *numbers, const char *name, gid_t gid);

/* Put @numbers in the place of what is below @root, all or nothing, on disk when it returns.
 * ROOT/var/lib/sereno must exist. Returns 0 or a negative errno. */
int group_numbers_write(const char *root, const struct group_numbers *numbers);

#endif
