/* SPDX-License-Identifier: MIT */
/* kept.c - what a host cannot do without, found anew each time. */
#include <stdio.h>

#include <sereno/scoped.h>

#include "blocks.h"
#include "kept.h"
#include "own_disk.h"
#include "route.h"

#define INPUT (1u << KIND_HUB | 1u << KIND_KEYBOARD | 1u << KIND_POINTER)
#define NOT_INPUT                                                                        \
	(1u << KIND_STORAGE | 1u << KIND_OPTICAL | 1u << KIND_PHONE | 1u << KIND_DEBUG | \
	 1u << KIND_NETWORK)

static bool is_input(unsigned kinds)
{
	return (kinds & INPUT) != 0 && (kinds & NOT_INPUT) == 0;
}

bool candidate_is_kept(const char *root, const struct candidate *candidate)
{
	return is_input(candidate->facts->kinds) || own_disk_is_below(root, candidate->directory) ||
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
