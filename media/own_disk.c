/* SPDX-License-Identifier: MIT */
/* own_disk.c - whether the host itself lives on a device. */
#include "own_disk.h"

#include <errno.h>

#include <sereno/scoped.h>

#include "blocks.h"
#include "mounts.h"

bool own_disk_is_below(const char *root, const char *path)
{
	scoped(blocks_clear) struct blocks blocks = { 0 };
	scoped(mounts_clear) struct mounts mounts = { 0 };

	if (path[0] != '/' || blocks_find(root, path + 1, &blocks) < 0)
		return true;
	if (blocks.n == 0)
		return false;
	return mounts_find(&blocks, &mounts) < 0 || mounts_have_system(&mounts) ||
	       blocks_have_swap(&blocks);
}
