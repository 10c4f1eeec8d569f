/* SPDX-License-Identifier: MIT */
/* compiled.c - what the tables of a compiled policy hold: their keys and their values. */
#include <errno.h>
#include <string.h>

#include <sereno/access.h>

#include "compiled.h"

#define OFFSET_MAX_SEC                                                             \
	(26 * 3600) /* tzfile(5) allows no more in practice: -24:59:59 to 25:59:59 \
		     */
#define DEMANDS_ALL ((unsigned)DEMAND_SECOND_FACTOR)

enum key_kind { KEY_LINE = 1, KEY_IPV4, KEY_IPV6 };

static void key_add_u32(struct table_key *key, uint32_t number)
{
	for (unsigned i = 0; i < 4; i++)
		key->byte[key->length++] = (uint8_t)(number >> (8 * i));
}

struct table_key key_of_id(uint32_t id)
{
	struct table_key key = { 0 };

	key_add_u32(&key, id);
	return key;
}

struct table_key key_of_line(enum origin_kind kind)
{
	return (struct table_key){ .byte = { KEY_LINE, (uint8_t)kind }, .length = 2 };
}

struct table_key key_of_prefix(const struct prefix *prefix)
{
	const bool ipv4 = prefix->base.family == ADDRESS_IPV4;
	struct table_key key = { .byte = { ipv4 ? KEY_IPV4 : KEY_IPV6, prefix->length } };

	key.length = 2 + (ipv4 ? 4u : 16u);
	memcpy(key.byte + 2, prefix->base.byte, key.length - 2);
	return key;
}

struct table_key key_of_rules(uint32_t role, uint32_t service, uint32_t origin)
{
	struct table_key key = { 0 };

	key_add_u32(&key, role);
	key_add_u32(&key, service);
	key_add_u32(&key, origin);
	return key;
}

void encode_mention(struct encoder *encoder, struct mention mention)
{
	encode_u8(encoder, (uint8_t)mention.kind);
	encode_u32(encoder, mention.id);
}

struct mention decode_mention(struct decoder *decoder)
{
	const uint8_t kind = decode_u8(decoder);
	const uint32_t id = decode_u32(decoder);

	if (kind < MENTION_MEMBER || kind > MENTION_PERSON)
		decoder->damaged = true;
	return (struct mention){ .kind = (enum mention_kind)kind, .id = id };
}

static void encode_validity(struct encoder *encoder, struct validity valid)
{
	encode_i64(encoder, valid.since);
	encode_i64(encoder, valid.until);
}

static struct validity decode_validity(struct decoder *decoder)
{
	const int64_t since = decode_i64(decoder);
	const int64_t until = decode_i64(decoder);

	return (struct validity){ .since = since, .until = until };
}

void encode_role(struct encoder *encoder, const struct role_fact *role)
{
	encode_text(encoder, role->name);
	encode_u32(encoder, role->line);
	encode_u8(encoder, role->unattended);
	encode_validity(encoder, role->valid);
	encode_id_set(encoder, &role->excludes);
	encode_u8(encoder, role->excludes_groups);
	encode_id_set(encoder, &role->gives);
}

/* Whatever else is wrong with a record, nobody gets the group of root by it. */
static int decode_gives(struct decoder *decoder, struct id_set *ret)
{
	const int r = decode_id_set(decoder, ret);

	for (size_t i = 0; r == 0 && i < ret->n; i++)
		if (ret->id[i] == 0 || ret->id[i] == ID_NONE)
			return -EBADMSG;
	return r;
}

int decode_role(struct decoder *decoder, struct role_fact *ret)
{
	uint8_t unattended, excludes_groups;
	int r;

	*ret = (struct role_fact){ 0 };
	decode_text(decoder, ret->name, sizeof(ret->name));
	ret->line = decode_u32(decoder);
	unattended = decode_u8(decoder);
	if (unattended > 1)
		decoder->damaged = true;
	ret->unattended = unattended == 1;
	ret->valid = decode_validity(decoder);
	r = decode_id_set(decoder, &ret->excludes);
	excludes_groups = decode_u8(decoder);
	if (excludes_groups > 1)
		decoder->damaged = true;
	ret->excludes_groups = excludes_groups == 1;
	if (r == 0)
		r = decode_gives(decoder, &ret->gives);
	if (r == 0)
		r = decode_end(decoder);
	if (r < 0)
		role_fact_clear(ret);
	return r;
}

