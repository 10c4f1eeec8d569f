/* SPDX-License-Identifier: MIT */
/*
 * root_disk.h - what the root file system is on.
 */
#ifndef ADMIN_ROOT_DISK_H
#define ADMIN_ROOT_DISK_H

/* Whether / or /usr of the host, as @root/proc and @root/sys have them, is on USB: the disk itself,
 * or one that a map or volume is built on. Returns 1, 0, or a negative errno: it cannot be told. */
int root_disk_is_on_usb(const char *root);

#endif
