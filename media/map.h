/* SPDX-License-Identifier: MIT */
/*
 * map.h - the disks and partitions that a map of the device mapper is built on in the end.
 */
#ifndef MEDIA_MAP_H
#define MEDIA_MAP_H

#include <limits.h>
#include <stddef.h>

#define MAP_PARTS_MAX 64

struct map_parts {
	size_t n;
	char path[MAP_PARTS_MAX][PATH_MAX]; /* in sysfs */
};

/* Of the block device of @path in sysfs, which is its own only part where it is no map. Returns 0,
 * -E2BIG or a read error. */
int map_find_parts(const char *root, const char *path, struct map_parts *ret);

#endif
