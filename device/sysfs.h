/* SPDX-License-Identifier: MIT */
/*
 * sysfs.h - directories of devices and the attributes in them, each read whole or not at all.
 *
 * An attribute belongs to the device whose directory was opened: once that is gone, so is it, also
 * where another device has taken the place and the name.
 */
#ifndef DEVICE_SYSFS_H
#define DEVICE_SYSFS_H

#include <stddef.h>
#include <stdint.h>

/* Open the directory @path below @root/sys. Returns a descriptor; -EINVAL where @path would lead
 * out of it, or what open(2) reported. */
int sysfs_open(const char *root, const char *path);

/* Read all of an attribute of at most @size bytes into @buffer. Returns the number of bytes;
 * -ENOENT where there is none, -ENODEV where the device is gone, -EMSGSIZE where there is more, or
 * another read error. */
int sysfs_read(int directory, const char *name, void *buffer, size_t size);

/* The same as a text without the newline at its end: fits into @size with its NUL, and has none
 * before; -EBADMSG where it has. Returns its length. */
int sysfs_text(int directory, const char *name, char *buffer, size_t size);

/* The same as a number of the given @base (10 or 16), at most @most; -EBADMSG where it is none. */
int sysfs_number(int directory, const char *name, int base, unsigned most);

/* Write @text to an attribute in one go. Returns 0, -ENODEV or what open(2) or write(2) reported.
 */
int sysfs_write(int directory, const char *name, const char *text);

#endif
