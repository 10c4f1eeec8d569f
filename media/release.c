/* SPDX-License-Identifier: MIT */
/* release.c - sync, unmount, close, put out: in this order, and each told. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sereno/scoped.h>

#include "blocks.h"
#include "maps.h"
#include "mounts.h"
#include "release.h"
#include "told.h"

enum release_force { FORCE_NOT, FORCE_DETACH };

/* Where the device is in sysfs, from "devices/" on. */
static int find_directory(const char *root, const struct device *device,
			  char ret[static BLOCK_PATH_SIZE])
{
	char link[64];

	(void)snprintf(link, sizeof(link), "bus/usb/devices/%s", device->name); /* fits */
	return sysfs_directory(root, link, ret);
}

/* One try. What is on the device is looked for anew each time: who uses it may have mounted more.
 */
static int try_once(const struct release *release, enum release_force force)
{
	scoped(blocks_clear) struct blocks blocks = { 0 };
	scoped(mounts_clear) struct mounts mounts = { 0 };
	char directory[BLOCK_PATH_SIZE];
	int r = find_directory(release->root, release->device, directory);
	int closed;

	if (r == 0)
		r = blocks_find(release->root, directory, &blocks);
	if (r == 0)
		r = mounts_find(&blocks, &mounts);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	mounts_sync(&mounts);
	r = mounts_release(&mounts, force == FORCE_NOT ? MOUNTS_IF_IDLE : MOUNTS_DETACH);
	closed = maps_close(&blocks, force == FORCE_NOT ? MAPS_IF_IDLE : MAPS_DEFERRED);
	return r < 0 ? r : closed;
}

/* Returns 0, or -EBUSY: it had to be torn away. */
static int let_go(const struct release *release)
{
	int r = try_once(release, FORCE_NOT);

	if (r < 0 && release->grace_sec > 0)
		told_leaving(release->root, release->device, release->user, release->grace_sec);
	for (unsigned i = 0; r < 0 && i < release->grace_sec; i++) {
		(void)sleep(1);
		r = try_once(release, FORCE_NOT);
	}
	if (r == 0)
		return 0;
	if (try_once(release, FORCE_DETACH) < 0)
		sync(); /* whatever could not be found out */
	return -EBUSY;
}

static int write_uevent(int directory, const char *action)
{
	scoped_fd int fd = openat(directory, "uevent", O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return neg_errno();
	return write(fd, action, strlen(action)) < 0 ? neg_errno() : 0;
}

static int ask_for_block(const char *root, const char *name)
{
	scoped_free char *path = NULL;
	scoped_fd int directory = -1;

	if (asprintf(&path, "%s/sys/class/block/%s", root, name) < 0)
		return -ENOMEM;
	directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return directory < 0 ? neg_errno() : write_uevent(directory, "change");
}

/* The device's own event first: those of its disks take over what it was given, and udev keeps
 * them in this order. */
int release_ask_again(const char *root, const struct device *device)
{
	scoped(blocks_clear) struct blocks blocks = { 0 };
	char directory[BLOCK_PATH_SIZE];
	int r = write_uevent(device->fd, "add");

	if (r == 0)
		r = find_directory(root, device, directory);
	if (r == 0)
		r = blocks_find(root, directory, &blocks);
	for (size_t i = 0; r == 0 && i < blocks.n; i++)
		r = ask_for_block(root, blocks.item[i].name);
	return r == -ENOENT ? 0 : r; /* a device without disks, or gone */
}

/* What stays in, for less, is told by whoever decides about it again. */
static void tell_end(const struct release *release, int torn)
{
	if (torn < 0)
		told_removed(release->root, release->device, release->user, "forced");
	else if (release->end != RELEASE_AGAIN)
		told_removed(release->root, release->device, release->user, release->reason);
}

int release_run(const struct release *release)
{
	const int torn = let_go(release);
	int r = 0;

	if (release->end != RELEASE_AGAIN)
		r = device_authorize(release->device, DEVICE_OFF);
	if (r == -ENODEV) /* pulled out, meanwhile */
		return 0;
	if (r < 0) {
		told_failed(release->root, release->device, "it could not be put out", r);
		return r;
	}
	tell_end(release, torn);
	return release->end == RELEASE_OFF ? 0 : release_ask_again(release->root, release->device);
}
