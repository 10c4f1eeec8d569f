/* SPDX-License-Identifier: MIT */
/*
 * record.c - tests of encoding and decoding, and of what a hostile record can contain.
 */
#include "fixture.h"

#include <sereno/access.h>
#include <sereno/scoped.h>

#include "compiled/checksum.h"
#include "compiled/compiled.h"
#include "compiled/record.h"

static void test_numbers(void **state)
{
	scoped(encoder_clear) struct encoder encoder = { 0 };
	struct decoder decoder;
	char text[4];

	(void)state;
	encode_u8(&encoder, 0xfe);
	encode_u16(&encoder, 0xfedc);
	encode_u32(&encoder, 0xfedcba98);
	encode_u64(&encoder, 0xfedcba9876543210);
	encode_i64(&encoder, TIME_NO_START);
	encode_i64(&encoder, TIME_NO_END);
	encode_text(&encoder, "abc");
	assert_int_equal(encoder.error, 0);
	assert_int_equal(encoder.data[1], 0xdc); /* little-endian on every machine */
	decoder = (struct decoder){ encoder.data, encoder.length, false };
	assert_int_equal(decode_u8(&decoder), 0xfe);
	assert_int_equal(decode_u16(&decoder), 0xfedc);
	assert_int_equal(decode_u32(&decoder), 0xfedcba98);
	assert_true(decode_u64(&decoder) == 0xfedcba9876543210);
	assert_true(decode_i64(&decoder) == TIME_NO_START);
	assert_true(decode_i64(&decoder) == TIME_NO_END);
	assert_true(decode_more(&decoder));
	decode_text(&decoder, text, sizeof(text));
	assert_string_equal(text, "abc");
	assert_false(decode_more(&decoder));
	assert_int_equal(decode_end(&decoder), 0);
}

static void test_left_over(void **state)
{
	const uint8_t bytes[] = { 1, 2, 3 };
	struct decoder decoder = { bytes, sizeof(bytes), false };

	(void)state;
	assert_int_equal(decode_u16(&decoder), 0x0201);
	assert_int_equal(decode_end(&decoder), -EBADMSG);
}

static void test_too_short(void **state)
{
	const uint8_t bytes[] = { 1, 2, 3 };
	struct decoder decoder = { bytes, sizeof(bytes), false };

	(void)state;
	assert_int_equal(decode_u32(&decoder), 0);
	assert_int_equal(decode_u8(&decoder), 0); /* the fault sticks, though a byte is there */
	assert_null(decode_bytes(&decoder, 1));
	assert_false(decode_more(&decoder));
	assert_int_equal(decode_end(&decoder), -EBADMSG);
}

static void test_sticky_error(void **state)
{
	static char long_text[70000];
	struct encoder encoder = { 0 };

	(void)state;
	memset(long_text, 'a', sizeof(long_text) - 1);
	encode_text(&encoder, long_text);
	encode_u32(&encoder, 1);
	assert_int_equal(encoder.error, -E2BIG);
	assert_int_equal(encoder.length, 0);
	encoder_clear(&encoder);
}

/* The check value of CRC-32C, from the catalogue of parametrised CRC algorithms. */
static void test_crc(void **state)
{
	uint8_t bytes[256];

	(void)state;
	assert_int_equal(crc32c("123456789", 9), 0xe3069283);
	assert_int_equal(crc32c_by_table("123456789", 9), 0xe3069283);
	assert_int_equal(crc32c("", 0), 0);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * i + 7 * i);
	for (size_t start = 0; start < 9; start++)
		for (size_t length = 0; length <= sizeof(bytes) - start; length++)
			assert_int_equal(crc32c(bytes + start, length),
					 crc32c_by_table(bytes + start, length));
}

/* clang-format off */
static const struct text_row {
	const char *name;
	uint8_t bytes[8];
	size_t length, size;
	const char *text; /* NULL: damage */
} text_rows[] = {
	{ "a text",            { 2, 0, 'a', 'b' }, 4, 8, "ab" },
	{ "an empty text",     { 0, 0 },           2, 8, "" },
	{ "just fits",         { 2, 0, 'a', 'b' }, 4, 3, "ab" },
	{ "does not fit",      { 2, 0, 'a', 'b' }, 4, 2, NULL },
	{ "longer than there", { 3, 0, 'a', 'b' }, 4, 8, NULL },
	{ "a NUL inside",      { 2, 0, 'a', 0 },   4, 8, NULL },
	{ "half a length",     { 2 },              1, 8, NULL },
};

