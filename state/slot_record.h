/* SPDX-License-Identifier: MIT */
/*
 * slot_record.h - the bytes of one slot: header, checksum or seal, payload.
 *
 *	offset 0   magic, 4 bytes: which kind of proof follows
 *	       4   format of the payload, u32
 *	       8   payload size, u32
 *	      12   generation, u64: counts every write; its lowest bit is the slot's number
 *	      20   proof: checksum, 4 bytes; or key identity, nonce and tag, 32 bytes
 *	      24   payload; or 52, encrypted
 *
 * Numbers are little-endian. The proof covers the header, the payload, the kind's directory, the
 * file name, the user and the uid. Pure functions of their arguments, but for the nonce.
 */
#ifndef SERENO_STATE_SLOT_RECORD_H
#define SERENO_STATE_SLOT_RECORD_H

#include <sereno/slot.h>

#include "slot_seal.h"

#define SLOT_RECORD_MAX	    (20 + SEAL_PROOF_SIZE + SLOT_PAYLOAD_MAX)
#define SLOT_USER_MAX	    256
#define SLOT_NAME_MAX	    128
#define SLOT_GENERATION_MAX (UINT64_MAX - 1)

/* Whose record of which kind; @key is NULL for open kinds. */
struct slot_identity {
	const struct slot_kind *kind;
	struct slot_owner owner;
	const struct seal_key *key;
};

/* Whether @kind and @owner are within bounds: ours to get right, and a file name to be sure of. */
int slot_record_check(const struct slot_kind *kind, const struct slot_owner *owner);

/* Bytes of one record of @kind. */
size_t slot_record_size(const struct slot_kind *kind);

/* Which of the two slots holds @generation. */
static inline unsigned slot_record_index(uint64_t generation)
{
	return (unsigned)(generation & 1);
}

/* Write the record of @generation into @record (slot_record_size() bytes). Returns 0 or the seal's
 * negative errno. */
int slot_record_encode(const struct slot_identity *identity, uint64_t generation,
		       const uint8_t *payload, uint8_t *record);

/*
 * Read the record found in slot @index into @payload. Returns 0 with *@ret_generation, from 1 to
 * SLOT_GENERATION_MAX, -EBADMSG or -EKEYREJECTED; the contents of @payload are then of no use.
 */
int slot_record_decode(const struct slot_identity *identity, unsigned index, const uint8_t *record,
		       uint8_t *payload, uint64_t *ret_generation);

#endif
