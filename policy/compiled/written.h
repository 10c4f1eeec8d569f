/* SPDX-License-Identifier: MIT */
/*
 * written.h - the names that the roles' lists of one kind have, sorted: each is asked for once.
 *
 * Only for the compiler.
 */
#ifndef SERENO_POLICY_WRITTEN_H
#define SERENO_POLICY_WRITTEN_H

#include <stdbool.h>

#include <sereno/model.h>

/* One name written in one role's list. */
struct written {
	const struct name *name;
	uint32_t role;
};

/* By text, then by place. Release with written_clear(). */
struct written_list {
	struct written *item;
	size_t n;
};

/* Gather the list that @pick points out of each role. Returns 0 or -ENOMEM. */
int written_gather(const struct model *model, const struct names *(*pick)(const struct role *),
		   struct written_list *ret);
void written_clear(struct written_list *list);

/* Whether the name at @index is not the one before it: the first mention is the one that is talked
 * about. */
bool written_first(const struct written_list *list, size_t index);

#endif
