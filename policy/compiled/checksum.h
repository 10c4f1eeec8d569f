/* SPDX-License-Identifier: MIT */
/* checksum.h - CRC-32C (Castagnoli). */
#ifndef SERENO_POLICY_CHECKSUM_H
#define SERENO_POLICY_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32c(const void *bytes, size_t length);

/* The same on any processor. */
uint32_t crc32c_by_table(const void *bytes, size_t length);

#endif
