/* SPDX-License-Identifier: MIT */
/* udev_record.c - /run/udev/data, the lines "E:NAME=VALUE". */
#include <stdio.h>
#include <string.h>

#include <sereno/scoped.h>

#include "udev_record.h"

#define USB_MAJOR   189
#define PER_BUS	    128 /* minors; Documentation/admin-guide/devices.txt */
#define LINE_PREFIX "E:"

static const char *value_of(const char *line, const char *name)
{
	const size_t length = strlen(name);

	if (strncmp(line, LINE_PREFIX, 2) != 0 || strncmp(line + 2, name, length) != 0)
		return NULL;
	return line[2 + length] == '=' ? line + 2 + length + 1 : NULL;
}

void udev_record_of(const struct device *device, char ret[static UDEV_RECORD_SIZE])
{
	const unsigned minor = (device->bus_number - 1) * PER_BUS + device->number - 1;

	(void)snprintf(ret, UDEV_RECORD_SIZE, "c%u:%u", USB_MAJOR, minor); /* fits */
}

int udev_record_value(const char *root, const char *record, const char *name, char *ret,
		      size_t size)
{
	scoped_free char *path = NULL, *line = NULL;
	scoped_file FILE *stream = NULL;
	const char *value = NULL;
	size_t room = 0;

	if (asprintf(&path, "%s/run/udev/data/%s", root, record) < 0)
		return -ENOMEM;
	stream = fopen(path, "re");
	if (!stream)
		return neg_errno();
	while (!value && getline(&line, &room, stream) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		value = value_of(line, name);
	}
	if (!value)
		value = "";
	if (strlen(value) >= size)
		return -EMSGSIZE;
	memcpy(ret, value, strlen(value) + 1);
	return 0;
}
