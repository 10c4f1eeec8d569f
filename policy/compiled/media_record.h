/* SPDX-License-Identifier: MIT */
/*
 * media_record.h - the block media: as bytes of compiled records.
 *
 * What everybody may know (words, options) is part of META; the rules, which name serial numbers,
 * are in tables of their own, under what they name: see private_file.h.
 */
#ifndef SERENO_POLICY_MEDIA_RECORD_H
#define SERENO_POLICY_MEDIA_RECORD_H

#include <sereno/media.h>

#include "record.h"

#define ALL_KINDS     ((1u << DEVICE_KINDS) - 1)
/* Kinds of which more than yes and no can be said. */
#define STORING_KINDS (1u << KIND_STORAGE | 1u << KIND_OPTICAL)

struct media_facts {
	enum media_access word[MEDIA_WORDS];
	uint32_t line[MEDIA_WORDS]; /* 0: it was left out */
	unsigned mount_options;
	enum media_on_lock on_lock;
};

void encode_media_facts(struct encoder *encoder, const struct media_facts *facts);
void decode_media_facts(struct decoder *decoder, struct media_facts *ret);

/* A rule under one of its keys. */
struct device_fact {
	char name[MODEL_NAME_MAX + 1];
	uint32_t line;
	enum media_access access;
	bool whole;	/* written without kind: it is for all of the device */
	bool system;	/* for whoever is there, and nobody */
	unsigned kinds; /* that it says something of, 1u << enum device_kind; never 0 */
	struct validity valid;
	size_t n_roles;
	const uint8_t *roles; /* names as encode_text() writes them, in the record; checked */
};

/* Writes @rule without @fact->roles and ->n_roles, which are those of @rule but system. */
void encode_device(struct encoder *encoder, const struct device_fact *fact,
		   const struct names *roles);
void decode_device(struct decoder *decoder, struct device_fact *ret);

/* Whether @name is one of the roles of @fact. */
bool device_fact_has_role(const struct device_fact *fact, const char *name);

#endif
