/* SPDX-License-Identifier: MIT */
/*
 * tally.c - tests: counting at one place against a slow and obvious model of it.
 *
 * A seeded random sequence of charges, settlements and pauses; the model keeps every charge that
 * was granted and not taken back, with its time, and counts them anew each time.
 */
#include "slot_scene.h"

#include <sereno/attempts.h>

#include "origins_bucket.h"

#define ROUNDS	    3000
#define CHARGES_MAX ROUNDS
#define START	    1000000

struct model_charge {
	uint32_t serial, time;
	bool open, gone; /* gone: taken back */
};

struct model {
	struct model_charge charges[CHARGES_MAX];
	size_t n;
	uint32_t waits[2 * ROUNDS]; /* when waits were over */
	size_t n_waits;
};

struct course {
	const char *name;
	struct tally_rule rule;
	unsigned pause_max; /* seconds between deeds */
	unsigned right;	    /* of 100 settlements */
	unsigned settled;   /* of 100 charges */
};

/* clang-format off */
static const struct course courses[] = {
	{ "all wrong, in haste",     { 5, 900, 30, 3600, TALLY_PROBATION }, 3,   0,  100 },
	{ "all wrong, slowly",       { 5, 900, 30, 3600, TALLY_PROBATION }, 400, 0,  100 },
	{ "half never settled",      { 5, 900, 30, 3600, TALLY_PROBATION }, 40,  0,  50 },
	{ "some right",              { 5, 900, 30, 3600, TALLY_PROBATION }, 20,  30, 80 },
	{ "locks",                   { 3, 600, 900, 900, TALLY_FRESH },     30,  5,  90 },
	{ "one allowed",             { 1, 61, 1, 1, TALLY_PROBATION },      7,   10, 90 },
	{ "twenty allowed",          { 20, 3601, 1, 64, TALLY_PROBATION },  50,  1,  70 },
	{ "a window of one second",  { 2, 1, 1, 1, TALLY_PROBATION },       2,   10, 90 },
};
/* clang-format on */

static uint32_t random_below(uint64_t *seed, uint32_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % n;
}

/* Charges not taken back that are less than a window old, without the attempts that waits served
 * in that time have bought: one each, or all of them. */
static void expect_bound(const struct model *model, const struct tally_rule *rule, uint32_t now)
{
	const uint32_t bought = rule->after == TALLY_FRESH ? rule->allow : 1;
	uint32_t counted = 0;
	uint32_t most = rule->allow;

	for (size_t i = 0; i < model->n; i++)
		counted +=
			!model->charges[i].gone && now - model->charges[i].time < rule->within_sec;
	for (size_t i = 0; i < model->n_waits; i++)
		if (now - model->waits[i] < rule->within_sec)
			most += bought;
	if (counted > most)
		fail_msg("at %u: %u within the window, at most %u", now - START, counted, most);
}

static void expect_in_flight(const struct model *model, const struct tally_rule *rule, uint32_t now)
{
	uint32_t open = 0;

	for (size_t i = 0; i < model->n; i++)
		open += model->charges[i].open &&
			now - model->charges[i].time < ATTEMPT_PENDING_SEC;
	assert_true(open <= rule->allow);
}

static void settle(struct model *model, struct tally *tally, const struct tally_rule *rule,
		   uint32_t now, bool right)
{
	struct model_charge *charge = NULL;

	for (size_t i = 0; i < model->n && !charge; i++)
		if (model->charges[i].open)
			charge = &model->charges[i];
	if (!charge)
		return;
	tally_look(tally, rule, now);
	charge->open = false;
	if (!right || now - charge->time >= ATTEMPT_PENDING_SEC) {
		tally_fail(tally, rule, now, charge->serial);
		return;
	}
	(void)tally_succeed(tally, charge->serial);
	charge->gone = true;
	for (size_t i = 0; i < model->n; i++)
		model->charges[i].gone |= !model->charges[i].open;
}

