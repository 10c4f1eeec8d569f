/* SPDX-License-Identifier: MIT */
/* own_disk.c - whether the host itself lives on a device. */
#include "own_disk.h"

#include <errno.h>

#include <sereno/scoped.h>

#include "blocks.h"
#include "mounts.h"

bool own_disk_is_below(const char *root, const char *directory)
{
	scoped(blocks_clear) struct blocks blocks = { 0 };
	scoped(mounts_clear) struct mounts mounts = { 0 };
	int r = blocks_find(root, directory, &blocks);

	if (r == 0 && blocks.n == 0)
		return false;
	if (r == 0)
		r = mounts_find(&blocks, &mounts);
	/* Without block devices there is none; and on what says that it has thousands no host
	 * lives. */
	if (r < 0)
		return r != -ENOENT && r != -E2BIG;
	return mounts_have_system(&mounts) || blocks_have_swap(&blocks);
}
