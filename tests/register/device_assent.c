/* SPDX-License-Identifier: MIT */
/* device_assent.c - tests: whether those who said yes are all that are wanted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sereno/scoped.h>

#include "device_assent.h"

static const struct assented {
	const char *name;
	struct assent assent;
	size_t n_roles;
	bool covers;
} assents[] = {
	{ "nobody", { 0, { 0 } }, 1, false },
	{ "one of one", { 1, { 1 } }, 1, true },
	{ "one for two", { 1, { 3 } }, 2, false },
	{ "two of the same", { 2, { 1, 1 } }, 2, false },
	{ "two of two", { 2, { 1, 2 } }, 2, true },
	{ "the first one takes the other role", { 2, { 3, 1 } }, 2, true },
	{ "each moves one on", { 3, { 3, 6, 1 } }, 3, true },
	{ "three for two of three", { 3, { 3, 3, 3 } }, 3, false },
	{ "who holds nothing", { 2, { 0, 3 } }, 2, false },
	{ "no role", { 1, { 1 } }, 0, false },
};

static void test_assent(void **state)
{
	const struct assented *row = *state;

	assert_int_equal(assent_covers_each(&row->assent, row->n_roles), row->covers);
}

/* Sixty-four roles, whose people must all be moved by the last one. */
static void test_assent_long(void **state)
{
	struct assent assent = { .n = 64 };

	(void)state;
	for (size_t i = 0; i < 63; i++)
		assent.held[i] = UINT64_C(3) << i;
	assent.held[63] = 1;
	assert_true(assent_covers_each(&assent, 64));
	assent.held[63] = 0;
	assert_false(assent_covers_each(&assent, 64));
}

int main(void)
{
	static const struct CMUnitTest plain[] = {
		cmocka_unit_test(test_assent_long),
	};
	static struct CMUnitTest tests[ARRAY_SIZE(plain) + ARRAY_SIZE(assents)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		tests[n++] = plain[i];
	for (size_t i = 0; i < ARRAY_SIZE(assents); i++)
		tests[n++] = (struct CMUnitTest){ .name = assents[i].name,
						  .test_func = test_assent,
						  .initial_state = (void *)(uintptr_t)&assents[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