static void note_wait(struct model *model, const struct tally *tally, uint32_t before)
{
	if (tally->until != before && tally->until != 0)
		model->waits[model->n_waits++] = tally->until;
}

static void one_deed(struct model *model, struct tally *tally, const struct course *course,
		     uint32_t now, uint64_t *seed)
{
	struct model_charge charge = { .time = now, .open = true };
	uint32_t until = tally->until;

	tally_look(tally, &course->rule, now);
	note_wait(model, tally, until);
	until = tally->until;
	if (random_below(seed, 2) == 0) {
		if (random_below(seed, 100) < course->settled)
			settle(model, tally, &course->rule, now,
			       random_below(seed, 100) < course->right);
		note_wait(model, tally, until);
	} else if (tally_charge(tally, &course->rule, now, &charge.serial) == 0) {
		model->charges[model->n++] = charge;
		expect_bound(model, &course->rule, now);
		expect_in_flight(model, &course->rule, now);
	}
}

static void course_is_run(void **state)
{
	struct scene *scene = *state;
	const struct course *course = scene->row;
	scoped_free struct model *model = calloc(1, sizeof(*model));
	uint64_t seed = 20240607;
	uint32_t now = START;
	struct tally tally, same;
	uint8_t bytes[TALLY_SIZE];

	assert_non_null(model);
	tally_start(&tally, now);
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint8_t *put = bytes;
		const uint8_t *get = bytes;

		now += random_below(&seed, course->pause_max + 1);
		one_deed(model, &tally, course, now, &seed);
		tally_encode(&tally, &put);
		assert_ptr_equal(put, bytes + sizeof(bytes));
		tally_decode(&same, &get);
		tally = same; /* what is written is all there is */
	}
	assert_true(model->n > course->rule.allow);
}

/* Full buckets: seven matter more than the one that gives way. */
static const struct tally_rule rule = { 5, 900, 30, 3600, TALLY_PROBATION };
static const struct attempt_clock clock_at = { 5000, 1700000000, { 1 } };

static struct origins_id id_of(uint32_t uid)
{
	return (struct origins_id){ .who = ORIGINS_ACCOUNT, .uid = uid, .origin = { .kind = 1 } };
}

static void fail_at(struct bucket *bucket, uint32_t uid, unsigned times)
{
	const struct origins_id id = id_of(uid);
	struct origins_entry *entry = bucket_make(bucket, &id, &rule);
	uint32_t serial = 0;

	for (unsigned i = 0; i < times; i++) {
		assert_int_equal(tally_charge(&entry->tally, &rule, bucket->clock.time, &serial),
				 0);
		tally_fail(&entry->tally, &rule, bucket->clock.time, serial);
	}
}

static unsigned attempts_left(struct bucket *bucket, uint32_t uid)
{
	const struct origins_id id = id_of(uid);
	struct bucket copy = *bucket;
	struct origins_entry *entry = bucket_make(&copy, &id, &rule);
	unsigned n = 0;
	uint32_t serial;

	while (tally_charge(&entry->tally, &rule, copy.clock.time, &serial) == 0)
		n++;
	return n;
}

static void the_least_gives_way(void **state UNUSED)
{
	struct bucket bucket = { 0 };
	const struct origins_id third = id_of(3);

	bucket_run(&bucket, &clock_at);
	for (uint32_t uid = 1; uid <= BUCKET_ENTRIES; uid++)
		fail_at(&bucket, uid, uid == 3 ? 1 : 3);
	fail_at(&bucket, 9, 1);
	assert_null(bucket_find(&bucket, &third));
	assert_int_equal(attempts_left(&bucket, 9), 3); /* one inherited, one its own */
	assert_int_equal(attempts_left(&bucket, 3), 3); /* nothing gained by having been away */
	assert_int_equal(attempts_left(&bucket, 1), 2);
}

