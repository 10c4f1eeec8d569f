/* SPDX-License-Identifier: MIT */
/* root_disk.c - what the root file system is on, by the mounts and by sysfs. */
#include "root_disk.h"

#include <string.h>

#include "host_disks.h"

static int look(void *context, const char *what, const char *path)
{
	(void)context;
	if (strcmp(what, "/") != 0 && strcmp(what, "/usr") != 0)
		return 0;
	return strstr(path, "/usb") != NULL;
}

int root_disk_is_on_usb(const char *root)
{
	return host_disks_list(root, look, NULL);
}
