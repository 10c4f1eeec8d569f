/* SPDX-License-Identifier: MIT */
/*
 * grants_file.h - what the file of the grants holds, and how it is opened.
 *
 * A META of its own, then the tables GRANTED, DEPARTED_NAMES and DEPARTED_NUMBERS, as in table.h;
 * the serial stands in the place of the generation.
 */
#ifndef SERENO_POLICY_GRANTS_FILE_H
#define SERENO_POLICY_GRANTS_FILE_H

#include <sereno/grants.h>

#include "location.h"
#include "table.h"

#define GRANTS_FILE	   "grants.1.cdb"
#define LEAVERS_FILE	   "leavers.1.cdb" /* of the same form, without grants */
#define REGISTER_FILE	   "register.db"   /* what it is published from, see register.h */
#define GRANTS_FORMAT	   0x67726131	   /* tells this META from a policy's */
#define GRANTS_TABLE_FIRST TABLE_GRANTED
#define GRANTS_TABLES	   3
#define GRANTS_TIME_MAX	   (INT64_C(1) << 40) /* of the moment of publishing: sums of two fit */

/* Published with nothing in it, each is so long and of this mode. */
#define GRANTS_EMPTY_MODE  0444
#define LEAVERS_EMPTY_MODE 0400
#define GRANTS_META_BYTES  (4 + 3 * 8 + 2 * 4 + 4 * GRANTS_TABLES)
#define GRANTS_EMPTY_BYTES                                                                   \
	(STORE_INDEX_BYTES + (1 + GRANTS_TABLES) * STORE_RECORD_BYTES(RECORD_HEADER_BYTES) + \
	 GRANTS_META_BYTES)

struct grants {
	int fd;
	struct tables tables;
	struct grants_facts facts; /* of the file */
	struct grants_facts told;  /* of both files */
	struct grants *leavers;	   /* also the departures yet to come; NULL: not read */
};

/* What grants_earliest() says of what was published then. */
int64_t earliest_since(int64_t published, int64_t boottime);

/* Whether departures that are yet to come are asked for, where the caller may read them. */
enum grants_scope {
	GRANTS_FOR_ALL,	 /* no */
	GRANTS_OF_LOGIN, /* yes, but not when it was that there were none */
	GRANTS_OF_ROOT,
};

/* grants_open() where @location begins, the directory of which has been checked. *@ret may be NULL,
 * but not with GRANTS_OF_ROOT: there is nothing. */
int grants_open_at(struct location *location, enum grants_scope scope, struct grants **ret);

/* grants_publish() in the directory @state, ROOT/var/lib/sereno. */
int grants_publish_at(int state, const struct grants_image *image);

void encode_grants_meta(struct encoder *encoder, const struct grants_facts *facts,
			const uint32_t buckets[static GRANTS_TABLES]);
int decode_grants_meta(struct decoder *decoder, struct grants_facts *facts,
		       uint32_t buckets[static GRANTS_TABLES]);

/* GRANTED: one per grant of the user. */
void encode_granted(struct encoder *encoder, const struct grant *grant);
void decode_granted(struct decoder *decoder, struct grant *ret);

/* DEPARTED_NAMES, DEPARTED_NUMBERS: one per departure. */
void encode_departure(struct encoder *encoder, const struct departure *departure);
void decode_departure(struct decoder *decoder, struct departure *ret);

#endif
