/* SPDX-License-Identifier: MIT */
/*
 * host_disks.h - the disks that a host cannot do without.
 */
#ifndef ADMIN_HOST_DISKS_H
#define ADMIN_HOST_DISKS_H

/* @what is on the disk or partition at @path of sysfs: "/", "/boot", "swap", "the key of NAME". */
typedef int host_disks_each(void *context, const char *what, const char *path);

/*
 * Call @each for each disk, partition, map and volume that carries a file system of the system,
 * swap, or a key that crypttab(5) names, as @root/proc, @root/sys and @root/etc have them, until it
 * returns other than 0, which is then returned. Else 0, or a negative errno: what / or /usr is on
 * cannot be told.
 */
int host_disks_list(const char *root, host_disks_each *each, void *context);

#endif