static void who_waits_stays(void **state UNUSED)
{
	struct bucket bucket = { 0 };

	bucket_run(&bucket, &clock_at);
	for (uint32_t uid = 1; uid < BUCKET_ENTRIES; uid++)
		fail_at(&bucket, uid, 5);
	fail_at(&bucket, BUCKET_ENTRIES, 4);
	for (uint32_t uid = 100; uid < 150; uid++) {
		assert_int_equal(attempts_left(&bucket, uid), 1);
		(void)bucket_make(&bucket, (const struct origins_id[]){ id_of(uid) }, &rule);
	}
	for (uint32_t uid = 1; uid < BUCKET_ENTRIES; uid++)
		assert_int_equal(attempts_left(&bucket, uid), 0);
}

static void nobody_is_kept_out(void **state UNUSED)
{
	struct bucket bucket = { 0 };

	bucket_run(&bucket, &clock_at);
	for (uint32_t uid = 1; uid <= BUCKET_ENTRIES; uid++)
		fail_at(&bucket, uid, 5);
	assert_int_equal(attempts_left(&bucket, 99), 1);
}

static void old_ones_are_forgotten(void **state UNUSED)
{
	const struct attempt_clock later = { 5000 + 3000, 1700000000 + 3000, { 1 } };
	struct bucket bucket = { 0 };

	bucket_run(&bucket, &clock_at);
	for (uint32_t uid = 1; uid <= BUCKET_ENTRIES; uid++)
		fail_at(&bucket, uid, 5);
	bucket_run(&bucket, &later);
	assert_int_equal(attempts_left(&bucket, 99), 5);
}

static void bytes_are_the_bucket(void **state UNUSED)
{
	struct bucket bucket = { 0 };
	struct bucket same = { 0 };
	uint8_t bytes[BUCKET_SIZE], again[BUCKET_SIZE];

	bucket_run(&bucket, &clock_at);
	for (uint32_t uid = 1; uid <= BUCKET_ENTRIES; uid++)
		fail_at(&bucket, uid, 3);
	bucket_encode(&bucket, 7, bytes);
	bucket_decode(&same, 7, bytes);
	bucket_encode(&same, 7, again);
	assert_memory_equal(bytes, again, sizeof(bytes));
	assert_int_equal(attempts_left(&same, 1), 2);
}

/* Every bit counts: one that changes leaves newcomers one attempt, and nobody more than he had. */
static void damage_costs(void **state UNUSED)
{
	struct bucket bucket = { 0 };
	struct bucket lost;
	uint8_t bytes[BUCKET_SIZE];

	bucket_run(&bucket, &clock_at);
	fail_at(&bucket, 1, 2);
	bucket_encode(&bucket, 7, bytes);
	for (unsigned bit = 0; bit < 8 * BUCKET_SIZE; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		bucket_decode(&lost, 7, bytes);
		bucket_run(&lost, &clock_at);
		assert_int_equal(attempts_left(&lost, 1), 1);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	bucket_decode(&lost, 8, bytes); /* in another's place */
	bucket_run(&lost, &clock_at);
	assert_int_equal(attempts_left(&lost, 1), 1);
}

int main(void)
{
	const struct CMUnitTest buckets[] = {
		cmocka_unit_test(the_least_gives_way),	cmocka_unit_test(who_waits_stays),
		cmocka_unit_test(nobody_is_kept_out),	cmocka_unit_test(old_ones_are_forgotten),
		cmocka_unit_test(bytes_are_the_bucket), cmocka_unit_test(damage_costs),
	};
	struct CMUnitTest tests[ARRAY_SIZE(buckets) + ARRAY_SIZE(courses)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(buckets); i++)
		tests[n++] = buckets[i];
	for (size_t i = 0; i < ARRAY_SIZE(courses); i++)
		tests[n++] = a_test(courses[i].name, course_is_run, &courses[i]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
