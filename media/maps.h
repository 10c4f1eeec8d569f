/* SPDX-License-Identifier: MIT */
/*
 * maps.h - closing what the device mapper has built on a device: dm-crypt, volumes.
 *
 * Asked of the kernel alone: it needs neither the key nor the library that opened it.
 */
#ifndef SERENO_MEDIA_MAPS_H
#define SERENO_MEDIA_MAPS_H

#include "blocks.h"

enum maps_force {
	MAPS_IF_IDLE,
	MAPS_DEFERRED, /* what is open is closed by its last user */
};

/* Close those maps among @blocks that are built on nothing else. Returns 0, or -EBUSY: one is
 * still there. */
int maps_close(const struct blocks *blocks, enum maps_force force);

#endif
