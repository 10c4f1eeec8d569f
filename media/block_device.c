/* SPDX-License-Identifier: MIT */
/* block_device.c - a block device has come, or changed: hidden, read-only, or left as it is. */
#include "block_device.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <sereno/scoped.h>

#include "answer.h"
#include "disk.h"
#include "encrypted.h"
#include "map.h"
#include "noted.h"
#include "own_disk.h"

#define SEATS "/run/sereno/seats" /* is there once the watcher of seats is at work */

/* What is decided about a block device, by the strictest of those that it is built on. */
struct ruling {
	struct disk disk;
	struct media_verdict verdict;
	const char *hidden; /* why it is hidden though it is not refused, or NULL */
};

static bool property_is(const char *name, const char *value)
{
	const char *has = secure_getenv(name);

	return has && strcmp(has, value) == 0;
}

static void read_event(const char *root, struct disk_event *ret)
{
	const char *was = secure_getenv("SERENO_MEDIA_WAS");
	scoped_free char *seats = NULL;

	ret->was_ours = was && was[0] && strcmp(was, "unmanaged") != 0;
	ret->was_let_in = ret->was_ours && strcmp(was, media_access_name(MEDIA_DENY)) != 0;
	ret->is_new_medium = property_is("DISK_MEDIA_CHANGE", "1");
	/* udevadm trigger is not the kernel: it names itself */
	ret->after_boot = property_is("ACTION", "add") && !secure_getenv("SYNTH_UUID") &&
			  asprintf(&seats, "%s" SEATS, root) > 0 && access(seats, F_OK) == 0;
}

/* Decide about one of those that a map is built on. Returns 1, 0 (it is not removable, or the host
 * lives on it) or a negative errno. */
static int judge(struct standing *standing, const char *path, struct ruling *ret)
{
	struct disk_event event;
	int r;

	memset(ret, 0, sizeof(*ret));
	read_event(standing->root, &event);
	r = disk_find(standing->root, path, &event, &ret->disk);
	if (r < 0 || !ret->disk.removable)
		return r;
	if (ret->disk.seat[0])
		standing_turn(standing, ret->disk.seat);
	standing_judge(standing, &ret->disk.facts, &ret->verdict);
	if (ret->verdict.access == MEDIA_READ_WRITE)
		return 1;
	path = ret->disk.whole[0] ? ret->disk.whole : ret->disk.carrier;
	return !own_disk_is_below(standing->root, path + 1);
}

/* LUKS, the partition itself too: the kernel may have found one that libblkid does not see. */
static int is_encrypted(const char *root, const struct disk *disk)
{
	scoped_fd int fd = -1;
	int r;

	if (!disk->whole[0])
		return 1; /* generic SCSI: its node is root's */
	fd = disk_open(root, disk->whole);
	if (fd < 0)
		return fd;
	r = encrypted_disk(fd);
	return r > 0 && disk->size > 0 ? encrypted_part(fd, disk->start, disk->size) : r;
}

static void look_into(struct standing *standing, struct ruling *ruling)
{
	int r;

	if (ruling->verdict.access != MEDIA_ENCRYPTED)
		return;
	r = is_encrypted(standing->root, &ruling->disk);
	if (r == 0)
		ruling->hidden = "it is not LUKS alone";
	else if (r < 0)
		ruling->hidden = "it could not be read, to see whether it is LUKS alone";
}

static bool is_stricter(const struct ruling *one, const struct ruling *other)
{
	const bool one_is_hidden = one->hidden || one->verdict.access == MEDIA_DENY;
	const bool other_is_hidden = other->hidden || other->verdict.access == MEDIA_DENY;

	if (one_is_hidden != other_is_hidden)
		return one_is_hidden;
	return one->verdict.access < other->verdict.access;
}

/* The strictest of all that @path is built on. Returns 1, 0 (no part of it is ours to decide) or a
 * negative errno. */
