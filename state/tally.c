/* SPDX-License-Identifier: MIT */
/* tally.c - the counting of attempts at one place: charged, taken back, failed, waited for. */
#include <string.h>

#include <sereno/attempts.h>

#include "octets.h"
#include "tally.h"

#define LEVEL_MAX 31 /* doublings; 2^31 seconds are longer than any wait */
#define TIME_LAST (TALLY_FOREVER - 1)

/* Times of a damaged record may lie ahead: those are no time ago. */
static uint32_t elapsed(uint32_t then, uint32_t now)
{
	return now > then ? now - then : 0;
}

static uint32_t later(uint32_t time, uint32_t sec)
{
	if (time == TALLY_FOREVER || sec == TALLY_FOREVER)
		return TALLY_FOREVER;
	return sec < TIME_LAST - time ? time + sec : TIME_LAST;
}

static void add(uint16_t *count, uint32_t n)
{
	*count = n < (uint32_t)(UINT16_MAX - *count) ? (uint16_t)(*count + n) : UINT16_MAX;
}

uint32_t tally_open(const struct tally *tally)
{
	return (uint32_t)__builtin_popcountll(tally->open);
}

uint32_t tally_counted(const struct tally *tally)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < TALLY_QUARTERS; i++)
		sum += tally->count[i];
	return sum;
}

/* Open charges may have left the window before they are settled. */
static uint32_t failed(const struct tally *tally)
{
	const uint32_t counted = tally_counted(tally);
	const uint32_t open = tally_open(tally);

	return counted > open ? counted - open : 0;
}

/* Where the window is shorter than the time to settle, an open charge outlives its count. */
static uint32_t in_use(const struct tally *tally)
{
	const uint32_t counted = tally_counted(tally);
	const uint32_t open = tally_open(tally);

	return counted > open ? counted : open;
}

bool tally_is_idle(const struct tally *tally)
{
	return tally->open == 0 && tally->until == 0 && tally_counted(tally) == 0;
}

void tally_start(struct tally *tally, uint32_t now)
{
	*tally = (struct tally){ .serial = now * TALLY_OPEN_MAX, .edge = now, .last = now };
}

/* Only what is still open counts from here on, as if it were new. */
static void keep_open(struct tally *tally)
{
	memset(tally->count, 0, sizeof(tally->count));
	tally->count[0] = (uint16_t)tally_open(tally);
}

static uint32_t limit_of(const struct tally *tally, const struct tally_rule *rule)
{
	return tally->level > 0 ? 1 : rule->allow;
}

static uint32_t wait_length(const struct tally *tally, const struct tally_rule *rule)
{
	uint64_t length = rule->first_sec;

	if (rule->first_sec == TALLY_FOREVER)
		return TALLY_FOREVER;
	length <<= tally->level < LEVEL_MAX ? tally->level : LEVEL_MAX;
	return length < rule->most_sec ? (uint32_t)length : rule->most_sec;
}

static void begin_wait(struct tally *tally, const struct tally_rule *rule, uint32_t from)
{
	const uint32_t until = later(from, wait_length(tally, rule));

	if (until > tally->until)
		tally->until = until;
	if (tally->level < LEVEL_MAX)
		tally->level++;
	add(&tally->spent, failed(tally));
	keep_open(tally);
}

static void begin_wait_if_due(struct tally *tally, const struct tally_rule *rule, uint32_t from)
{
	const uint32_t n = failed(tally);

	if (n > 0 && n >= limit_of(tally, rule))
		begin_wait(tally, rule, from);
}

/* A wait ends as the rule in force has it, whatever rule it was begun under. */
static void bound_wait(struct tally *tally, const struct tally_rule *rule)
{
	const uint32_t most = later(later(tally->last, ATTEMPT_PENDING_SEC), rule->most_sec);

	if (tally->until > most)
		tally->until = most;
}

static void end_wait(struct tally *tally, const struct tally_rule *rule, uint32_t now)
{
	const uint32_t quiet = rule->after == TALLY_PROBATION ? rule->within_sec : 0;

	if (tally->until == 0 || tally->until == TALLY_FOREVER || now < later(tally->until, quiet))
		return;
	tally->until = 0;
	tally->level = 0;
	tally->spent = 0;
}

void tally_move(struct tally *tally, uint32_t within_sec, uint32_t now)
{
	const uint32_t quarter = within_sec / 4 + (within_sec % 4 != 0);
	const uint32_t steps = quarter > 0 ? elapsed(tally->edge, now) / quarter : 0;

	for (unsigned i = TALLY_QUARTERS; i-- > 0;)
		tally->count[i] = i >= steps ? tally->count[i - steps] : 0;
	tally->edge += steps * quarter;
}

uint32_t tally_held(const struct tally *tally, uint32_t within_sec, uint32_t now)
{
	return tally->until > 0 ? elapsed(now, later(tally->until, within_sec)) : 0;
}

void tally_look(struct tally *tally, const struct tally_rule *rule, uint32_t now)
{
	if (elapsed(tally->last, now) >= ATTEMPT_PENDING_SEC)
		tally->open = 0;
	begin_wait_if_due(tally, rule, tally->last);
	bound_wait(tally, rule);
	end_wait(tally, rule, now);
	tally_move(tally, rule->within_sec, now);
}