static const struct calendar_row {
	const char *name;
	uint16_t number[6];
	size_t n;
	bool sound;
} calendar_rows[] = {
	{ "never",              { 0 },                  0, true },
	{ "a whole week",       { 0, 10080 },           2, true },
	{ "two spans",          { 1, 2, 3, 4 },         4, true },
	{ "past the week",      { 0, 10081 },           2, false },
	{ "ends before start",  { 5, 4 },               2, false },
	{ "empty",              { 5, 5 },               2, false },
	{ "out of order",       { 3, 4, 1, 2 },         4, false },
	{ "overlapping",        { 1, 3, 2, 4 },         4, false },
	{ "touching",           { 1, 3, 3, 4 },         4, false },
	{ "half a span",        { 1, 3, 5 },            3, false },
};
/* clang-format on */

static void test_text(void **state)
{
	const struct text_row *row = *state;
	struct decoder decoder = { row->bytes, row->length, false };
	char text[8] = "x";

	decode_text(&decoder, text, row->size);
	assert_string_equal(text, row->text ? row->text : "");
	assert_int_equal(decode_end(&decoder), row->text ? 0 : -EBADMSG);
}

/* A rule that is always valid, with @n numbers where its spans are. */
static void encode_spans(struct encoder *encoder, const uint16_t *number, size_t n)
{
	encode_u32(encoder, 1);
	encode_u32(encoder, 2);
	encode_i64(encoder, TIME_NO_START);
	encode_i64(encoder, TIME_NO_END);
	encode_u8(encoder, 0); /* demands */
	encode_u8(encoder, 0); /* not always */
	encode_u8(encoder, (uint8_t)((n + 1) / 2));
	for (size_t i = 0; i < n; i++)
		encode_u16(encoder, number[i]);
}

static void test_calendar(void **state)
{
	scoped(encoder_clear) struct encoder encoder = { 0 }, again = { 0 };
	const struct calendar_row *row = *state;
	struct decoder decoder;
	struct rule_fact rule;

	encode_spans(&encoder, row->number, row->n);
	decoder = (struct decoder){ encoder.data, encoder.length, false };
	decode_rule(&decoder, &rule);
	assert_int_equal(decode_end(&decoder), row->sound ? 0 : -EBADMSG);
	if (!row->sound)
		return;
	encode_rule(&again, &rule);
	assert_int_equal(again.length, encoder.length);
	assert_memory_equal(again.data, encoder.data, encoder.length);
}

static void test_calendar_too_long(void **state)
{
	scoped(encoder_clear) struct encoder encoder = { 0 };
	uint16_t number[2 * (CALENDAR_MAX + 1)];
	struct decoder decoder;
	struct rule_fact rule;

	(void)state;
	for (uint16_t i = 0; i < ARRAY_SIZE(number); i++)
		number[i] = (uint16_t)(i * 2);
	encode_spans(&encoder, number, ARRAY_SIZE(number) - 2);
	decoder = (struct decoder){ encoder.data, encoder.length, false };
	decode_rule(&decoder, &rule);
	assert_int_equal(decode_end(&decoder), 0);
	encoder.length = 0;
	encode_spans(&encoder, number, ARRAY_SIZE(number));
	decoder = (struct decoder){ encoder.data, encoder.length, false };
	decode_rule(&decoder, &rule);
	assert_int_equal(decode_end(&decoder), -EBADMSG);
}

/* clang-format off */
static const struct zone_row {
	const char *name;
	struct zone zone;
	bool sound;
} zone_rows[] = {
	{ "two steps",     { 9, 2, { { 1, 3600 }, { 2, -3600 } } }, true },
	{ "no step",       { 9, 0, { { 0 } } }, false },
	{ "out of order",  { 9, 2, { { 2, 0 }, { 1, 0 } } }, false },
	{ "twice",         { 9, 2, { { 2, 0 }, { 2, 1 } } }, false },
	{ "too far east",  { 9, 1, { { 1, 26 * 3600 + 1 } } }, false },
	{ "too far west",  { 9, 1, { { 1, INT32_MIN } } }, false },
};
/* clang-format on */

