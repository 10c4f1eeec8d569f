/* SPDX-License-Identifier: MIT */
/* attempts_record.c - what is kept about the attempts at one account, and its bytes. */
#include <string.h>

#include <sereno/slot.h>

#include "attempts_record.h"
#include "octets.h"

_Static_assert(RECORD_SIZE <= SLOT_SECTOR_PAYLOAD, "a record lies in one disk sector");

static struct tally *line_tally(struct attempts_record *record, enum origin_kind kind)
{
	return &record->lines[kind - ORIGIN_SEAT];
}

static struct known_origin *find_known(struct attempts_record *record, const struct origin_key *key)
{
	for (size_t i = 0; i < ATTEMPT_ORIGINS_KNOWN; i++)
		if (origin_key_equal(&record->known[i].key, key))
			return &record->known[i];
	return NULL;
}

struct tally *attempts_record_find(struct attempts_record *record, const struct origin *origin)
{
	const struct origin_key key = origin_key_of(origin);
	struct known_origin *known;

	if (origin_is_line(origin))
		return line_tally(record, origin->kind);
	known = find_known(record, &key);
	return known ? &known->tally : NULL;
}

void attempts_record_know(struct attempts_record *record, const struct origin_key *key,
			  const struct tally *tally, struct known_origin *ret_left)
{
	const struct known_origin first = { *key, *tally };
	const struct known_origin *old = find_known(record, key);
	const size_t place = old ? (size_t)(old - record->known) : ATTEMPT_ORIGINS_KNOWN - 1;

	*ret_left = (struct known_origin){ 0 };
	if (!old)
		*ret_left = record->known[place];
	memmove(&record->known[1], &record->known[0], place * sizeof(record->known[0]));
	record->known[0] = first;
}

void attempts_record_each(struct attempts_record *record,
			  void (*visit)(struct tally *tally, void *context), void *context)
{
	for (size_t i = 0; i < RECORD_LINES; i++)
		visit(&record->lines[i], context);
	for (size_t i = 0; i < ATTEMPT_ORIGINS_KNOWN; i++)
		visit(&record->known[i].tally, context);
	visit(&record->unlock, context);
	visit(&record->others, context);
}

static void start_tally(struct tally *tally, void *context)
{
	tally_start(tally, *(const uint32_t *)context);
}

void attempts_record_run(struct attempts_record *record, const struct attempt_clock *now)
{
	const bool is_new = record->clock.time == 0;

	record_clock_run(&record->clock, now);
	if (is_new)
		attempts_record_each(record, start_tally, &record->clock.time);
}

void attempts_record_encode(const struct attempts_record *record, uint8_t bytes[static RECORD_SIZE])
{
	record_clock_encode(&record->clock, &bytes);
	for (size_t i = 0; i < RECORD_LINES; i++)
		tally_encode(&record->lines[i], &bytes);
	for (size_t i = 0; i < ATTEMPT_ORIGINS_KNOWN; i++) {
		origin_key_encode(&record->known[i].key, &bytes);
		tally_encode(&record->known[i].tally, &bytes);
	}
	tally_encode(&record->unlock, &bytes);
	tally_encode(&record->others, &bytes);
}

void attempts_record_decode(struct attempts_record *record, const uint8_t bytes[static RECORD_SIZE])
{
	record_clock_decode(&record->clock, &bytes);
	for (size_t i = 0; i < RECORD_LINES; i++)
		tally_decode(&record->lines[i], &bytes);
	for (size_t i = 0; i < ATTEMPT_ORIGINS_KNOWN; i++) {
		origin_key_decode(&record->known[i].key, &bytes);
		tally_decode(&record->known[i].tally, &bytes);
	}
	tally_decode(&record->unlock, &bytes);
	tally_decode(&record->others, &bytes);
}
