/* SPDX-License-Identifier: MIT */
/*
 * mounts.h - where file systems of some block devices are mounted, and unmounting them.
 *
 * In the mount namespace of the caller, which has to be the host's: elsewhere an unmounting would
 * leave the host's own mount in place, and the data in it unwritten.
 */
#ifndef SERENO_MEDIA_MOUNTS_H
#define SERENO_MEDIA_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "blocks.h"

struct mount {
	uint64_t id;
	dev_t number;
	char *point;
};

/* Those of some blocks; a mount stands behind those that it hides or lies in. */
struct mounts {
	size_t n, room;
	struct mount *item;
};

/* Returns 0, -ENOMEM or a read error; released with mounts_clear(). */
int mounts_find(const struct blocks *blocks, struct mounts *ret);
void mounts_clear(struct mounts *mounts); /* for scoped(), too */

/* Whether one is where the system itself lives: "/", "/usr", "/boot" ... */
bool mounts_have_system(const struct mounts *mounts);

/* Whether one of @blocks is swapped to. */
bool blocks_have_swap(const struct blocks *blocks);

/* Write out what is not yet on the media. Waits for it. */
void mounts_sync(const struct mounts *mounts);

enum mounts_force {
	MOUNTS_IF_IDLE, /* what is in use stays */
	MOUNTS_DETACH,	/* what is in use goes from sight, and ends with its last user */
};

/* Unmount them. Returns 0, or -EBUSY: something is still there. */
int mounts_release(const struct mounts *mounts, enum mounts_force force);

#endif
