/* SPDX-License-Identifier: MIT */
/*
 * keyboards.h - whether somebody could still type if a device were put out.
 */
#ifndef MEDIA_KEYBOARDS_H
#define MEDIA_KEYBOARDS_H

#include <sereno/device.h>

/* Whether another keyboard than @device is in use: one on USB that is not behind it, or one of the
 * host's own. Returns 1, 0 or a negative errno. */
int keyboards_beside(const char *root, const struct device *device);

#endif
