/* SPDX-License-Identifier: MIT */
/* origins_bucket.c - eight tallies of strangers in one disk sector. */
#include <string.h>

#include "octets.h"
#include "origins_bucket.h"
#include "slot_checksum.h"

#define BUCKET_FORMAT 1
#define AT_CHECKED    4 /* what the checksum covers begins here */
#define ENTRY_SIZE    (5 + ORIGIN_KEY_SIZE + TALLY_SIZE)

_Static_assert(8 + RECORD_CLOCK_SIZE + BUCKET_ENTRIES * ENTRY_SIZE <= BUCKET_SIZE,
	       "a bucket is a disk sector");

/* The number is covered, so that a sector that went to the wrong place is damage. */
static uint32_t checksum_of(uint32_t number, const uint8_t bytes[static BUCKET_SIZE])
{
	uint8_t covered[4];
	uint8_t *cursor = covered;

	octets_put(&cursor, number, sizeof(covered));
	return slot_checksum(slot_checksum(0, covered, sizeof(covered)), bytes + AT_CHECKED,
			     BUCKET_SIZE - AT_CHECKED);
}

void bucket_encode(const struct bucket *bucket, uint32_t number, uint8_t bytes[static BUCKET_SIZE])
{
	uint8_t *cursor = bytes + AT_CHECKED;

	memset(bytes, 0, BUCKET_SIZE);
	octets_put(&cursor, BUCKET_FORMAT, 4);
	record_clock_encode(&bucket->clock, &cursor);
	for (size_t i = 0; i < BUCKET_ENTRIES; i++) {
		const struct origins_entry *entry = &bucket->entries[i];

		octets_put(&cursor, entry->id.who, 1);
		octets_put(&cursor, entry->id.uid, 4);
		origin_key_encode(&entry->id.origin, &cursor);
		tally_encode(&entry->tally, &cursor);
	}
	cursor = bytes;
	octets_put(&cursor, checksum_of(number, bytes), AT_CHECKED);
}

static void lose(struct bucket *bucket)
{
	*bucket = (struct bucket){ 0 };
	for (size_t i = 0; i < BUCKET_ENTRIES; i++)
		bucket->entries[i].id.who = ORIGINS_LOST;
}

static enum origins_who who_of(uint8_t value)
{
	return value <= ORIGINS_LOST ? (enum origins_who)value : ORIGINS_LOST;
}

void bucket_decode(struct bucket *bucket, uint32_t number, const uint8_t bytes[static BUCKET_SIZE])
{
	const uint8_t *cursor = bytes;

	if (octets_get_u32(&cursor) != checksum_of(number, bytes) ||
	    octets_get_u32(&cursor) != BUCKET_FORMAT) {
		lose(bucket);
		return;
	}
	record_clock_decode(&bucket->clock, &cursor);
	for (size_t i = 0; i < BUCKET_ENTRIES; i++) {
		struct origins_entry *entry = &bucket->entries[i];

		entry->id.who = who_of(octets_get_u8(&cursor));
		entry->id.uid = octets_get_u32(&cursor);
		origin_key_decode(&entry->id.origin, &cursor);
		tally_decode(&entry->tally, &cursor);
	}
}

/* What was in a lost bucket may have been as much as anybody is allowed. */
static void start_lost(struct origins_entry *entry, uint32_t now)
{
	tally_start(&entry->tally, now);
	entry->tally.count[0] = UINT16_MAX;
}

void bucket_run(struct bucket *bucket, const struct attempt_clock *now)
{
	const bool begins = bucket->clock.time == 0;

	record_clock_run(&bucket->clock, now);
	for (size_t i = 0; begins && i < BUCKET_ENTRIES; i++)
		if (bucket->entries[i].id.who == ORIGINS_LOST)
			start_lost(&bucket->entries[i], bucket->clock.time);
}

static bool id_equal(const struct origins_id *a, const struct origins_id *b)
{
	return a->who == b->who && a->uid == b->uid && origin_key_equal(&a->origin, &b->origin);
}

struct origins_entry *bucket_find(struct bucket *bucket, const struct origins_id *id)
{
	for (size_t i = 0; i < BUCKET_ENTRIES; i++)
		if (id_equal(&bucket->entries[i].id, id))
			return &bucket->entries[i];
	return NULL;
}

/* How much it matters that an entry stays: how long a wait, and its consequences, still last; then
 * its count; then its age. */
struct weight {
	uint32_t held_sec, counted, last;
};

/* Other entries may have other rules, but the window is the same. */
static struct weight weigh(const struct origins_entry *entry, const struct tally_rule *rule,
			   uint32_t now)
{
	struct tally tally = entry->tally;

	if (entry->id.who == ORIGINS_FREE)
		return (struct weight){ 0 };
	tally_move(&tally, rule->within_sec, now);
	return (struct weight){
		.held_sec = tally_held(&tally, rule->within_sec, now),
		.counted = tally_counted(&tally),
		.last = tally.last,
	};
}

static bool weighs_less(const struct weight *a, const struct weight *b)
{
	if (a->held_sec != b->held_sec)
		return a->held_sec < b->held_sec;
	if (a->counted != b->counted)
		return a->counted < b->counted;
	return a->last < b->last;
}

struct origins_entry *bucket_make(struct bucket *bucket, const struct origins_id *id,
				  const struct tally_rule *rule)
{
	const uint32_t now = bucket->clock.time;
	struct origins_entry *place = bucket_find(bucket, id);
	struct weight least = { 0 };
	struct weight weight;

	if (place)
		return place;
	for (size_t i = 0; i < BUCKET_ENTRIES; i++) {
		weight = weigh(&bucket->entries[i], rule, now);
		if (place && !weighs_less(&weight, &least))
			continue;
		place = &bucket->entries[i];
		least = weight;
	}
	*place = (struct origins_entry){ .id = *id };
	tally_start(&place->tally, now);
	tally_inherit(&place->tally, rule, now, least.held_sec > 0 ? UINT32_MAX : least.counted);
	return place;
}
