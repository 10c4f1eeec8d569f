/* SPDX-License-Identifier: MIT */
/* list.c - all USB devices, parents before their children; whether one has a twin. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/device.h>
#include <sereno/scoped.h>

#include "sysfs.h"

#define FOLDER "/bus/usb/devices"

/* Names of devices, in an array that grows. */
struct device_names {
	char (*name)[sizeof(((struct device *)NULL)->name)];
	size_t n, room;
};

static void device_names_free(struct device_names *names)
{
	free(names->name);
}

static void closedir_p(DIR **folder)
{
	if (*folder)
		(void)closedir(*folder); /* was only read */
}

static int device_names_add(struct device_names *names, const char *name)
{
	const size_t length = strlen(name);
	void *grown;

	if (names->n == names->room) {
		names->room = names->room ? 2 * names->room : 64;
		grown = reallocarray(names->name, names->room, sizeof(*names->name));
		if (!grown)
			return -ENOMEM;
		names->name = grown;
	}
	memcpy(names->name[names->n++], name, length + 1);
	return 0;
}

/* Neither an interface nor a root hub: "1-8.2". */
static bool is_wanted(const char *name)
{
	return strlen(name) < sizeof(((struct device *)NULL)->name) && strchr(name, '-') &&
	       strspn(name, "0123456789-.") == strlen(name);
}

/* Numbers by their values, so that 1-2.1 is between 1-2 and 1-10. */
static int compare_names(const void *a, const void *b)
{
	return strverscmp(a, b);
}

static int read_device_names(const char *root, struct device_names *names)
{
	scoped(closedir_p) DIR *folder = NULL;
	scoped_fd int fd = sysfs_open(root, FOLDER);
	const struct dirent *entry;
	int r = 0;

	if (fd < 0) /* a host without USB */
		return fd == -ENOENT ? 0 : fd;
	folder = fdopendir(fd);
	if (!folder)
		return neg_errno();
	fd = -1; /* the folder's from here on */
	for (errno = 0; r == 0 && (entry = readdir(folder)); errno = 0)
		if (is_wanted(entry->d_name))
			r = device_names_add(names, entry->d_name);
	if (r == 0 && errno)
		return neg_errno();
	if (names->n > 0)
		qsort(names->name, names->n, sizeof(*names->name), compare_names);
	return r;
}

static int name_path(const char *name, char path[static PATH_MAX])
{
	const int n = snprintf(path, PATH_MAX, FOLDER "/%s", name);

	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static int open_named(const char *root, const char *name, struct device *ret)
{
	char path[PATH_MAX];
	const int r = name_path(name, path);

	return r < 0 ? r : device_open(root, path, ret);
}

/* One that cannot be read hides none of the others. */
int device_list(const char *root, device_each *each, void *context)
{
	scoped(device_names_free) struct device_names names = { 0 };
	int failed = 0;
	int r = read_device_names(root, &names);

	for (size_t i = 0; r == 0 && i < names.n; i++) {
		scoped(device_close) struct device device = DEVICE_CLOSED;
		const int opened = open_named(root, names.name[i], &device);

		if (opened == 0)
			r = each(context, &device);
		else if (opened != -ENOENT && opened != -ENODEV) /* not pulled out meanwhile */
			failed = opened;
	}
	return r ? r : failed;
}

/* What types and points is let in for what it is, not for its serial number; and what stands in for
 * a keyboard takes nothing from a stick that says the same number. */
static bool is_of_a_kind(const char *root, const char *path, const struct device *device)
{
	const unsigned input = 1u << KIND_HUB | 1u << KIND_KEYBOARD | 1u << KIND_POINTER;
	scoped(device_close) struct device other = DEVICE_CLOSED;

	if (device_open(root, path, &other) < 0 || other.facts.malformed)
		return true;
	return (other.facts.kinds & device->facts.kinds & ~input) != 0;
}

/* Whether the device at @path is another one of the numbers and the serial of @device, let in. */
static int is_twin(const char *root, const char *path, const struct device *device)
{
	scoped_fd int fd = sysfs_open(root, path);
	char serial[DEVICE_TEXT_MAX + 1];

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	if (sysfs_number(fd, "idVendor", 16, UINT16_MAX) != device->facts.vendor ||
	    sysfs_number(fd, "idProduct", 16, UINT16_MAX) != device->facts.product ||
	    sysfs_number(fd, "authorized", 10, 1) != 1)
		return 0;
	if (sysfs_text(fd, "serial", serial, sizeof(serial)) < 0 ||
	    strcmp(serial, device->facts.serial) != 0)
		return 0;
	if (sysfs_number(fd, "busnum", 10, INT_MAX / 16) == (int)device->bus_number &&
	    sysfs_number(fd, "devnum", 10, INT_MAX / 16) == (int)device->number)
		return 0;
	return is_of_a_kind(root, path, device);
}

int device_has_twin(const char *root, const struct device *device)
{
	scoped(device_names_free) struct device_names names = { 0 };
	char path[PATH_MAX];
	int r;

	if (!device->facts.serial[0])
		return 0;
	r = read_device_names(root, &names);
	for (size_t i = 0; r == 0 && i < names.n; i++) {
		r = name_path(names.name[i], path);
		if (r == 0)
			r = is_twin(root, path, device);
	}
	return r;
}