static void test_zone(void **state)
{
	scoped(encoder_clear) struct encoder encoder = { 0 };
	const struct zone_row *row = *state;
	struct decoder decoder;
	struct zone zone;

	encode_zone(&encoder, &row->zone);
	decoder = (struct decoder){ encoder.data, encoder.length, false };
	assert_int_equal(decode_zone(&decoder, &zone), row->sound ? 0 : -EBADMSG);
	if (row->sound) {
		assert_int_equal(zone.n, row->zone.n);
		assert_true(zone.end == row->zone.end);
		assert_int_equal(zone.step[1].offset, row->zone.step[1].offset);
	}
}

/* A demand that this version does not know must not be skipped. */
static void test_unknown_demand(void **state)
{
	scoped(encoder_clear) struct encoder encoder = { 0 };
	struct rule_fact rule = { .demands = DEMAND_SECOND_FACTOR, .always = true };
	struct decoder decoder;

	(void)state;
	encode_rule(&encoder, &rule);
	decoder = (struct decoder){ encoder.data, encoder.length, false };
	decode_rule(&decoder, &rule);
	assert_int_equal(rule.demands, DEMAND_SECOND_FACTOR);
	assert_int_equal(decode_end(&decoder), 0);
	encoder.length = 0;
	rule.demands |= 1 << 7;
	encode_rule(&encoder, &rule);
	decoder = (struct decoder){ encoder.data, encoder.length, false };
	decode_rule(&decoder, &rule);
	assert_int_equal(decode_end(&decoder), -EBADMSG);
}

static void test_id_set(void **state)
{
	static const uint32_t ids[] = { 7, 3, 7, 0, UINT32_MAX, 3 };
	scoped(id_set_clear) struct id_set set = { 0 };

	(void)state;
	id_set_settle(&set);
	assert_int_equal(id_set_find(&set, 3), -1);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		assert_int_equal(id_set_add(&set, ids[i]), 0);
	id_set_settle(&set);
	assert_int_equal(set.n, 4);
	assert_int_equal(id_set_find(&set, 0), 0);
	assert_int_equal(id_set_find(&set, 7), 2);
	assert_int_equal(id_set_find(&set, UINT32_MAX), 3);
	assert_int_equal(id_set_find(&set, 4), -1);
}

/* A count of four thousand million must end with the bytes, not with the memory. */
static void test_id_set_count(void **state)
{
	static const uint8_t bytes[] = { 0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0 };
	scoped(id_set_clear) struct id_set set = { 0 };
	struct decoder decoder = { bytes, sizeof(bytes), false };

	(void)state;
	assert_int_equal(decode_id_set(&decoder, &set), -EBADMSG);
}

#define ROWS(rows, test)                                                                  \
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)                                     \
		tests[n++] = (struct CMUnitTest)                                          \
		{                                                                         \
			(rows)[i].name, test, NULL, NULL, (void *)(uintptr_t) & (rows)[i] \
		}

int main(void)
{
	static const struct CMUnitTest single[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_left_over),
		cmocka_unit_test(test_too_short),
		cmocka_unit_test(test_sticky_error),
		cmocka_unit_test(test_crc),
		cmocka_unit_test(test_calendar_too_long),
		cmocka_unit_test(test_unknown_demand),
		cmocka_unit_test(test_id_set),
		cmocka_unit_test(test_id_set_count),
	};
	struct CMUnitTest tests[ARRAY_SIZE(text_rows) + ARRAY_SIZE(calendar_rows) +
				ARRAY_SIZE(zone_rows) + ARRAY_SIZE(single)];
	size_t n = 0;

	ROWS(text_rows, test_text);
	ROWS(calendar_rows, test_calendar);
	ROWS(zone_rows, test_zone);
	for (size_t i = 0; i < ARRAY_SIZE(single); i++)
		tests[n++] = single[i];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
