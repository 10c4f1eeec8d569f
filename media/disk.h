/* SPDX-License-Identifier: MIT */
/*
 * disk.h - what a block device is a part of: the medium, and the device that carries it.
 */
#ifndef MEDIA_DISK_H
#define MEDIA_DISK_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <sereno/device.h>
#include <sereno/seat.h>

struct disk {
	bool removable; /* else nothing below is set but the paths */
	struct device_facts facts;
	struct device_texts texts;
	char carrier[PATH_MAX]; /* in sysfs: of the device that a decision is about */
	char whole[PATH_MAX];	/* of the disk that it is, or is a partition of; "" for a generic
				   SCSI device */
	char seat[SEAT_NAME_MAX + 1]; /* of the carrier, as udev has it; "" where it has none */
	uint64_t start, size;	      /* bytes, of a partition; size 0: it is none */
};

/* What udev said of it before, and what happens to it now. */
struct disk_event {
	bool was_let_in; /* not refused before */
	bool was_ours;	 /* it was decided about before */
	bool is_new_medium;
	bool after_boot; /* it is added now, by the kernel, and the host has been up */
};

/*
 * Find out about the block device, or the generic SCSI device, of @path in sysfs: on USB, an SD
 * card, in an optical drive, FireWire, on a removable PCI device, or an ATA disk or one of MMC that
 * came to a host that was up. Everything else is not removable. Returns 0, -ENOENT (it is gone) or
 * a read error.
 */
int disk_find(const char *root, const char *path, const struct disk_event *event, struct disk *ret);

/* Open the node of the block device of @path in sysfs, for reading. Returns a descriptor, -ENODEV
 * (the node is another device's) or what open(2) reported. Below a root that is not the host's a
 * file stands for it. */
int disk_open(const char *root, const char *path);

#endif
