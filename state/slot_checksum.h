/* SPDX-License-Identifier: MIT */
/* slot_checksum.h - CRC-32C (Castagnoli), which finds damage; it does not keep out an attacker. */
#ifndef SERENO_STATE_SLOT_CHECKSUM_H
#define SERENO_STATE_SLOT_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* The checksum of what @checksum covers so far (0 at the start) followed by @length bytes. */
uint32_t slot_checksum(uint32_t checksum, const void *bytes, size_t length);

#endif
