/* SPDX-License-Identifier: MIT */
/*
 * slot_copy.h - a record as it lies on the disk, copied between two writes of it.
 */
#ifndef SERENO_SLOT_COPY_H
#define SERENO_SLOT_COPY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SLOT_COPY_MAX (64u << 20)

/*
 * Copy the file @name in the open @directory, locked as whoever writes it locks it (slot.h), so
 * that no half of a write is in the copy. Any plain file may be copied so. *@ret is the caller's,
 * released with free(). Returns 0, -ENOENT, -EPERM (no plain file of the directory's owner),
 * -EBUSY, -EFBIG, -ENOMEM or a read error.
 */
struct slot_copy {
	uint8_t *bytes;
	size_t length;
	mode_t mode;   /* permissions */
	int64_t mtime; /* UTC seconds */
};
int slot_copy(int directory, const char *name, struct slot_copy *ret);
void slot_copy_clear(struct slot_copy *copy); /* erases; for scoped() */

#endif
