/* SPDX-License-Identifier: MIT */
/*
 * usb_device.h - a USB device has come, or is looked at again: decided, let in or left off, told.
 */
#ifndef MEDIA_USB_DEVICE_H
#define MEDIA_USB_DEVICE_H

#include <stdio.h>

#include <sereno/device.h>

#include "standing.h"

/* The device of @path in sysfs, or the bus, where it is a root hub: all of it. What udev is to know
 * is written to @out. Returns 0, -ENODEV (it is gone) or a negative errno: it is as it was. */
int usb_device_decide(struct standing *standing, enum standing_boot boot, const char *path,
		      FILE *out);

/* The two halves of it. Between them the device may be pulled out, and another one put in. */
int usb_device_judge(struct standing *standing, const char *path, struct device *ret,
		     struct media_verdict *ret_verdict);
int usb_device_carry_out(struct standing *standing, const char *path, struct device *device,
			 const struct media_verdict *verdict, FILE *out);

#endif
