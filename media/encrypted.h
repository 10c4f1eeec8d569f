/* SPDX-License-Identifier: MIT */
/*
 * encrypted.h - whether all that a disk holds is encrypted: LUKS, and nothing else.
 *
 * By libblkid, from the disk itself: what udev found out before may be of another medium.
 */
#ifndef MEDIA_ENCRYPTED_H
#define MEDIA_ENCRYPTED_H

#include <stdint.h>

/* Whether the disk of @fd is LUKS as a whole, or divided into partitions each of which is. What is
 * blank, or can be read in two ways, is not. Returns 1, 0 or a negative errno. */
int encrypted_disk(int fd);

/* Whether @size bytes from @start on, a partition as the kernel has it, are LUKS. */
int encrypted_part(int fd, uint64_t start, uint64_t size);

#endif
