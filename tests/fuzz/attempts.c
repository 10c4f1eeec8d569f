/* SPDX-License-Identifier: MIT */
/*
 * attempts.c - fuzzer of the records of attempts: any bytes behind a sound checksum, any clock.
 *
 * Whatever was read, what is counted from there on is bounded, and writing it loses nothing.
 */
#include <assert.h>
#include <string.h>

#include <sereno/slot.h>

#include "attempts_record.h"
#include "origins_bucket.h"
#include "slot_checksum.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct tally_rule rules[] = {
	{ 1, 1, 1, 1, TALLY_PROBATION },
	{ 5, 900, 30, 3600, TALLY_PROBATION },
	{ 20, 3600, 900, 900, TALLY_FRESH },
	{ 3, 900, TALLY_FOREVER, TALLY_FOREVER, TALLY_FRESH },
};

/* The rest of the input. */
struct input {
	const uint8_t *bytes;
	size_t left;
};

static uint64_t next(struct input *input, size_t length)
{
	uint64_t value = 0;

	for (; length > 0 && input->left > 0; length--, input->left--)
		value = value << 8 | *input->bytes++;
	return value;
}

static void next_bytes(struct input *input, uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		bytes[i] = (uint8_t)next(input, 1);
}

static struct attempt_clock next_clock(struct input *input)
{
	return (struct attempt_clock){
		.boot_id = { (uint8_t)next(input, 1) },
		.boot_sec = next(input, 8),
		.wall_sec = (int64_t)next(input, 8),
	};
}

/* All charges that a moment has room for. */
static void charge_all(struct tally *tally, const struct tally_rule *rule, uint32_t now)
{
	uint32_t serial = 0;
	unsigned n = 0;

	while (tally_charge(tally, rule, now, &serial) == 0)
		n++;
	assert(n <= rule->allow);
}

static void work(struct tally *tally, const struct tally_rule *rule, uint32_t now,
		 struct input *input)
{
	struct tally same;
	uint8_t bytes[TALLY_SIZE], again[TALLY_SIZE];
	uint8_t *put = bytes;
	const uint8_t *get = bytes;
	const uint32_t serial = tally->serial - (uint32_t)next(input, 1);

	switch (next(input, 1) % 6) {
	case 0:
		tally_look(tally, rule, now);
		break;
	case 1:
		tally_fail(tally, rule, now, serial);
		break;
	case 2:
		(void)tally_succeed(tally, serial);
		break;
	case 3:
		tally_refund(tally, serial);
		break;
	case 4:
		tally_penalise(tally, rule, now);
		break;
	default:
		tally_shift(tally, (uint32_t)next(input, 4), (uint32_t)next(input, 4));
		break;
	}
	charge_all(tally, rule, now);
	assert(tally_open(tally) <= TALLY_OPEN_MAX);
	tally_encode(tally, &put);
	tally_decode(&same, &get);
	assert(put == bytes + sizeof(bytes) && get == put);
	put = again;
	tally_encode(&same, &put);
	assert(memcmp(bytes, again, sizeof(bytes)) == 0);
}

static void try_record(struct input *input)
{
	const struct tally_rule *rule = &rules[next(input, 1) % 4];
	const struct attempt_clock now = next_clock(input);
	struct attempts_record record;
	struct known_origin left;
	uint8_t bytes[RECORD_SIZE], again[RECORD_SIZE];
	uint32_t time;

	next_bytes(input, bytes, sizeof(bytes));
	attempts_record_decode(&record, bytes);
	attempts_record_encode(&record, again);
	assert(memcmp(bytes, again, sizeof(bytes)) == 0);
	time = record.clock.time;
	attempts_record_run(&record, &now);
	assert(record.clock.time >= time);
	attempts_record_know(&record, &record.known[next(input, 1) % 3].key, &record.others, &left);
	work(&record.others, rule, record.clock.time, input);
	work(&record.lines[0], rule, record.clock.time, input);
}

static void try_bucket(struct input *input)
{
	const struct tally_rule *rule = &rules[next(input, 1) % 4];
	const struct attempt_clock now = next_clock(input);
	const struct origins_id id = { .who = ORIGINS_ACCOUNT, .uid = (uid_t)next(input, 1) };
	struct origins_entry *entry;
	struct bucket bucket;
	uint8_t bytes[BUCKET_SIZE];
	const uint8_t number[4] = { 0 };
	uint32_t sum;

	next_bytes(input, bytes, sizeof(bytes));
	sum = slot_checksum(slot_checksum(0, number, 4), bytes + 4, sizeof(bytes) - 4);
	for (unsigned i = 0; i < 4 && next(input, 1) != 0; i++)
		bytes[i] = (uint8_t)(sum >> (8 * i));
	bucket_decode(&bucket, 0, bytes);
	bucket_run(&bucket, &now);
	entry = bucket_make(&bucket, &id, rule);
	assert(bucket_find(&bucket, &id) == entry);
	work(&entry->tally, rule, bucket.clock.time, input);
	bucket_encode(&bucket, 0, bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };

	if (next(&input, 1) % 2 == 0)
		try_record(&input);
	else
		try_bucket(&input);
	return 0;
}
