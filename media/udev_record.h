/* SPDX-License-Identifier: MIT */
/*
 * udev_record.h - what udev has kept of a device: the properties that its rules gave it.
 */
#ifndef SERENO_MEDIA_UDEV_RECORD_H
#define SERENO_MEDIA_UDEV_RECORD_H

#include <stddef.h>

#include <sereno/device.h>

/* The property @name of @device; "" where it has none. Returns 0, -ENOENT (udev has not seen it
 * yet), -EMSGSIZE or a read error. */
int udev_record_value(const char *root, const struct device *device, const char *name, char *ret,
		      size_t size);

#endif
