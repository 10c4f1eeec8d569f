/* SPDX-License-Identifier: MIT */
/*
 * seal_image.h - the host key as it lies in a file.
 *
 *	offset 0   magic, 8 bytes
 *	       8   identity, 4 random bytes: tells another key's records from damaged ones
 *	      12   key, 32 random bytes
 *	      44   CRC-32C of the above, u32 little-endian
 */
#ifndef SERENO_STATE_SEAL_IMAGE_H
#define SERENO_STATE_SEAL_IMAGE_H

#include <sereno/host_key.h>

#define SEAL_KEY_SIZE	 32
#define SEAL_KEY_ID_SIZE 4

/* clang-format off */
enum {
	SEAL_AT_ID       = 8,
	SEAL_AT_KEY      = SEAL_AT_ID + SEAL_KEY_ID_SIZE,
	SEAL_AT_CHECKSUM = SEAL_AT_KEY + SEAL_KEY_SIZE,
};
/* clang-format on */

_Static_assert(SEAL_AT_CHECKSUM + 4 == HOST_KEY_SIZE, "there are no other bytes");

/* A new key, at random. */
int seal_image_make(struct host_key_image *image);

/* Read the file @name in @directory, which must be its owner's alone, 0400. Returns 0, -ENOENT,
 * -EPERM, -EBADMSG or another negative errno; @image then holds nothing to be used. */
int seal_image_read(int directory, const char *name, struct host_key_image *image);

/* @length random bytes from the kernel: no generator state that a fork could copy. */
int seal_random(uint8_t *bytes, size_t length);

#endif
