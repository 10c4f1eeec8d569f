/* SPDX-License-Identifier: MIT */
/*
 * route.h - whether a device carries the host's default route.
 */
#ifndef SERENO_MEDIA_ROUTE_H
#define SERENO_MEDIA_ROUTE_H

#include <stdbool.h>

/* Whether the interface of a default route, or one that it stands on (a bridge, a VLAN), lies below
 * @directory of sysfs ("devices/pci.../2-1"). */
bool route_needs(const char *root, const char *directory);

#endif
