/* SPDX-License-Identifier: MIT */
/*
 * udev_record.h - what udev has kept of a device: the properties that its rules gave it.
 */
#ifndef SERENO_MEDIA_UDEV_RECORD_H
#define SERENO_MEDIA_UDEV_RECORD_H

#include <stddef.h>

#include <sereno/device.h>

#define UDEV_RECORD_SIZE 32
#define UDEV_VALUE_SIZE	 64 /* of what is asked for here, and more */

/* The name of the record of a USB device: "c189:4". */
void udev_record_of(const struct device *device, char ret[static UDEV_RECORD_SIZE]);

/* The property @name in the file @record, "c189:4"; "" where there is none. Returns 0, -ENOENT
 * (udev has not seen the device yet), -EMSGSIZE or a read error. */
int udev_record_value(const char *root, const char *record, const char *name, char *ret,
		      size_t size);

#endif
