/* SPDX-License-Identifier: MIT */
/* descriptors.c - tests of reading descriptors, also against what the kernel makes of them. */
#include <errno.h>
#include <stdio.h>

#include <sereno/scoped.h>

#include "assembly.h"
#include "kernel_reader.h"

#define STORAGE	 (1u << KIND_STORAGE)
#define KEYBOARD (1u << KIND_KEYBOARD)
#define VENDOR	 (1u << KIND_VENDOR)

/* One byte of what was assembled is another. */
struct change {
	size_t at;
	uint8_t to;
};

struct row {
	const char *name, *line;
	struct change change;
	int result;
	unsigned kinds, settings;
};

#define NONE          \
	{             \
		0, 18 \
	}
#define REFUSED -EBADMSG, 0, 0

/* clang-format off */
static const struct row rows[] = {
	{ "a stick", "conf 08:06:50/2", NONE, 0, STORAGE, 1 },
	{ "storage and a keyboard", "conf 08:06:50/2 03:01:01/1", NONE, 0, STORAGE | KEYBOARD, 2 },
	{ "a keyboard in configuration 2 alone", "conf 08:06:50/2 conf 03:01:01/1", NONE, 0,
	  STORAGE | KEYBOARD, 2 },
	{ "a keyboard behind a 2-byte descriptor", "conf 08:06:50/2 x0224 03:01:01/1", NONE, 0,
	  STORAGE | KEYBOARD, 2 },
	{ "a keyboard without endpoints at the end", "conf 08:06:50/2 03:01:01", NONE, 0,
	  STORAGE | KEYBOARD, 2 },
	{ "a keyboard as a third alternate setting", "conf 08:06:50/2 +08:06:62/4 +03:01:01/1", NONE,
	  0, STORAGE | KEYBOARD, 3 },
	{ "interface descriptors of 10 bytes", "conf 08:06:50/0 x0A04010000030101FFFF", { 22, 2 }, 0,
	  STORAGE | KEYBOARD, 2 },
	{ "endpoints of 9 bytes, as audio has", "conf 08:06:50/0 x090581030000000000", { 31, 1 }, 0,
	  STORAGE, 1 },
	{ "a configuration of 10 bytes", "conf x32 08:06:50/2", { 18, 10 }, 0, STORAGE, 1 },
	{ "numbers of interfaces with a gap", "conf 08:06:50/2 02:02:01/1", { 43, 7 }, 0,
	  STORAGE | 1u << KIND_SERIAL, 2 },
	{ "eight configurations", "conf 08:06:50 conf 08:06:50 conf 08:06:50 conf 08:06:50 conf 08:06:50 "
	  "conf 08:06:50 conf 08:06:50 conf 03:00:00", NONE, 0, STORAGE | KEYBOARD, 8 },
	{ "nine configurations", "conf 08:06:50 conf 08:06:50 conf 08:06:50 conf 08:06:50 conf 08:06:50 "
	  "conf 08:06:50 conf 08:06:50 conf 08:06:50 conf 08:06:50", NONE, -E2BIG, 0, 0 },
	{ "no configuration", "", NONE, REFUSED },
	{ "fewer configurations than told", "conf 08:06:50/2", { 17, 2 }, REFUSED },
	{ "more configurations than told", "conf 08:06:50/2 conf 03:01:01/1", { 17, 1 }, REFUSED },
	{ "two configurations of one value", "conf 08:06:50/2 conf 03:01:01/1", { 18 + 32 + 5, 1 },
	  REFUSED },
	{ "an empty configuration", "conf", NONE, REFUSED },
	{ "an empty second configuration", "conf 08:06:50/2 conf", NONE, REFUSED },
	{ "a device of 17 bytes", "conf 08:06:50/2", { 0, 17 }, REFUSED },
	{ "a device of another type", "conf 08:06:50/2", { 1, 2 }, REFUSED },
	{ "a configuration of 8 bytes", "conf 08:06:50/2", { 18, 8 }, REFUSED },
	{ "a configuration of another type", "conf 08:06:50/2", { 19, 7 }, REFUSED },
	{ "a total length one too small", "conf 08:06:50/2", { 20, 31 }, REFUSED },
	{ "a total length one too great", "conf 08:06:50/2", { 20, 33 }, REFUSED },
	{ "a total length of nothing", "conf 08:06:50/2", { 20, 0 }, REFUSED },
	{ "a total length of its own alone", "conf 08:06:50/2", { 20, 9 }, REFUSED },
	{ "255 interfaces told", "conf 08:06:50/2", { 22, 255 }, -E2BIG, 0, 0 },
	{ "two interfaces told", "conf 08:06:50/2", { 22, 2 }, REFUSED },
	{ "no interface told", "conf 08:06:50/2", { 22, 0 }, REFUSED },
	{ "an interface of 8 bytes", "conf 08:06:50 x0804010000030101", { 22, 1 }, REFUSED },
	{ "an interface of 8 bytes, told", "conf 08:06:50 x0804010000030101", { 22, 2 }, REFUSED },
	{ "an interface twice", "conf 08:06:50/2 03:01:01/1", { 43, 0 }, REFUSED },
	{ "a setting twice", "conf 08:06:50/2 +03:01:01/1", { 44, 0 }, REFUSED },
	{ "a length of 0", "conf 08:06:50 x0024", NONE, REFUSED },
	{ "a length of 1", "conf 08:06:50 x0124", NONE, REFUSED },
	{ "a length beyond the end", "conf 08:06:50 x0324", NONE, REFUSED },
	{ "one byte left over", "conf 08:06:50 x05", NONE, REFUSED },
	{ "a device within a configuration", "conf 08:06:50 x0201", NONE, REFUSED },
	{ "a configuration within a configuration", "conf 08:06:50 x0202", NONE, REFUSED },
	{ "an endpoint of no interface", "conf x07058102400000 08:06:50", NONE, REFUSED },
	{ "an endpoint of 6 bytes", "conf 08:06:50/0 x060581024000", { 31, 1 }, REFUSED },
	{ "more endpoints than told", "conf 08:06:50/2", { 31, 1 }, REFUSED },
	{ "fewer endpoints than told", "conf 08:06:50/2", { 31, 3 }, REFUSED },
	{ "31 endpoints", "conf 08:06:50/31", NONE, -E2BIG, 0, 0 },
	{ "an association of 7 bytes", "conf x070B0002030000 08:06:50", NONE, REFUSED },
	{ "an association", "conf x080B000203000000 08:06:50/2 03:01:01", NONE, 0, STORAGE | KEYBOARD, 2 },
	{ "descriptors of classes and vendors", "conf 03:01:01/1 x092111010001223F00 x0524001001 x02FF", NONE,
	  0, KEYBOARD, 1 },
};
/* clang-format on */

