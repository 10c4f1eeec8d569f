/* SPDX-License-Identifier: MIT */
/*
 * seal_key.h - the host key as records need it: made at first use, found where it lies.
 *
 * It is ROOT/var/lib/sereno/host-ID.key or, where that is sealed (host-ID.key.cred), what was
 * unsealed at this boot: ROOT/run/sereno/host-ID.key. A key below /run without a sealed one counts
 * for nothing, and where there is a sealed one no other is ever made.
 */
#ifndef SERENO_STATE_SEAL_KEY_H
#define SERENO_STATE_SEAL_KEY_H

#include <stddef.h>
#include <stdint.h>

#include <sereno/slot.h>

#include "seal_image.h"

struct seal_key {
	uint8_t id[SEAL_KEY_ID_SIZE];
	uint8_t bytes[SEAL_KEY_SIZE];
};

/* As slot_seal.key_open and key_close. The key is in no other memory when this returns. */
int seal_key_open(const char *root, int state, enum slot_missing missing, struct seal_key **ret);
void seal_key_close(struct seal_key *key);

/* Open ROOT/run/sereno, which has to be its owner's. Returns 0 with *@ret_fd, -ENOENT, -EPERM or
 * another negative errno. */
int seal_key_open_run(const char *root, int *ret_fd);

#endif
