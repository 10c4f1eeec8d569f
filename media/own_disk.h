/* SPDX-License-Identifier: MIT */
/*
 * own_disk.h - whether the host itself lives on a device.
 */
#ifndef MEDIA_OWN_DISK_H
#define MEDIA_OWN_DISK_H

#include <stdbool.h>

/* Whether a file system that the system needs, or swap, is on a block device below @directory of
 * sysfs, "devices/pci.../2-1". What cannot be found out is taken for yes. */
bool own_disk_is_below(const char *root, const char *directory);

#endif
