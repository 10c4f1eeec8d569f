/* SPDX-License-Identifier: MIT */
/*
 * blocklist_build.h - blocklist_build() with memory of the caller's choice.
 */
#ifndef PASSWORD_BLOCKLIST_BUILD_H
#define PASSWORD_BLOCKLIST_BUILD_H

#include <stddef.h>

#include <sereno/blocklist.h>

struct list_recipe {
	const char *in, *out;
	uint64_t min_count;
	void (*progress)(const struct blocklist_progress *progress, void *context);
	void *context;
	size_t room; /* entries sorted at once; memory holds twice as many */
};

/* As blocklist_build(). */
int list_build(const struct list_recipe *recipe, uint64_t *ret_line);

#endif
