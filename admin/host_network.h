/* SPDX-License-Identifier: MIT */
/*
 * host_network.h - the network interfaces that a host, or who runs this on it, cannot do without.
 */
#ifndef ADMIN_HOST_NETWORK_H
#define ADMIN_HOST_NETWORK_H

#include <sereno/origin.h>

/* @interface needs the device at @path of sysfs: its own, or of one that it stands on (a bridge, a
 * VLAN). */
typedef int host_network_each(void *context, const char *interface, const char *path);

/* Call @each for the interfaces of the default routes, as @root/proc and @root/sys have them, until
 * it returns other than 0, which is then returned; else 0 or -ENOMEM. */
int host_network_default(const char *root, host_network_each *each, void *context);

/* The same for the interface of this host that has @address. */
int host_network_of(const char *root, const struct address *address, host_network_each *each,
		    void *context);

#endif
