/* SPDX-License-Identifier: MIT */
/* disk.c - what a block device is a part of: the medium, and the device that carries it. */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <sereno/scoped.h>

#include "attribute.h"
#include "udev_record.h"

#define SECTOR	     512u /* bytes, of sysfs */
#define TYPE_OPTICAL "5"  /* SPC-4, peripheral device type: CD and DVD */

/* Cut the last part off. False: there is nothing above. */
static bool go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return false;
	*slash = '\0';
	return true;
}

static int find_whole(const char *root, const char *path, struct disk *disk)
{
	uint64_t start, size;

	if (attribute_number(root, path, "size", &size) < 0)
		return 0; /* generic SCSI */
	memcpy(disk->whole, path, strlen(path) + 1);
	if (attribute_number(root, path, "partition", &start) < 0)
		return 0;
	if (attribute_number(root, path, "start", &start) < 0 || !go_up(disk->whole) ||
	    start > UINT64_MAX / SECTOR || size > UINT64_MAX / SECTOR)
		return -ENOENT;
	disk->start = start * SECTOR;
	disk->size = size * SECTOR;
	return size > 0 ? 0 : -ENOENT;
}

static void take_text(const char *root, const char *path, const char *name, char *ret)
{
	if (attribute_text(root, path, name, ret, DEVICE_TEXT_MAX + 1) < 0)
		ret[0] = '\0';
}

/* What is not on USB has no descriptors: its texts are all there is to tell it from another. */
static void describe(struct disk *disk, enum device_bus bus, enum device_kind kind)
{
	struct device_facts *facts = &disk->facts;

	facts->bus = bus;
	facts->kinds = 1u << kind;
	if (!device_serial_is_weak(disk->texts.serial, disk->texts.product))
		memcpy(facts->serial, disk->texts.serial, sizeof(facts->serial));
	device_identity(NULL, 0, &disk->texts, facts->identity);
	disk->removable = true;
}

/* udev gives a seat to USB devices, and to few of those below. */
static void read_seat(const char *root, const struct device *device, struct disk *disk)
{
	char record[UDEV_RECORD_SIZE];

	udev_record_of(device, record);
	if (udev_record_value(root, record, "ID_SEAT", disk->seat, sizeof(disk->seat)) < 0)
		disk->seat[0] = '\0';
}

/* At each level there is one thing that it could be; these return 1 where that is so, else 0 or a
 * negative errno. */
static int is_usb(const char *root, const char *level, struct disk *disk)
{
	scoped(device_close) struct device device = DEVICE_CLOSED;
	uint64_t bus;
	int r;

	if (attribute_number(root, level, "busnum", &bus) < 0)
		return 0;
	r = device_open(root, level, &device);
	if (r < 0)
		return r == -ENODEV ? 0 : r;
	if (device.is_root_hub)
		return 0;
	disk->facts = device.facts;
	disk->texts = device.texts;
	read_seat(root, &device, disk);
	disk->removable = true;
	return 1;
}

/* What is soldered in is of the type MMC, and there when the host starts; what comes later is put
 * in, whatever its type. */
static int is_card(const char *root, const char *level, const struct disk_event *event,
		   struct disk *disk)
{
	if (!attribute_links_to(root, level, "subsystem", "mmc"))
		return 0;
	if (attribute_is(root, level, "type", "MMC") && !event->after_boot && !event->was_ours)
		return 0;
	take_text(root, level, "name", disk->texts.product);
	take_text(root, level, "manfid", disk->texts.manufacturer);
	take_text(root, level, "cid", disk->texts.serial);
	describe(disk, BUS_MMC, KIND_STORAGE);
	return 1;
}

static bool is_unplugged_easily(const char *root, const char *level)
{
	return attribute_links_to(root, level, "subsystem", "firewire") ||
	       (attribute_links_to(root, level, "subsystem", "pci") &&
		attribute_is(root, level, "removable", "removable"));
}

static bool is_optical(const char *root, const char *level)
{
	return attribute_links_to(root, level, "subsystem", "scsi") &&
	       attribute_is(root, level, "type", TYPE_OPTICAL);
}

static bool is_port_of_ata(const char *level)
{
	const char *name = strrchr(level, '/');

	return name && strncmp(name, "/ata", 4) == 0 && name[4] >= '0' && name[4] <= '9';
}

/* A disk that is not on USB: its names are those of its SCSI or NVMe device. */
static void describe_disk(const char *root, struct disk *disk, bool optical)
{
	char path[PATH_MAX];
	bool more = true;

	memcpy(path, disk->carrier, sizeof(path));
	for (; more && !disk->texts.product[0]; more = go_up(path)) {
		take_text(root, path, "model", disk->texts.product);
		take_text(root, path, "vendor", disk->texts.manufacturer);
		take_text(root, path, "serial", disk->texts.serial);
	}
	describe(disk, optical ? BUS_OPTICAL : BUS_DISK, optical ? KIND_OPTICAL : KIND_STORAGE);
}

