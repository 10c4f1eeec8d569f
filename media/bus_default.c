/* SPDX-License-Identifier: MIT */
/* bus_default.c - authorized_default of the module usbcore and of each bus. */
#include "bus_default.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include <sereno/device.h>
#include <sereno/scoped.h>

#define BUSES	"/sys/bus/usb/devices"
#define MODULE	"/sys/module/usbcore/parameters/authorized_default"
#define MANAGED "/run/sereno/media-managed"

/* Written only where it says something else: whoever looks at a log of writes sees changes alone.
 * Not there: no such bus, no such module. */
static int write_value(const char *path, char value)
{
	scoped_fd int fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char current[8] = "";

	if (fd < 0)
		return errno == ENOENT || errno == ENODEV ? 0 : neg_errno();
	if (read(fd, current, sizeof(current) - 1) > 0 && current[0] == value)
		return 0;
	return pwrite(fd, &value, 1, 0) == 1 ? 0 : neg_errno();
}

static int write_module(const char *root, char value)
{
	scoped_free char *path = NULL;

	if (asprintf(&path, "%s" MODULE, root) < 0)
		return -ENOMEM;
	return write_value(path, value);
}

static int write_bus(const char *root, const char *name, char value)
{
	scoped_free char *path = NULL;

	if (asprintf(&path, "%s" BUSES "/%s/authorized_default", root, name) < 0)
		return -ENOMEM;
	return write_value(path, value);
}

static int write_buses(const char *root, char value)
{
	scoped_free char *path = NULL;
	const struct dirent *entry;
	DIR *names;
	int r = 0, one;

	if (asprintf(&path, "%s" BUSES, root) < 0)
		return -ENOMEM;
	names = opendir(path);
	if (!names)
		return errno == ENOENT ? 0 : neg_errno();
	while ((entry = readdir(names)) != NULL) {
		if (strncmp(entry->d_name, "usb", 3) != 0)
			continue;
		one = write_bus(root, entry->d_name, value);
		r = one < 0 ? one : r;
	}
	(void)closedir(names); /* it was read from */
	return r;
}

/* The module first: a bus that comes between the two has its value. */
static int write_all(const char *root, char value)
{
	const int module = write_module(root, value);
	const int buses = write_buses(root, value);

	return module < 0 ? module : buses;
}

static int mark(const char *root, bool ours)
{
	scoped_free char *path = NULL;
	scoped_fd int fd = -1;

	if (asprintf(&path, "%s" MANAGED, root) < 0)
		return -ENOMEM;
	if (!ours)
		return unlink(path) == 0 || errno == ENOENT ? 0 : neg_errno();
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	return fd < 0 ? neg_errno() : 0;
}

bool bus_default_is_ours(const char *root)
{
	scoped_free char *path = NULL;

	return asprintf(&path, "%s" MANAGED, root) >= 0 && access(path, F_OK) == 0;
}

int bus_default_close(const char *root)
{
	int r = mark(root, true);

	return r < 0 ? r : write_all(root, '0');
}

static int let_in(void *context, struct device *device)
{
	int *failed = context;
	const int r = device->authorized ? 0 : device_authorize(device, DEVICE_ON);

	if (r < 0 && r != -ENODEV)
		*failed = r;
	return 0;
}

int bus_default_open(const char *root)
{
	int failed = 0;
	int r = write_all(root, '1');

	if (r == 0)
		r = device_list(root, let_in, &failed);
	if (r == 0)
		r = failed;
	return r < 0 ? r : mark(root, false);
}