void encode_grant(struct encoder *encoder, const struct grant_fact *grant)
{
	encode_u8(encoder, grant->depends);
	encode_validity(encoder, grant->valid);
	encode_id_set(encoder, &grant->gives);
}

int decode_grant(struct decoder *decoder, struct grant_fact *ret)
{
	const uint8_t depends = decode_u8(decoder);
	int r;

	ret->depends = depends == 1;
	ret->valid = decode_validity(decoder);
	ret->gives.n = 0;
	r = depends > 1 ? -EBADMSG : decode_gives(decoder, &ret->gives);
	if (r < 0)
		grant_fact_clear(ret);
	return r;
}

void grant_fact_clear(struct grant_fact *grant)
{
	id_set_clear(&grant->gives);
}

void role_fact_clear(struct role_fact *role)
{
	id_set_clear(&role->excludes);
	id_set_clear(&role->gives);
}

static void encode_calendar(struct encoder *encoder, const struct calendar *calendar)
{
	encode_u8(encoder, (uint8_t)calendar->n);
	for (size_t i = 0; i < calendar->n; i++) {
		encode_u16(encoder, calendar->span[i].start);
		encode_u16(encoder, calendar->span[i].end);
	}
}

static void decode_calendar(struct decoder *decoder, struct calendar *ret)
{
	const size_t n = decode_u8(decoder);
	struct week_span span;
	unsigned last = 0;

	ret->n = 0;
	if (n > CALENDAR_MAX)
		decoder->damaged = true;
	while (!decoder->damaged && ret->n < n) {
		span.start = decode_u16(decoder);
		span.end = decode_u16(decoder);
		if (span.start >= span.end || span.end > WEEK_MINUTES ||
		    (ret->n > 0 && span.start <= last))
			decoder->damaged = true;
		last = span.end;
		ret->span[ret->n++] = span;
	}
}

void encode_rule(struct encoder *encoder, const struct rule_fact *rule)
{
	encode_u32(encoder, rule->number);
	encode_u32(encoder, rule->line);
	encode_validity(encoder, rule->valid);
	encode_u8(encoder, (uint8_t)rule->demands);
	encode_u8(encoder, rule->always);
	if (!rule->always)
		encode_calendar(encoder, &rule->calendar);
}

void decode_rule(struct decoder *decoder, struct rule_fact *ret)
{
	uint8_t always;

	ret->number = decode_u32(decoder);
	ret->line = decode_u32(decoder);
	ret->valid = decode_validity(decoder);
	ret->demands = decode_u8(decoder);
	always = decode_u8(decoder);
	/* A demand of a later version must not be skipped. */
	if ((ret->demands & ~DEMANDS_ALL) != 0 || always > 1)
		decoder->damaged = true;
	ret->always = always == 1;
	ret->calendar.n = 0;
	if (!ret->always)
		decode_calendar(decoder, &ret->calendar);
}

void encode_zone(struct encoder *encoder, const struct zone *zone)
{
	encode_i64(encoder, zone->end);
	for (size_t i = 0; i < zone->n; i++) {
		encode_i64(encoder, zone->step[i].at);
		encode_u32(encoder, (uint32_t)zone->step[i].offset);
	}
}

int decode_zone(struct decoder *decoder, struct zone *ret)
{
	struct zone_step step;

	ret->n = 0;
	ret->end = decode_i64(decoder);
	while (decode_more(decoder)) {
		step.at = decode_i64(decoder);
		step.offset = (int32_t)decode_u32(decoder);
		if (decoder->damaged || ret->n == ZONE_MAX || step.offset < -OFFSET_MAX_SEC ||
		    step.offset > OFFSET_MAX_SEC ||
		    (ret->n > 0 && step.at <= ret->step[ret->n - 1].at))
			return -EBADMSG;
		ret->step[ret->n++] = step;
	}
	return decoder->damaged || ret->n == 0 ? -EBADMSG : 0;
}
