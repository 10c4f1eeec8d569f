/* SPDX-License-Identifier: MIT */
/* maps.c - DM_DEV_REMOVE for each map, the outermost first. */
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <sys/ioctl.h>

#include <sereno/scoped.h>

#include "maps.h"

/* The interface of the first kernel that had all that is asked of it here. */
#define VERSION_MAJOR 4

static int remove_map(int control, dev_t number, enum maps_force force)
{
	struct dm_ioctl request = {
		.version = { VERSION_MAJOR, 0, 0 },
		.data_size = sizeof(request),
		.data_start = sizeof(request),
		/* the kernel's numbers and libc's are laid out alike, as far as the kernel's go */
		.dev = number,
		.flags = force == MAPS_DEFERRED ? DM_DEFERRED_REMOVE : 0,
	};

	return ioctl(control, DM_DEV_REMOVE, &request) == 0 || errno == ENXIO ? 0 : neg_errno();
}

int maps_close(const struct blocks *blocks, enum maps_force force)
{
	scoped_fd int control = -1;
	int r = 0;

	for (size_t i = blocks->n; i > 0; i--) {
		const struct block *block = &blocks->item[i - 1];

		if (!block->is_map || !block->is_ours)
			continue;
		if (control < 0)
			control = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
		if (control < 0 || remove_map(control, block->number, force) < 0)
			r = -EBUSY;
	}
	return r;
}