static void check_row(void **state)
{
	const struct row *row = *state;
	struct assembly assembly;
	struct device_descriptors seen = { 0 };
	int r;

	assemble(&assembly, row->line);
	assembly.bytes[row->change.at] = row->change.to;
	r = descriptors_parse(assembly.bytes, assembly.length, &seen);
	assert_int_equal(r, row->result);
	assert_int_equal(seen.n_settings, row->settings);
	if (r == 0)
		assert_int_equal(descriptors_kinds(&seen), row->kinds);
}

static void check_fields(void **state)
{
	struct device_descriptors seen;
	struct assembly assembly;

	(void)state;
	assemble(&assembly, "dev=ef:02:01 conf 08:06:50/2 conf 08:06:50/2 +08:06:62/4");
	assert_int_equal(descriptors_parse(assembly.bytes, assembly.length, &seen), 0);
	assert_int_equal(seen.usb_version, 0x0200);
	assert_int_equal(seen.vendor, 0x0951);
	assert_int_equal(seen.product, 0x1666);
	assert_int_equal(seen.version, 0x0100);
	assert_int_equal(seen.class << 16 | seen.subclass << 8 | seen.protocol, 0xef0201);
	assert_int_equal(seen.n_configurations, 2);
	assert_int_equal(seen.n_settings, 3);
	assert_int_equal(seen.setting[2].configuration, 2);
	assert_int_equal(seen.setting[2].interface, 0);
	assert_int_equal(seen.setting[2].alternate, 1);
	assert_int_equal(seen.setting[2].protocol, 0x62);
}

/* @n settings of @interfaces interfaces, a keyboard the last one. */
static int parse_many(unsigned n, unsigned interfaces, unsigned *kinds)
{
	struct device_descriptors seen;
	struct assembly assembly;

	assembly_begin(&assembly);
	assembly_word(&assembly, "conf");
	for (unsigned i = 0; i < n - 1; i++)
		assembly_word(&assembly, i < interfaces ? "ff:00:77" : "+ff:00:77");
	assembly_word(&assembly, n > interfaces ? "+03:01:01" : "03:01:01");
	assembly_end_configuration(&assembly);
	*kinds = 0;
	if (descriptors_parse(assembly.bytes, assembly.length, &seen) < 0)
		return -1;
	*kinds = descriptors_kinds(&seen);
	return (int)seen.n_settings;
}

static void check_many_settings(void **state)
{
	unsigned kinds;

	(void)state;
	assert_int_equal(parse_many(90, 1, &kinds), 90);
	assert_int_equal(kinds, KEYBOARD | VENDOR);
	assert_int_equal(parse_many(128, 1, &kinds), 128);
	assert_int_equal(kinds, KEYBOARD | VENDOR);
	assert_int_equal(parse_many(129, 1, &kinds), -1);
	assert_int_equal(parse_many(32, 32, &kinds), 32);
	assert_int_equal(kinds, KEYBOARD | VENDOR);
	assert_int_equal(parse_many(33, 33, &kinds), -1);
}

