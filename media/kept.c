/* SPDX-License-Identifier: MIT */
/* kept.c - what a host cannot do without, found anew each time. */
#include <stdio.h>

#include <sereno/scoped.h>

#include "blocks.h"
#include "kept.h"
#include "keyboards.h"
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

/* A look that failed saw no other. */
static bool is_last_keyboard(const char *root, const struct device *device)
{
	const struct device_facts *facts = &device->facts;

	if (!facts->malformed && !(facts->kinds & 1u << KIND_KEYBOARD))
		return false;
	return keyboards_beside(root, device) != 1;
}

static bool is_needed(const char *root, const char *directory, unsigned kinds)
{
	return is_input(kinds) || own_disk_is_below(root, directory) ||
	       route_needs(root, directory);
}

bool candidate_is_kept(const char *root, const struct candidate *candidate)
{
	return is_needed(root, candidate->directory, candidate->facts->kinds) ||
	       (candidate->device && is_last_keyboard(root, candidate->device));
}

bool device_is_kept(const char *root, const struct device *device)
{
	char link[CANDIDATE_NAME_SIZE + 32], directory[BLOCK_PATH_SIZE];
	int r;

	(void)snprintf(link, sizeof(link), "bus/usb/devices/%s", device->name); /* fits */
	r = sysfs_directory(root, link, directory);
	if (r < 0)
		return r != -ENOENT;
	return is_needed(root, directory, device->facts.kinds) || is_last_keyboard(root, device);
}
