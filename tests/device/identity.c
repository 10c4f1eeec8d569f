/* SPDX-License-Identifier: MIT */
/* identity.c - tests of which device it is, and of serial numbers that tell nothing. */
#include <sereno/scoped.h>

#include "assembly.h"

/* clang-format off */
static const struct serial_row {
	const char *name, *serial, *product;
	bool weak;
} serials[] = {
	{ "none, no product", "", "", true },
	{ "none", "", "Cruzer Blade", true },
	{ "three bytes", "123", "Cruzer Blade", true },
	{ "four of one", "0000", "Cruzer Blade", true },
	{ "twelve of one", "000000000000", "Cruzer Blade", true },
	{ "a row", "0123456789ABCDEF", "Cruzer Blade", true },
	{ "a row of ten", "123456789012", "Cruzer Blade", true },
	{ "not ASCII", "\xd0\x89\xd0\x89\xd0\x89", "Cruzer Blade", true },
	{ "with a newline", "4C53\n0001", "Cruzer Blade", true },
	{ "the product", "Mass Storage", "Mass Storage", true },
	{ "a long one", "4C530001230101112233", "Cruzer Blade", false },
	{ "a short one", "60A44C413FAE1", "DataTraveler 3.0", false },
	{ "the product's beginning", "Mass Storage", "Mass Storage Device", false },
	{ "a one behind zeros", "0000000000001", "Cruzer Blade", false },
};

struct identity_row {
	const char *name, *line;
	struct device_texts texts;
};

#define STICK "conf 08:06:50/2"

/* All differ from the first one, and from each other. */
static const struct identity_row identities[] = {
	{ "the stick", STICK, { "Kingston", "DataTraveler", "60A44C413FAE1" } },
	{ "another serial", STICK, { "Kingston", "DataTraveler", "60A44C413FAE2" } },
	{ "no serial", STICK, { "Kingston", "DataTraveler", "" } },
	{ "another product", STICK, { "Kingston", "DataTraveler 2", "60A44C413FAE1" } },
	{ "another manufacturer", STICK, { "kingston", "DataTraveler", "60A44C413FAE1" } },
	{ "texts that begin elsewhere", STICK, { "KingstonData", "Traveler", "60A44C413FAE1" } },
	{ "texts in another order", STICK, { "DataTraveler", "Kingston", "60A44C413FAE1" } },
	{ "an interface more", STICK " 03:01:01/1", { "Kingston", "DataTraveler", "60A44C413FAE1" } },
	{ "an endpoint less", "conf 08:06:50/1", { "Kingston", "DataTraveler", "60A44C413FAE1" } },
	{ "another class", "dev=00:00:01 " STICK, { "Kingston", "DataTraveler", "60A44C413FAE1" } },
};
/* clang-format on */

static void check_serial(void **state)
{
	const struct serial_row *row = *state;

	assert_int_equal(device_serial_is_weak(row->serial, row->product), row->weak);
}

static void identify(const struct identity_row *row, uint8_t ret[static DEVICE_IDENTITY_SIZE])
{
	struct assembly assembly;

	assemble(&assembly, row->line);
	device_identity(assembly.bytes, assembly.length, &row->texts, ret);
}

static void check_identity(void **state)
{
	const struct identity_row *row = *state;
	uint8_t identity[DEVICE_IDENTITY_SIZE], another[DEVICE_IDENTITY_SIZE];

	identify(row, identity);
	for (size_t i = 0; i < ARRAY_SIZE(identities); i++) {
		identify(&identities[i], another);
		assert_int_equal(memcmp(identity, another, sizeof(identity)) == 0,
				 row == &identities[i]);
	}
}

/* Kept by the register: what was granted must be found by a later version. */
static void check_published(void **state)
{
	static const uint8_t expected[DEVICE_IDENTITY_SIZE] = {
		0xa7, 0xfe, 0xc1, 0xb9, 0x6a, 0x66, 0x83, 0xca, 0xfa, 0x2d, 0x50,
		0x6b, 0x0a, 0x9e, 0x06, 0xe3, 0x20, 0x17, 0xed, 0xa9, 0x97, 0xd2,
		0xc5, 0x73, 0xca, 0x6a, 0x90, 0x9a, 0xd9, 0x8a, 0xa0, 0xca,
	};
	const struct device_texts texts = { "ab", "c", "" };
	static const uint8_t descriptors[] = { 18, 1 };
	uint8_t identity[DEVICE_IDENTITY_SIZE];

	(void)state;
	device_identity(descriptors, sizeof(descriptors), &texts, identity);
	assert_memory_equal(identity, expected, sizeof(expected));
}

int main(void)
{
	struct CMUnitTest tests[1 + ARRAY_SIZE(serials) + ARRAY_SIZE(identities)] = {
		cmocka_unit_test(check_published),
	};
	struct CMUnitTest *test = tests + 1;

	for (size_t i = 0; i < ARRAY_SIZE(serials); i++)
		*test++ = (struct CMUnitTest){ .name = serials[i].name,
					       .test_func = check_serial,
					       .initial_state = (void *)(uintptr_t)&serials[i] };
	for (size_t i = 0; i < ARRAY_SIZE(identities); i++)
		*test++ = (struct CMUnitTest){ .name = identities[i].name,
					       .test_func = check_identity,
					       .initial_state = (void *)(uintptr_t)&identities[i] };
	return cmocka_run_group_tests_name("identity of devices", tests, NULL, NULL);
}
