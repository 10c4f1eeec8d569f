/* SPDX-License-Identifier: MIT */
/*
 * blocklist_format.h - the file of leaked passwords: header, entries, index; all little-endian.
 *
 * Entries are the first 8 bytes of the SHA-1 of a password as one number, so that their order is
 * that of the hashes; sorted, each once. The index has one mark for each value of their first
 * index_bits bits, and a last one behind them. A mark's check covers its bucket of entries.
 */
#ifndef PASSWORD_BLOCKLIST_FORMAT_H
#define PASSWORD_BLOCKLIST_FORMAT_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>

#include <sereno/blocklist.h>

#define LIST_MAGIC	    "SRNBLK1\n"
#define LIST_INDEX_BITS_MIN 4
#define LIST_INDEX_BITS_MAX 20
#define LIST_BUCKET_BITS \
	7 /* entries a bucket has on the average: 2^7 to 2^8 of them are one read */
#define LIST_SHA1_SIZE 20

struct list_header {
	char magic[8];
	uint32_t index_bits, zero;
	uint64_t count;
	uint8_t version[BLOCKLIST_VERSION_SIZE];
	uint64_t spare[2];
	uint64_t check; /* of what stands before */
};
_Static_assert(sizeof(struct list_header) == 64, "the header is read as it lies in the file");

struct list_mark {
	uint64_t start; /* number of the bucket's first entry */
	uint64_t check;
};

/* Spread the bits of @value (the finaliser of splitmix64). Against decay, not against people. */
static inline uint64_t list_mix(uint64_t value)
{
	value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9U;
	value = (value ^ value >> 27) * 0x94D049BB133111EBU;
	return value ^ value >> 31;
}

/* The part of a mark's check that covers its place; that of each entry is list_mix(entry). */
static inline uint64_t list_mark_seed(uint64_t bucket, uint64_t start)
{
	return list_mix(start + list_mix(bucket + 1));
}

static inline uint64_t list_header_check(const struct list_header *header)
{
	const uint64_t *word = (const uint64_t *)(const void *)header;
	uint64_t check = 1;

	for (size_t i = 0; i < offsetof(struct list_header, check) / sizeof(*word); i++)
		check = list_mix(check + le64toh(word[i]));
	return check;
}

/* The entry for a SHA-1. */
static inline uint64_t list_entry(const uint8_t sha1[static 8])
{
	uint64_t entry = 0;

	for (size_t i = 0; i < 8; i++)
		entry = entry << 8 | sha1[i];
	return entry;
}

#endif
