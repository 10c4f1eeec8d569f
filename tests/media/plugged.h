/* SPDX-License-Identifier: MIT */
/*
 * plugged.h - a host in a temporary directory, and devices plugged in there: what sysfs and udev
 * say of them, in plain files. For desk.h.
 */
#ifndef TESTS_MEDIA_PLUGGED_H
#define TESTS_MEDIA_PLUGGED_H

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <sereno/device.h>
#include <sereno/model.h>
#include <sereno/policy.h>
#include <sereno/scoped.h>
#include <sereno/seat.h>

#define PATIENCE_MSEC 5000
#define STEP_MSEC     5
#define DEVICES	      "/sys/devices/pci0000:00"

struct desk {
	char root[48];
	pid_t bus, logind, watcher;
	int logind_fd, journal;
	uint64_t generation;
	bool may_mount;
};

static inline char *desk_path(const struct desk *desk, const char *path, char full[static 256])
{
	const int n = snprintf(full, 256, "%s%s", desk->root, path);

	assert_in_range(n, 1, 255);
	return full;
}

/* With all directories above. */
static inline void desk_directory(const struct desk *desk, const char *path)
{
	char full[256];

	desk_path(desk, path, full);
	for (char *at = full + strlen(desk->root) + 1; (at = strchr(at, '/')) != NULL; at++) {
		*at = '\0';
		assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
		*at = '/';
	}
	assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
}

static inline void desk_bytes(const struct desk *desk, const char *path, const void *bytes,
			      size_t length)
{
	char full[256];
	scoped_fd int fd =
		open(desk_path(desk, path, full), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
}

static inline void desk_file(const struct desk *desk, const char *path, const char *text)
{
	desk_bytes(desk, path, text, strlen(text));
}

/* The first line; "" where there is no such file. */
static inline const char *desk_read(const struct desk *desk, const char *path,
				    char text[static 256])
{
	char full[256];
	scoped_fd int fd = open(desk_path(desk, path, full), O_RDONLY | O_CLOEXEC);
	const ssize_t n = fd < 0 ? 0 : read(fd, text, 255);

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static inline void desk_pause(void)
{
	const struct timespec pause = { .tv_nsec = STEP_MSEC * 1000000L };

	(void)nanosleep(&pause, NULL);
}

static inline bool desk_comes_to_say(const struct desk *desk, const char *path, const char *wanted)
{
	char text[256];

	for (int i = 0; i < PATIENCE_MSEC / STEP_MSEC; i++) {
		if (strcmp(desk_read(desk, path, text), wanted) == 0)
			return true;
		desk_pause();
	}
	print_message("%s is \"%s\" and not \"%s\"\n", path, text, wanted);
	return false;
}

/* A device and what is said of it. */
struct desk_device {
	const char *name; /* "1-1" */
	unsigned number;
	uint8_t class, subclass, protocol;
	const char *serial;
};

static const struct desk_device stick = { "1-1", 5, 0x08, 0x06, 0x50, "60A44C413FAE1" };
static const struct desk_device keyboard = { "1-2", 6, 0x03, 0x01, 0x01, "K1000XYZ" };

static inline char *device_path(const struct desk_device *device, const char *file,
				char path[static 128])
{
	assert_in_range(
		snprintf(path, 128, DEVICES "/usb1/%s%s%s", device->name, file[0] ? "/" : "", file),
		1, 127);
	return path;
}

static inline void device_file(const struct desk *desk, const struct desk_device *device,
			       const char *file, const char *text)
{
	char path[128];

	desk_file(desk, device_path(device, file, path), text);
}

static inline void device_descriptors(const struct desk *desk, const struct desk_device *device)
{
	const uint8_t bytes[] = {
		18,
		1,
		0,
		2,
		0,
		0,
		0,
		64,
		0x51,
		0x09,
		0x66,
		0x16,
		0,
		1,
		1,
		2,
		3,
		1,
		9,
		2,
		25,
		0,
		1,
		1,
		0,
		0x80,
		50,
		9,
		4,
		0,
		0,
		1,
		device->class,
		device->subclass,
		device->protocol,
		0,
		7,
		5,
		0x81,
		device->class == 3 ? 3 : 2,
		8,
		0,
		10,
	};
	uint8_t all[sizeof(bytes)];
	char path[128];

	memcpy(all, bytes, sizeof(bytes));
	all[20] = sizeof(bytes) - 18;
	desk_bytes(desk, device_path(device, "descriptors", path), all, sizeof(all));
}

/* Plug it in. @authorized "0" or "1". */
static inline void device_plug(const struct desk *desk, const struct desk_device *device,
			       const char *authorized)
{
	char path[128], link[256], target[256], number[16];

	desk_directory(desk, device_path(device, "", path));
	(void)snprintf(number, sizeof(number), "%u\n", device->number);
	device_file(desk, device, "busnum", "1\n");
	device_file(desk, device, "devnum", number);
	device_file(desk, device, "idVendor", "0951\n");
	device_file(desk, device, "idProduct", "1666\n");
	device_file(desk, device, "bConfigurationValue", authorized[0] == '1' ? "1\n" : "\n");
	device_file(desk, device, "serial", device->serial);
	device_file(desk, device, "product", "thing\n");
	device_file(desk, device, "removable", "removable\n");
	device_file(desk, device, "authorized", authorized);
	device_file(desk, device, "uevent", "");
	device_descriptors(desk, device);
	(void)snprintf(path, sizeof(path), "/sys/bus/usb/devices/%s", device->name);
	(void)snprintf(target, sizeof(target), "../../../devices/pci0000:00/usb1/%s", device->name);
	assert_true(symlink(target, desk_path(desk, path, link)) == 0 || errno == EEXIST);
}

/* What udev has kept of it. */
static inline void device_given(const struct desk *desk, const struct desk_device *device,
				const char *word)
{
	char path[64], text[64];

	(void)snprintf(path, sizeof(path), "/run/udev/data/c189:%u", device->number - 1);
	(void)snprintf(text, sizeof(text), "I:1\nE:SERENO_MEDIA=%s\n", word);
	desk_file(desk, path, text);
}

static inline bool device_comes_to(const struct desk *desk, const struct desk_device *device,
				   const char *file, const char *wanted)
{
	char path[128];

	return desk_comes_to_say(desk, device_path(device, file, path), wanted);
}

static inline bool device_says(const struct desk *desk, const struct desk_device *device,
			       const char *file, const char *wanted)
{
	char path[128], text[256];

	return strcmp(desk_read(desk, device_path(device, file, path), text), wanted) == 0;
}

/* A disk on it, of that number. */
static inline void device_disk(const struct desk *desk, const struct desk_device *device,
			       dev_t number)
{
	char path[128], link[256], target[256], text[32];

	desk_directory(desk, device_path(device, "1:1.0/block/sdx/holders", path));
	(void)snprintf(text, sizeof(text), "%u:%u\n", major(number), minor(number));
	device_file(desk, device, "1:1.0/block/sdx/dev", text);
	device_file(desk, device, "1:1.0/block/sdx/uevent", "");
	(void)snprintf(target, sizeof(target), "../../devices/pci0000:00/usb1/%s/1:1.0/block/sdx",
		       device->name);
	assert_int_equal(symlink(target, desk_path(desk, "/sys/class/block/sdx", link)), 0);
}

#endif
