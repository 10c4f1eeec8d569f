/* SPDX-License-Identifier: MIT */
/*
 * host_keyboards.h - what somebody can type on at this host now.
 */
#ifndef ADMIN_HOST_KEYBOARDS_H
#define ADMIN_HOST_KEYBOARDS_H

/* @path is where sysfs has the input device. */
typedef int host_keyboards_each(void *context, const char *path);

/*
 * Call @each for each input device with the keys of a keyboard that a kernel driver has, as
 * @root/sys has them, until it returns other than 0, which is then returned; else 0 or -ENOMEM.
 * What a program makes up, as one for remote desktops, is none: it is there when the program is.
 */
int host_keyboards_list(const char *root, host_keyboards_each *each, void *context);

#endif
