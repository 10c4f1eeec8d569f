/* SPDX-License-Identifier: MIT */
/*
 * block_device.h - a block device has come, or changed: hidden, made read-only, or left as it is.
 */
#ifndef MEDIA_BLOCK_DEVICE_H
#define MEDIA_BLOCK_DEVICE_H

#include <stdio.h>

#include "standing.h"

/* The disk, partition, map or generic SCSI device of @path in sysfs. What udev is to know is
 * written to @out. Returns 0, -ENODEV (it is gone) or a negative errno. */
int block_device_decide(struct standing *standing, const char *path, FILE *out);

#endif