/* The limit of settings in all. */
static void check_all_settings(void **state)
{
	struct device_descriptors seen;
	struct assembly assembly;

	(void)state;
	for (unsigned more = 0; more < 2; more++) {
		assembly_begin(&assembly);
		for (unsigned i = 0; i < DEVICE_SETTINGS_MAX; i++) {
			if (i % 64 == 0)
				assembly_word(&assembly, "conf");
			assembly_word(&assembly, i % 64 == 0 ? "ff:00:77" : "+ff:00:77");
		}
		if (more)
			assembly_word(&assembly, "+ff:00:77");
		assembly_end_configuration(&assembly);
		assert_int_equal(descriptors_parse(assembly.bytes, assembly.length, &seen),
				 more ? -E2BIG : 0);
	}
}

static const char composite[] = "conf 08:06:50/2 +08:06:62/4 x0224 x080B000203000000 03:01:01/1 "
				"x092111010001223F00 conf 02:02:01/1 x0524000110 0a:00:00/2 "
				"conf ff:42:01/2 e0:01:01";

/* Every beginning of it is refused, read from memory that ends there. */
static void check_truncated(void **state)
{
	struct device_descriptors seen;
	struct assembly assembly;

	(void)state;
	assemble(&assembly, composite);
	for (size_t length = 0; length < assembly.length; length++) {
		scoped_free uint8_t *bytes = malloc(length ? length : 1);

		assert_non_null(bytes);
		memcpy(bytes, assembly.bytes, length);
		assert_true(descriptors_parse(bytes, length, &seen) < 0);
	}
	assert_int_equal(descriptors_parse(assembly.bytes, assembly.length, &seen), 0);
	assert_int_equal(descriptors_parse(assembly.bytes, DESCRIPTORS_MAX + 1, &seen), -E2BIG);
}

/* Where both take it, we have seen all that the kernel would configure. Returns whether both do. */
static bool agree(const uint8_t *bytes, size_t length, struct kernel_view *view)
{
	struct device_descriptors seen;

	if (!kernel_read(bytes, length, view))
		return false;
	if (descriptors_parse(view->file, view->length, &seen) < 0)
		return false;
	if (!kernel_view_is_seen(view, &seen))
		fail_msg("the kernel would configure what was not seen");
	assert_int_equal(seen.n_settings, view->n);
	return true;
}

static void check_every_byte(void **state)
{
	scoped_free struct kernel_view *view = malloc(sizeof(*view));
	struct assembly assembly;
	unsigned both = 0;

	(void)state;
	assert_non_null(view);
	assemble(&assembly, composite);
	assert_true(agree(assembly.bytes, assembly.length, view));
	for (size_t at = 0; at < assembly.length; at++)
		for (unsigned flip = 1; flip < 256; flip++) {
			assembly.bytes[at] ^= (uint8_t)flip;
			both += agree(assembly.bytes, assembly.length, view);
			assembly.bytes[at] ^= (uint8_t)flip;
		}
	assert_true(both > 1000);
}

static uint32_t random_below(uint64_t *seed, uint32_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % n;
}

/* Values that are lengths, types and counts more often than others. */
static uint8_t random_byte(uint64_t *seed)
{
	static const uint8_t likely[] = { 0, 1, 2, 3, 4, 5, 7, 8, 9, 11, 18, 32, 255 };

	return random_below(seed, 2) ? likely[random_below(seed, sizeof(likely))]
				     : (uint8_t)random_below(seed, 256);
}

static void check_random(void **state)
{
	scoped_free struct kernel_view *view = malloc(sizeof(*view));
	struct assembly assembly;
	uint64_t seed = 20241122;
	uint8_t bytes[512];
	unsigned both = 0;

	(void)state;
	assert_non_null(view);
	assemble(&assembly, composite);
	assert_true(assembly.length <= sizeof(bytes));
	for (unsigned round = 0; round < 200000; round++) {
		memcpy(bytes, assembly.bytes, assembly.length);
		for (uint32_t n = 1 + random_below(&seed, 3); n > 0; n--)
			bytes[random_below(&seed, (uint32_t)assembly.length)] = random_byte(&seed);
		both += agree(bytes, assembly.length - random_below(&seed, 4) / 3, view);
	}
	assert_true(both > 10000);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 6] = {
		cmocka_unit_test(check_fields),	      cmocka_unit_test(check_many_settings),
		cmocka_unit_test(check_all_settings), cmocka_unit_test(check_truncated),
		cmocka_unit_test(check_every_byte),   cmocka_unit_test(check_random),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[6 + i] = (struct CMUnitTest){ .name = rows[i].name,
						    .test_func = check_row,
						    .initial_state = (void *)(uintptr_t)&rows[i] };
	return cmocka_run_group_tests_name("descriptors", tests, NULL, NULL);
}