/* What its interfaces say it is, it need not be: a drive says it stores, a disk that it is a drive,
 * and drivers take some devices by their numbers, whatever their class. It is what has come up. */
static void correct_kind(struct device_facts *facts, bool optical)
{
	if (facts->malformed)
		return;
	facts->kinds &= ~(1u << KIND_STORAGE | 1u << KIND_OPTICAL);
	facts->kinds |= 1u << (optical ? KIND_OPTICAL : KIND_STORAGE);
	facts->suspicious = device_is_suspicious(facts->kinds);
}

static int find_carrier(const char *root, const char *path, const struct disk_event *event,
			struct disk *disk)
{
	char level[PATH_MAX];
	bool optical = false, loose = attribute_is(root, disk->whole, "removable", "1");
	int r = 0;

	memcpy(level, path, strlen(path) + 1);
	do {
		optical = optical || is_optical(root, level);
		loose = loose || is_unplugged_easily(root, level) ||
			(event->after_boot && is_port_of_ata(level));
		r = is_usb(root, level, disk);
		if (r == 0)
			r = is_card(root, level, event, disk);
		if (r != 0)
			break;
	} while (go_up(level));
	if (r < 0)
		return r;
	memcpy(disk->carrier, r > 0 ? level : path, PATH_MAX);
	if (r > 0)
		correct_kind(&disk->facts, optical);
	else if (optical || loose || event->was_ours)
		describe_disk(root, disk, optical);
	return 0;
}

/*
 * What was said of the whole disk holds for its partitions, which come anew whenever its table is
 * read. And a medium put into a reader that is at work is as new as a device that is: refused then,
 * it does not become old by the next event. Returns whether it was refused.
 */
static bool recall(const char *root, const struct disk *disk, struct disk_event *event)
{
	char number[24], record[UDEV_RECORD_SIZE], word[UDEV_VALUE_SIZE] = "";
	bool refused;

	if (!disk->whole[0] || attribute_text(root, disk->whole, "dev", number, sizeof(number)) < 0)
		return false;
	(void)snprintf(record, sizeof(record), "b%s", number); /* fits */
	if (udev_record_value(root, record, "SERENO_MEDIA", word, sizeof(word)) < 0)
		return false;
	refused = strcmp(word, media_access_name(MEDIA_DENY)) == 0;
	if (disk->size > 0) {
		event->was_ours = word[0] && strcmp(word, "unmanaged") != 0;
		event->was_let_in = event->was_ours && !refused;
		event->after_boot = false;
	}
	return refused;
}

int disk_find(const char *root, const char *path, const struct disk_event *event, struct disk *ret)
{
	struct disk disk = { .removable = false };
	struct disk_event known = *event;
	char padded[PATH_MAX] = "";
	bool was_refused;
	int r;

	if (path[0] != '/' || strlen(path) >= sizeof(padded) || strstr(path, ".."))
		return -EINVAL;
	memcpy(padded, path, strlen(path) + 1);
	r = find_whole(root, padded, &disk);
	if (r < 0)
		return r;
	was_refused = recall(root, &disk, &known);
	r = find_carrier(root, padded, &known, &disk);
	if (r < 0)
		return r;
	if (disk.removable && disk.facts.bus != BUS_USB)
		disk.facts.in_use = known.was_let_in;
	if (known.is_new_medium || was_refused)
		disk.facts.in_use = false;
	*ret = disk;
	return 0;
}

/* "cciss!c0d0" of sysfs is cciss/c0d0 of /dev. */
static int node_path(const char *root, const char *path, char ret[static PATH_MAX])
{
	const char *name = strrchr(path, '/');
	const int n = name ? snprintf(ret, PATH_MAX, "%s/dev%s", root, name) : -1;

	if (n < 0 || n >= PATH_MAX)
		return -ENAMETOOLONG;
	for (char *c = ret + n - strlen(name) + 1; *c; c++)
		if (*c == '!')
			*c = '/';
	return 0;
}

/* A node may have been made for a device that is gone, or by somebody else. */
static int check_number(const char *root, const char *path, const struct stat *st)
{
	char have[32], wanted[32];
	int r;

	if (S_ISREG(st->st_mode) && root[0])
		return 0;
	if (!S_ISBLK(st->st_mode))
		return -ENODEV;
	r = attribute_text(root, path, "dev", wanted, sizeof(wanted));
	if (r < 0)
		return r == -ENOENT ? -ENODEV : r;
	(void)snprintf(have, sizeof(have), "%u:%u", major(st->st_rdev),
		       minor(st->st_rdev)); /* 21 */
	return strcmp(have, wanted) == 0 ? 0 : -ENODEV;
}

int disk_open(const char *root, const char *path)
{
	char node[PATH_MAX];
	scoped_fd int fd = -1;
	struct stat st;
	int r;

	r = node_path(root, path, node);
	if (r < 0)
		return r;
	fd = open(node, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return neg_errno();
	r = check_number(root, path, &st);
	return r < 0 ? r : take(fd, -1);
}
