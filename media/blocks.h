/* SPDX-License-Identifier: MIT */
/*
 * blocks.h - the block devices that a device carries, and all that is built on top of them.
 *
 * As sysfs has them: disks and partitions below the device's directory, then their holders, as
 * maps of dm-crypt and LVM, and the holders of these.
 */
#ifndef SERENO_MEDIA_BLOCKS_H
#define SERENO_MEDIA_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define BLOCKS_MAX	4096
#define BLOCK_NAME_SIZE 64
#define BLOCK_PATH_SIZE 1024 /* of a directory in sysfs, from "devices/" on */

struct block {
	char name[BLOCK_NAME_SIZE]; /* "sdb1", "dm-0" */
	dev_t number;
	bool is_disk; /* as a whole: it has events of its own that partitions follow */
	bool is_map;  /* of the device mapper */
	bool is_ours; /* all that it is built on is in the set */
};

/* A holder stands behind what it holds. Zero-initialised is empty. */
struct blocks {
	size_t n, room;
	struct block *item;
};

/* The directory that the link @link below ROOT/sys leads to, "devices/pci.../2-1". Returns 0,
 * -ENOENT or another negative errno. */
int sysfs_directory(const char *root, const char *link, char ret[static BLOCK_PATH_SIZE]);

/* Whether @path is @directory or lies below it. */
bool sysfs_is_below(const char *path, const char *directory);

/* All that @directory carries. *@ret is released with blocks_clear(). Returns 0, -E2BIG, -ENOMEM
 * or a read error. */
int blocks_find(const char *root, const char *directory, struct blocks *ret);
void blocks_clear(struct blocks *blocks); /* for scoped(), too */

bool blocks_have(const struct blocks *blocks, dev_t number);

#endif
