/* SPDX-License-Identifier: MIT */
/* kept.c - what a host cannot do without, found anew each time. */
#include <stdio.h>

#include <sereno/scoped.h>

#include "blocks.h"
#include "kept.h"
#include "mounts.h"
#include "route.h"

#define INPUT (1u << KIND_HUB | 1u << KIND_KEYBOARD | 1u << KIND_POINTER)
#define NOT_INPUT                                                                        \
	(1u << KIND_STORAGE | 1u << KIND_OPTICAL | 1u << KIND_PHONE | 1u << KIND_DEBUG | \
	 1u << KIND_NETWORK)

static bool is_input(unsigned kinds)
{
	return (kinds & INPUT) != 0 && (kinds & NOT_INPUT) == 0;
}

static bool carries_system(const char *root, const char *directory)
{
	scoped(blocks_clear) struct blocks blocks = { 0 };
	scoped(mounts_clear) struct mounts mounts = { 0 };
	int r = blocks_find(root, directory, &blocks);

	if (r == 0 && blocks.n > 0)
		r = mounts_find(&blocks, &mounts);
	if (r < 0)
		return r != -ENOENT;
	return mounts_have_system(&mounts) || (blocks.n > 0 && blocks_have_swap(&blocks));
}

bool candidate_is_kept(const char *root, const struct candidate *candidate)
{
	return is_input(candidate->facts->kinds) || carries_system(root, candidate->directory) ||
	       route_needs(root, candidate->directory);
}

bool device_is_kept(const char *root, const struct device *device)
{
	struct candidate candidate = { .facts = &device->facts };
	char link[CANDIDATE_NAME_SIZE + 32];
	int r;

	(void)snprintf(link, sizeof(link), "bus/usb/devices/%s", device->name); /* fits */
	r = sysfs_directory(root, link, candidate.directory);
	return r < 0 ? r != -ENOENT : candidate_is_kept(root, &candidate);
}
