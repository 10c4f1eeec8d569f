/* SPDX-License-Identifier: MIT */
/*
 * table.h - the tables of a compiled policy and of the grants, in which absence can be proved.
 *
 * cdb's own index has no checksum: one flipped bit there and a key is silently "not found". So
 * no policy key is a cdb key. A table is a directory of buckets; every bucket exists, also an
 * empty one, and is one checksummed record that names its table, its number and its generation.
 * A key is absent only if the bucket it belongs to was read, is sound, and does not list it.
 */
#ifndef SERENO_POLICY_TABLE_H
#define SERENO_POLICY_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "record.h"
#include "store.h"

/* The numbers are part of the format. META and ZONE are one record each, not directories. */
enum table {
	TABLE_META,
	TABLE_ZONE,
	TABLE_SUBJECTS,	  /* user name -> roles by name, roles he is excepted from, person */
	TABLE_PERSONS,	  /* person -> account names */
	TABLE_GROUPS,	  /* gid -> roles */
	TABLE_ROLES,	  /* role -> name, validity, excludes, groups given */
	TABLE_RULES,	  /* role, service id, origin id -> rules */
	TABLE_ORIGINS,	  /* kind of line, or network -> origin ids */
	TABLE_SERVICES,	  /* PAM service -> service ids */
	TABLE_CALENDARS,  /* calendar -> spans */
	TABLE_PASSWORDS,  /* role, or ID_NONE for the block itself -> password rules */
	TABLE_OWN_NAMES,  /* group that sereno makes -> gid */
	TABLE_OWN_GIDS,	  /* and back */
	TABLE_GRANTS,	  /* user name -> what roles give that name him */
	TABLE_ROLE_NAMES, /* role's name -> role */
	TABLE_TERMS,	  /* role -> on what terms it is granted */
	TABLE_APPROVERS,  /* ID_NONE -> who answers requests for devices */
	TABLE_COUNT, /* of a policy; what follows is of the grants, beside a META of their own */
	TABLE_GRANTED = 64,	/* user name -> roles granted */
	TABLE_DEPARTED_NAMES,	/* user name -> when he leaves */
	TABLE_DEPARTED_NUMBERS, /* user id -> the same */
	/* Of the rules about devices: see private_file.h. */
	TABLE_DEVICE_SERIALS,  /* vendor, product, serial number -> rules */
	TABLE_DEVICE_PRODUCTS, /* vendor, product -> rules */
	TABLE_DEVICE_VENDORS,  /* vendor -> rules */
	TABLE_DEVICE_GRANTS,   /* identity -> grants: see device_grants_file.h */
	TABLE_KINDS,
};

#define RECORD_HEADER_BYTES 21
#define TABLE_KEY_MAX	    1024

/* An open compiled policy, as far as tables need to know it. */
struct tables {
	struct store store;
	uint64_t generation; /* each record but META must name it */
	uint32_t buckets[TABLE_KINDS];
};

/* A record's payload, or an entry's value in it. Release with blob_clear(). */
struct blob {
	uint8_t *memory;
	const uint8_t *data;
	size_t length;
	uint64_t generation; /* as the record says */
};

void blob_clear(struct blob *blob);

/* A decoder over all of @blob, which must stay. */
struct decoder blob_decoder(const struct blob *blob);

/* The cdb key of a record. */
void record_key(enum table table, uint32_t bucket, uint8_t key[static STORE_KEY_BYTES]);

/* Hash of a key; its top bits number the bucket. */
uint64_t table_hash(const void *key, size_t length);
uint32_t table_bucket(uint64_t hash, uint32_t buckets);

/* Read one record and check it. Returns 0, -EBADMSG (missing, damaged, or another's), -ENOMEM
 * or a read error. */
int record_load(const struct tables *tables, enum table table, uint32_t bucket, struct blob *ret);

/* Look up @key. Returns 1 (then *@ret is set), 0 (absent, for certain) or as record_load(). */
int table_find(const struct tables *tables, enum table table, const void *key, size_t length,
	       struct blob *ret);

/* Read every bucket of @table and check its entries. Returns 0 or as record_load(). */
int table_verify(const struct tables *tables, enum table table);

#endif
