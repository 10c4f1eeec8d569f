/* SPDX-License-Identifier: MIT */
/*
 * origins_bucket.h - eight tallies of strangers in one disk sector.
 *
 *	offset 0   checksum of the bucket's number and all that follows, u32
 *	       4   format, u32
 *	       8   clock of the bucket, 36 bytes
 *	      44   eight entries of 55 bytes: who, uid, origin, tally; the rest is 0
 *
 * Pure functions.
 */
#ifndef SERENO_STATE_ORIGINS_BUCKET_H
#define SERENO_STATE_ORIGINS_BUCKET_H

#include "attempts_clock.h"
#include "origin_key.h"
#include "tally.h"

#define BUCKET_SIZE    512
#define BUCKET_ENTRIES 8

enum origins_who {
	ORIGINS_FREE,
	ORIGINS_ACCOUNT, /* uid is the account's */
	ORIGINS_NAME,	 /* no such account: uid is made of the name */
	ORIGINS_ALL,	 /* all accounts */
	ORIGINS_LOST,	 /* of a damaged bucket: the count of we do not know whom */
};

struct origins_id {
	enum origins_who who;
	uid_t uid;
	struct origin_key origin;
};

struct origins_entry {
	struct origins_id id;
	struct tally tally;
};

struct bucket {
	struct record_clock clock;
	struct origins_entry entries[BUCKET_ENTRIES];
};

/* The bytes of bucket @number; all zero is one that nobody has used yet. */
void bucket_encode(const struct bucket *bucket, uint32_t number, uint8_t bytes[static BUCKET_SIZE]);

/* Read bucket @number. Damage is not reported: it makes a bucket full of ORIGINS_LOST entries. */
void bucket_decode(struct bucket *bucket, uint32_t number, const uint8_t bytes[static BUCKET_SIZE]);

/* Let the clock run, and start entries that were lost. */
void bucket_run(struct bucket *bucket, const struct attempt_clock *now);

/* The entry of @id, or NULL. */
struct origins_entry *bucket_find(struct bucket *bucket, const struct origins_id *id);

/* The entry of @id, made in the place of one that is free or gives way where there is none. */
struct origins_entry *bucket_make(struct bucket *bucket, const struct origins_id *id,
				  const struct tally_rule *rule);

#endif
