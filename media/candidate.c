/* SPDX-License-Identifier: MIT */
/* candidate.c - USB devices from device.h, other disks from sysfs and from what udev has kept. */
#include "candidate.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include <sereno/scoped.h>

#include "disk.h"
#include "udev_record.h"

#define MEDIA (1u << KIND_STORAGE | 1u << KIND_OPTICAL | 1u << KIND_PHONE | 1u << KIND_DEBUG)

struct listing {
	const char *root;
	candidate_each *each;
	void *context;
};

bool candidate_is_medium(const struct candidate *candidate)
{
	return (candidate->facts->kinds & MEDIA) != 0;
}

static int list_usb(void *context, struct device *device)
{
	const struct listing *listing = context;
	struct candidate candidate = {
		.number = device->number,
		.is_in = device->authorized,
		.device = device,
		.facts = &device->facts,
		.texts = &device->texts,
	};
	char link[CANDIDATE_NAME_SIZE + 32];

	device->facts.twin = device_has_twin(listing->root, device) != 0; /* also where unknown */
	memcpy(candidate.name, device->name, sizeof(device->name));
	udev_record_of(device, candidate.record);
	(void)snprintf(link, sizeof(link), "bus/usb/devices/%s", device->name);
	if (sysfs_directory(listing->root, link, candidate.directory) < 0)
		return 0; /* gone */
	return listing->each(listing->context, &candidate);
}

/* Whether it was decided about when it came, and let in. */
static int read_event(const char *root, const char *record, struct disk_event *ret)
{
	char word[UDEV_VALUE_SIZE] = "";
	const int r = udev_record_value(root, record, "SERENO_MEDIA", word, sizeof(word));

	if (r < 0)
		return r;
	*ret = (struct disk_event){ .was_ours = word[0] && strcmp(word, "unmanaged") != 0 };
	ret->was_let_in = ret->was_ours && strcmp(word, media_access_name(MEDIA_DENY)) != 0;
	return 0;
}

static int list_disk(const struct listing *listing, const struct block *block)
{
	scoped_free struct disk *disk = malloc(sizeof(*disk));
	struct candidate candidate = { .number = (unsigned)block->number };
	struct disk_event event;
	char link[CANDIDATE_NAME_SIZE + 32];
	scoped_free char *path = NULL;
	int r;

	if (!disk)
		return -ENOMEM;
	(void)snprintf(candidate.record, sizeof(candidate.record), "b%u:%u", major(block->number),
		       minor(block->number));
	r = read_event(listing->root, candidate.record, &event);
	if (r < 0 || !event.was_ours)
		return 0;
	memcpy(candidate.name, block->name, sizeof(block->name));
	(void)snprintf(link, sizeof(link), "class/block/%s", block->name);
	r = sysfs_directory(listing->root, link, candidate.directory);
	if (r == 0 && asprintf(&path, "/%s", candidate.directory) < 0)
		return -ENOMEM;
	if (r == 0)
		r = disk_find(listing->root, path, &event, disk);
	if (r < 0 || !disk->removable || disk->facts.bus == BUS_USB)
		return 0; /* gone; or its USB device is what is decided about */
	candidate.is_in = event.was_let_in;
	candidate.facts = &disk->facts;
	candidate.texts = &disk->texts;
	return listing->each(listing->context, &candidate);
}

static int list_disks(const struct listing *listing)
{
	scoped(blocks_clear) struct blocks blocks = { 0 };
	int r = blocks_find(listing->root, "devices", &blocks);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	for (size_t i = 0; r == 0 && i < blocks.n; i++)
		if (blocks.item[i].is_disk && !blocks.item[i].is_map)
			r = list_disk(listing, &blocks.item[i]);
	return r;
}

int candidates_list(const char *root, candidate_each *each, void *context)
{
	struct listing listing = { root, each, context };
	const int r = device_list(root, list_usb, &listing);

	return r == 0 ? list_disks(&listing) : r;
}
