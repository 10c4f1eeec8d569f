/* SPDX-License-Identifier: MIT */
/* device.c - a USB device of sysfs, read once through its directory, let in and put out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/device.h>
#include <sereno/scoped.h>

#include "sysfs.h"

#define NUMBER_OF_DEVICE_MAX 127
#define NUMBER_OF_BUS_MAX    999
#define REMOVABLE_MAX	     16
#define HUBS_MAX	     7 /* in a row; the kernel has 5, and the root hub */

static bool is_gone(int error)
{
	return error == -ENODEV || error == -ENOENT;
}

/* "usb1", "1-8", "2-1.4"; an interface has a colon. */
static int read_name(const char *path, struct device *device)
{
	const char *slash = strrchr(path, '/');
	const size_t length = slash ? strlen(slash + 1) : 0;

	if (length == 0 || length >= sizeof(device->name) ||
	    strspn(slash + 1, "usb0123456789-.") != length)
		return -ENODEV;
	memcpy(device->name, slash + 1, length + 1);
	device->is_root_hub = strncmp(device->name, "usb", 3) == 0;
	return 0;
}

static int read_numbers(struct device *device)
{
	const int bus = sysfs_number(device->fd, "busnum", 10, NUMBER_OF_BUS_MAX);
	const int number = sysfs_number(device->fd, "devnum", 10, NUMBER_OF_DEVICE_MAX);
	const int vendor = sysfs_number(device->fd, "idVendor", 16, UINT16_MAX);
	const int product = sysfs_number(device->fd, "idProduct", 16, UINT16_MAX);

	if (bus < 0 || number < 0 || vendor < 0 || product < 0)
		return -ENODEV;
	device->bus_number = (unsigned)bus;
	device->number = (unsigned)number;
	device->facts.has_ids = true;
	device->facts.vendor = (uint16_t)vendor;
	device->facts.product = (uint16_t)product;
	return 0;
}

/* What a device does not say is not there. What it says and cannot be taken whole is not taken as
 * another text. */
static int read_text(struct device *device, const char *name, char *buffer)
{
	const int r = sysfs_text(device->fd, name, buffer, DEVICE_TEXT_MAX + 1);

	if (r >= 0)
		return 0;
	buffer[0] = '\0';
	if (r == -EMSGSIZE || r == -EBADMSG)
		device->facts.malformed = true;
	return r == -ENOENT || r == -EMSGSIZE || r == -EBADMSG ? 0 : r;
}

static int read_texts(struct device *device)
{
	struct device_texts *texts = &device->texts;
	int r = read_text(device, "manufacturer", texts->manufacturer);

	if (r == 0)
		r = read_text(device, "product", texts->product);
	if (r == 0)
		r = read_text(device, "serial", texts->serial);
	if (r == 0 && !device_serial_is_weak(texts->serial, texts->product))
		memcpy(device->facts.serial, texts->serial, sizeof(texts->serial));
	return r;
}

/* The port of the device, or with @level "../" that of the hub it is on. */
static bool is_fixed(const struct device *device, const char *level)
{
	char name[HUBS_MAX * 3 + REMOVABLE_MAX], removable[REMOVABLE_MAX] = "";

	(void)snprintf(name, sizeof(name), "%sremovable", level); /* fits */
	return sysfs_text(device->fd, name, removable, sizeof(removable)) > 0 &&
	       strcmp(removable, "fixed") == 0;
}

/* What the firmware says nothing of, a hub says of its own ports: believed only of a hub that is
 * built in itself. A port that says nothing is one that anybody reaches. */
static bool is_built_in(const struct device *device)
{
	char level[HUBS_MAX * 3 + 1] = "";
	bool fixed = is_fixed(device, level);

	for (const char *dot = strchr(device->name, '.'); fixed && dot;
	     dot = strchr(dot + 1, '.')) {
		if (strlen(level) + 3 >= sizeof(level))
			return false;
		memcpy(level + strlen(level), "../", 4);
		fixed = is_fixed(device, level);
	}
	return fixed;
}

/* A device that is let in and has no configuration yet has no driver, and is as good as new. */
static int read_state(struct device *device)
{
	const int authorized = sysfs_number(device->fd, "authorized", 10, 1);

	if (authorized < 0)
		return authorized;
	device->authorized = authorized > 0;
	device->facts.in_use = device->authorized &&
			       sysfs_number(device->fd, "bConfigurationValue", 10, UINT8_MAX) > 0;
	device->facts.built_in = is_built_in(device);
	return 0;
}

static void judge_descriptors(struct device *device, const uint8_t *bytes, size_t length)
{
	struct device_facts *facts = &device->facts;
	struct device_descriptors *descriptors = &device->descriptors;

	device_identity(bytes, length, &device->texts, facts->identity);
	if (descriptors_parse(bytes, length, descriptors) < 0)
		facts->malformed = true;
	else if (descriptors->vendor != facts->vendor || descriptors->product != facts->product)
		facts->malformed = true;
	if (facts->malformed)
		return;
	facts->kinds = descriptors_kinds(descriptors);
	facts->suspicious = device_is_suspicious(facts->kinds);
}

static int read_descriptors(struct device *device)
{
	scoped_free uint8_t *bytes = malloc(DESCRIPTORS_MAX);
	int length;

	if (!bytes)
		return -ENOMEM;
	length = sysfs_read(device->fd, "descriptors", bytes, DESCRIPTORS_MAX);
	if (length == -EMSGSIZE) {
		device->facts.malformed = true;
		length = DESCRIPTORS_MAX;
	}
	if (length < 0)
		return length;
	judge_descriptors(device, bytes, (size_t)length);
	return 0;
}

static int read_device(const char *path, struct device *device)
{
	int r = read_name(path, device);

	if (r == 0)
		r = read_numbers(device);
	if (r == 0)
		r = read_state(device);
	if (r == 0)
		r = read_texts(device);
	return r == 0 ? read_descriptors(device) : r;
}

int device_open(const char *root, const char *path, struct device *ret)
{
	scoped(device_close) struct device device = DEVICE_CLOSED;
	char event[1];
	int r;

	device.facts.bus = BUS_USB;
	device.fd = sysfs_open(root, path);
	if (device.fd < 0)
		return device.fd == -ENOTDIR ? -ENODEV : device.fd;
	r = read_device(path, &device);
	/* Every device has this attribute: where it is missing, so is the device. */
	if (is_gone(r) && is_gone(sysfs_read(device.fd, "uevent", event, sizeof(event))))
		return -ENOENT;
	if (r < 0)
		return is_gone(r) ? -ENODEV : r;
	*ret = device;
	device.fd = -1;
	return 0;
}

void device_close(struct device *device)
{
	close_p(&device->fd);
	device->fd = -1;
}

int device_authorize(struct device *device, enum device_state state)
{
	const int number = sysfs_number(device->fd, "devnum", 10, NUMBER_OF_DEVICE_MAX);
	const int authorized = sysfs_number(device->fd, "authorized", 10, 1);
	int r;

	if (number < 0 || authorized < 0 || (unsigned)number != device->number)
		return -ENODEV;
	if (authorized == (state == DEVICE_ON))
		r = 0;
	else
		r = sysfs_write(device->fd, "authorized", state == DEVICE_ON ? "1" : "0");
	if (r == 0)
		device->authorized = state == DEVICE_ON;
	return r;
}