static int rule_on(struct standing *standing, const char *path, struct ruling *ret)
{
	scoped_free struct map_parts *parts = malloc(sizeof(*parts));
	scoped_free struct ruling *ruling = malloc(sizeof(*ruling));
	int found = 0;
	int r;

	if (!parts || !ruling)
		return -ENOMEM;
	r = map_find_parts(standing->root, path, parts);
	for (size_t i = 0; r >= 0 && i < parts->n; i++) {
		r = judge(standing, parts->path[i], ruling);
		if (r <= 0)
			continue;
		look_into(standing, ruling);
		if (!found || is_stricter(ruling, ret))
			*ret = *ruling;
		found = 1;
	}
	return r < 0 ? r : found;
}

/* Only for what has a size: generic SCSI has none. With what was mounted before, the kernel goes on
 * writing; that is the watcher's to end. */
static int set_read_only(const char *root, const char *path, int read_only)
{
	scoped_fd int fd = disk_open(root, path);

	if (fd < 0)
		return fd;
	return ioctl(fd, BLKROSET, &read_only) < 0 ? neg_errno() : 0;
}

/* A disk that is read-only has partitions that are; one of a partition alone is lost when the table
 * is read again. */
static const char *settable(const char *path, const struct disk *disk)
{
	const size_t length = strlen(disk->whole);

	return strncmp(path, disk->whole, length) == 0 && path[length] == '/' ? disk->whole : path;
}

/* Returns whether the kernel does not let anybody write. */
static bool carry_out(struct standing *standing, const char *path, struct ruling *ruling)
{
	const bool was = property_is("SERENO_MEDIA_RO", "1");
	const bool wanted = ruling->verdict.access == MEDIA_READ_ONLY;
	int r;

	if (!ruling->disk.whole[0] || (!was && !wanted))
		return false;
	r = set_read_only(standing->root, settable(path, &ruling->disk), wanted);
	if (r < 0)
		noted_failed(standing, path, "it could not be made read-only, or writable again",
			     r);
	if (r < 0 && wanted)
		ruling->hidden = "it could not be made read-only";
	return wanted && r == 0;
}

static void answer(FILE *out, const struct standing *standing, const struct ruling *ruling,
		   bool read_only)
{
	const enum media_access access = ruling->verdict.access;

	answer_verdict(out, &ruling->verdict);
	if (read_only)
		answer_read_only(out);
	if (ruling->hidden || access == MEDIA_DENY)
		answer_hidden(out);
	else if (ruling->disk.whole[0])
		answer_mount_options(out, access, standing->rules.mount_options);
}

/* Of a USB device it was told when that came; the rest is told here, once for each disk. */
static void tell(struct standing *standing, const char *path, const struct ruling *ruling)
{
	const struct disk *disk = &ruling->disk;
	const struct noted_device device = { disk->carrier, &disk->facts, &disk->texts };

	if (strcmp(disk->whole, path) != 0)
		return;
	if (ruling->hidden || (disk->facts.bus != BUS_USB && ruling->verdict.access == MEDIA_DENY))
		noted_refused(standing, &device, &ruling->verdict, ruling->hidden);
	else if (disk->facts.bus != BUS_USB && !disk->facts.in_use)
		noted_allowed(standing, &device, &ruling->verdict);
}

int block_device_decide(struct standing *standing, const char *path, FILE *out)
{
	scoped_free struct ruling *ruling = calloc(1, sizeof(*ruling));
	bool read_only;
	int r;

	if (!ruling)
		return -ENOMEM;
	r = standing->kind == STANDING_UNMANAGED ? 0 : rule_on(standing, path, ruling);
	if (r < 0)
		return r == -ENOENT ? -ENODEV : r;
	if (r == 0) {
		if (property_is("SERENO_MEDIA_RO", "1"))
			(void)set_read_only(standing->root, path,
					    0); /* else until it is replugged */
		answer_unmanaged(out);
		return 0;
	}
	read_only = carry_out(standing, path, ruling);
	answer(out, standing, ruling, read_only);
	if (ruling->disk.facts.bus != BUS_USB && ruling->verdict.until != TIME_NO_END)
		(void)seat_look_again(standing->root); /* it has to know of it */
	(void)fflush(out); /* heard before it is told: telling may take longer than we have */
	tell(standing, path, ruling);
	return 0;
}
