/* SPDX-License-Identifier: MIT */
/*
 * id_set.h - a set of the small numbers by which a compiled policy names roles, origins, services.
 *
 * Append with id_set_add(), then id_set_settle() once; only a settled set may be asked.
 */
#ifndef SERENO_POLICY_ID_SET_H
#define SERENO_POLICY_ID_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record.h"

#define ID_NONE UINT32_MAX

/* Zero-initialise; release with id_set_clear(). */
struct id_set {
	uint32_t *id;
	size_t n, allocated;
};

/* Returns 0 or -ENOMEM. */
int id_set_add(struct id_set *set, uint32_t id);

/* Sort and drop duplicates. */
void id_set_settle(struct id_set *set);

/* The index of @id, or -1. */
ptrdiff_t id_set_find(const struct id_set *set, uint32_t id);
void id_set_clear(struct id_set *set);

/* u32 count, then the numbers. */
void encode_id_set(struct encoder *encoder, const struct id_set *set);

/* Add the numbers that encode_id_set() wrote; they need not be settled. Returns 0, -EBADMSG or
 * -ENOMEM. */
int decode_id_set(struct decoder *decoder, struct id_set *set);

/* Add all numbers up to the decoder's end. Returns 0, -EBADMSG or -ENOMEM. */
int decode_ids(struct decoder *decoder, struct id_set *set);

#endif
