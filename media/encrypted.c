/* SPDX-License-Identifier: MIT */
/* encrypted.c - whether all that a disk holds is encrypted: LUKS, and nothing else. */
#include "encrypted.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <blkid/blkid.h>

#include <sereno/scoped.h>

#define LUKS	  "crypto_LUKS"
#define SECTOR	  512u /* bytes: of libblkid's numbers, whatever the disk's own sectors have */
#define PARTS_MAX 128
#define FOUND	  0 /* what blkid_do_safeprobe() returns */

static void probe_free(blkid_probe *probe)
{
	if (*probe)
		blkid_free_probe(*probe);
}

/* @size 0: to the end. */
static int probe_new(int fd, uint64_t start, uint64_t size, blkid_probe *ret)
{
	scoped(probe_free) blkid_probe probe = blkid_new_probe();

	if (!probe)
		return -ENOMEM;
	errno = 0;
	if (blkid_probe_set_device(probe, fd, (blkid_loff_t)start, (blkid_loff_t)size) != 0)
		return neg_errno();
	*ret = take(probe, NULL);
	return 0;
}

/* More than one signature is as good as none: another program may see the other one. */
static bool is_luks(blkid_probe probe)
{
	const char *type;

	return blkid_do_safeprobe(probe) == FOUND &&
	       blkid_probe_lookup_value(probe, "TYPE", &type, NULL) == 0 &&
	       strcmp(type, LUKS) == 0 && !blkid_probe_has_value(probe, "PTTYPE");
}

int encrypted_part(int fd, uint64_t start, uint64_t size)
{
	scoped(probe_free) blkid_probe probe = NULL;
	int r;

	if (start > INT64_MAX || size > INT64_MAX || size == 0)
		return 0;
	r = probe_new(fd, start, size, &probe);
	if (r < 0)
		return r;
	(void)blkid_probe_enable_superblocks(probe, 1); /* it is by default; so is TYPE */
	(void)blkid_probe_enable_partitions(probe, 1);	/* a table in a partition is no LUKS */
	return is_luks(probe);
}

static int part_is_luks(int fd, blkid_partition part)
{
	const blkid_loff_t start = blkid_partition_get_start(part);
	const blkid_loff_t size = blkid_partition_get_size(part);

	if (start < 0 || size <= 0 || start > INT64_MAX / SECTOR || size > INT64_MAX / SECTOR)
		return 0;
	return encrypted_part(fd, (uint64_t)start * SECTOR, (uint64_t)size * SECTOR);
}

/* All of them, and there is one. What only holds others is looked at by these. */
static int parts_are_luks(int fd, blkid_partlist parts)
{
	const int n = blkid_partlist_numof_partitions(parts);
	int found = 0;
	int r;

	if (n < 1 || n > PARTS_MAX)
		return 0;
	for (int i = 0; i < n; i++) {
		blkid_partition part = blkid_partlist_get_partition(parts, i);

		if (part && blkid_partition_is_extended(part))
			continue;
		r = part ? part_is_luks(fd, part) : 0;
		if (r <= 0)
			return r;
		found++;
	}
	return found > 0;
}

int encrypted_disk(int fd)
{
	scoped(probe_free) blkid_probe probe = NULL;
	blkid_partlist parts;
	int r;

	r = probe_new(fd, 0, 0, &probe);
	if (r < 0)
		return r;
	(void)blkid_probe_enable_partitions(probe, 1);
	if (is_luks(probe))
		return 1;
	/* a file system as a whole, and a table of partitions within it, is both */
	if (blkid_do_safeprobe(probe) != FOUND || blkid_probe_has_value(probe, "TYPE"))
		return 0;
	errno = 0;
	parts = blkid_probe_get_partitions(probe);
	return parts ? parts_are_luks(fd, parts) : 0;
}