uint32_t tally_charge(struct tally *tally, const struct tally_rule *rule, uint32_t now,
		      uint32_t *ret_serial)
{
	tally_look(tally, rule, now);
	if (now < tally->until)
		return tally->until == TALLY_FOREVER ? TALLY_FOREVER : tally->until - now;
	if (in_use(tally) >= limit_of(tally, rule))
		return 1;
	if (tally_is_idle(tally))
		tally->since = now;
	tally->serial++;
	tally->open = tally->open << 1 | 1;
	tally->last = now;
	add(&tally->count[0], 1);
	*ret_serial = tally->serial;
	return 0;
}

/* Whether charge @serial was open; it is not any more. */
static bool close_charge(struct tally *tally, uint32_t serial)
{
	const uint32_t age = tally->serial - serial;

	if (age >= TALLY_OPEN_MAX || (tally->open >> age & 1) == 0)
		return false;
	tally->open &= ~((uint64_t)1 << age);
	return true;
}

/* From the oldest quarter: where one of a newer quarter was meant, what remains counts longer
 * than it must, never shorter. */
void tally_forgive(struct tally *tally, uint32_t n)
{
	for (unsigned i = TALLY_QUARTERS; i-- > 0;) {
		const uint32_t part = n < tally->count[i] ? n : tally->count[i];

		tally->count[i] = (uint16_t)(tally->count[i] - part);
		n -= part;
	}
}

void tally_refund(struct tally *tally, uint32_t serial)
{
	if (close_charge(tally, serial))
		tally_forgive(tally, 1);
}

void tally_fail(struct tally *tally, const struct tally_rule *rule, uint32_t now, uint32_t serial)
{
	if (close_charge(tally, serial))
		begin_wait_if_due(tally, rule, now);
}

uint32_t tally_succeed(struct tally *tally, uint32_t serial)
{
	uint32_t cleared;

	if (!close_charge(tally, serial))
		return 0;
	cleared = failed(tally);
	cleared -= cleared > 0; /* the one just closed */
	keep_open(tally);
	tally->since = tally->last;
	tally->spent = 0;
	tally->level = 0;
	tally->until = 0;
	return cleared;
}

void tally_penalise(struct tally *tally, const struct tally_rule *rule, uint32_t now)
{
	tally_look(tally, rule, now);
	if (tally_is_idle(tally))
		tally->since = now;
	tally->serial += TALLY_OPEN_MAX;
	tally->open = 0;
	tally->last = now;
	add(&tally->count[0], 1);
	begin_wait_if_due(tally, rule, now);
}

void tally_detain(struct tally *tally, const struct tally_rule *rule, uint32_t now)
{
	tally->last = now;
	tally->since = now;
	begin_wait(tally, rule, now);
}

void tally_clear(struct tally *tally)
{
	*tally = (struct tally){
		.serial = tally->serial + TALLY_OPEN_MAX,
		.edge = tally->edge,
		.last = tally->last,
	};
}

void tally_inherit(struct tally *tally, const struct tally_rule *rule, uint32_t now, uint32_t n)
{
	const uint32_t most = rule->allow - 1;

	tally->since = now;
	add(&tally->count[0], n < most ? n : most);
}

static uint32_t shifted(uint32_t time, uint32_t from, uint32_t to)
{
	const int64_t moved = (int64_t)time - from + to;

	if (time == 0 || time == TALLY_FOREVER)
		return time;
	if (moved < 1)
		return 1;
	return moved < TIME_LAST ? (uint32_t)moved : TIME_LAST;
}

void tally_shift(struct tally *tally, uint32_t from, uint32_t to)
{
	tally->last = shifted(tally->last, from, to);
	tally->edge = shifted(tally->edge, from, to);
	tally->since = shifted(tally->since, from, to);
	tally->until = shifted(tally->until, from, to);
}

void tally_encode(const struct tally *tally, uint8_t **cursor)
{
	octets_put(cursor, tally->serial, 4);
	octets_put(cursor, tally->open, 8);
	octets_put(cursor, tally->last, 4);
	octets_put(cursor, tally->edge, 4);
	for (unsigned i = 0; i < TALLY_QUARTERS; i++)
		octets_put(cursor, tally->count[i], 2);
	octets_put(cursor, tally->spent, 2);
	octets_put(cursor, tally->since, 4);
	octets_put(cursor, tally->level, 1);
	octets_put(cursor, tally->until, 4);
}

void tally_decode(struct tally *tally, const uint8_t **cursor)
{
	tally->serial = octets_get_u32(cursor);
	tally->open = octets_get(cursor, 8);
	tally->last = octets_get_u32(cursor);
	tally->edge = octets_get_u32(cursor);
	for (unsigned i = 0; i < TALLY_QUARTERS; i++)
		tally->count[i] = octets_get_u16(cursor);
	tally->spent = octets_get_u16(cursor);
	tally->since = octets_get_u32(cursor);
	tally->level = octets_get_u8(cursor);
	tally->until = octets_get_u32(cursor);
}
