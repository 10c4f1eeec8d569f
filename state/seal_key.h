/* SPDX-License-Identifier: MIT */
/*
 * seal_key.h - the host key: made at first use, bound to the machine's identity, root's alone.
 *
 * Its file is ROOT/var/lib/sereno/host-ID.key, ID being derived from /etc/machine-id. A copied
 * disk image gets another machine-id, hence another name, and makes a key of its own; nothing is
 * overwritten, so that a machine-id changed by mistake can be put back.
 *
 *	offset 0   magic, 8 bytes
 *	       8   identity, 4 random bytes: tells another key's records from damaged ones
 *	      12   key, 32 random bytes
 *	      44   CRC-32C of the above, u32 little-endian
 */
#ifndef SERENO_STATE_SEAL_KEY_H
#define SERENO_STATE_SEAL_KEY_H

#include <stddef.h>
#include <stdint.h>

#include <sereno/slot.h>

#define SEAL_KEY_SIZE	 32
#define SEAL_KEY_ID_SIZE 4

struct seal_key {
	uint8_t id[SEAL_KEY_ID_SIZE];
	uint8_t bytes[SEAL_KEY_SIZE];
};

/* As slot_seal.key_open and key_close. The key is in no other memory when this returns. */
int seal_key_open(const char *root, int state, enum slot_missing missing, struct seal_key **ret);
void seal_key_close(struct seal_key *key);

/* @length random bytes from the kernel: no generator state that a fork could copy. */
int seal_random(uint8_t *bytes, size_t length);

#endif
