/* SPDX-License-Identifier: MIT */
/* kept.c - what a host cannot do without, found anew each time. */
#include <stdio.h>

#include <sereno/scoped.h>

#include "blocks.h"
#include "kept.h"
#include "mounts.h"
#include "route.h"

#define INPUT (1u << KIND_HUB | 1u << KIND_KEYBOARD | 1u << KIND_POINTER)
#define MEDIA (1u << KIND_STORAGE | 1u << KIND_OPTICAL | 1u << KIND_PHONE | 1u << KIND_DEBUG)

bool device_is_medium(const struct device *device)
{
	return (device->facts.kinds & MEDIA) != 0;
}

static bool is_input(const struct device *device)
{
	const unsigned never = MEDIA | 1u << KIND_NETWORK;

	return (device->facts.kinds & INPUT) != 0 && (device->facts.kinds & never) == 0;
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

bool device_is_kept(const char *root, const struct device *device)
{
	char link[64], directory[BLOCK_PATH_SIZE];
	int r;

	if (is_input(device))
		return true;
	(void)snprintf(link, sizeof(link), "bus/usb/devices/%s", device->name); /* fits */
	r = sysfs_directory(root, link, directory);
	if (r < 0)
		return r != -ENOENT;
	return carries_system(root, directory) || route_needs(root, directory);
}
