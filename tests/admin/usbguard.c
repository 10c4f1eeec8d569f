/* SPDX-License-Identifier: MIT */
/* usbguard.c - tests of reading USBGuard's rules, and of what they come to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sereno/media.h>
#include <sereno/scoped.h>

#include "usbguard.h"

#define KIND(name) (1u << KIND_##name)
#define STORES	   (KIND(STORAGE) | KIND(OPTICAL))

enum outcome {
	BAD,	  /* no rule */
	NOTHING,  /* a comment, a blank line */
	EXACT,	  /* imported */
	WIDER,	  /* what is left of it is for more devices */
	UNSAYABLE /* nothing is left of it */
};

/* clang-format off */
static const struct row {
	const char *line;
	enum outcome outcome;
	unsigned kinds;
	size_t ids, serials;
} rows[] = {
	{ "", NOTHING, 0, 0, 0 },
	{ " \t ", NOTHING, 0, 0, 0 },
	{ "# allow", NOTHING, 0, 0, 0 },
	{ "  # allow", NOTHING, 0, 0, 0 },
	{ "allow", EXACT, 0, 0, 0 },
	{ " block ", EXACT, 0, 0, 0 },
	{ "reject # all", EXACT, 0, 0, 0 },
	{ "allow *:*", EXACT, 0, 0, 0 },
	{ "allow 0951:1666", EXACT, 0, 1, 0 },
	{ "allow id 0951:1666", EXACT, 0, 1, 0 },
	{ "allow\tid\t0951:*", EXACT, 0, 1, 0 },
	{ "allow id one-of { 0951:1666 0781:5567 }", EXACT, 0, 2, 0 },
	{ "allow id one-of{0951:1666 0781:5567}", BAD, 0, 0, 0 },
	{ "allow id { 0951:1666 }", EXACT, 0, 1, 0 },
	{ "allow id { 0951:1666 0781:5567 }", UNSAYABLE, 0, 0, 0 },
	{ "allow id none-of { 0951:1666 }", UNSAYABLE, 0, 0, 0 },
	{ "allow id 0951:ABCD", WIDER, 0, 1, 0 },
	{ "allow 0951:1666 serial \"60A44C413FAE1\"", EXACT, 0, 1, 1 },
	{ "allow 0951:1666 serial one-of { \"60A44C413FAE1\" \"60A44C413FAE2\" }", EXACT, 0, 1, 2 },
	{ "allow 0951:1666 serial { \"60A44C413FAE1\" \"60A44C413FAE2\" }", UNSAYABLE, 0, 1, 2 },
	{ "allow 0951:1666 serial match-all { \"60A44C413FAE1\" \"60A44C413FAE2\" }", UNSAYABLE, 0, 1, 2 },
	{ "allow serial \"60A44C413FAE1\"", UNSAYABLE, 0, 0, 1 },
	{ "allow 0951:* serial \"60A44C413FAE1\"", UNSAYABLE, 0, 1, 1 },
	{ "allow 0951:1666 serial \"\"", UNSAYABLE, 0, 1, 1 },
	{ "allow 0951:1666 serial \"0000\"", UNSAYABLE, 0, 1, 1 },
	{ "allow 0951:1666 serial \"\\xd0\\x89\\xd0\\x89\"", UNSAYABLE, 0, 1, 1 },
	{ "allow 0951:1666 serial \"60A4\\x344C\"", EXACT, 0, 1, 1 },
	{ "allow 0951:1666 serial \"60\\\"A4\\\\4C\" label \"x # y\" # z", EXACT, 0, 1, 1 },
	{ "allow 0951:1666 name \"x\"", WIDER, 0, 1, 0 },
	{ "allow name \"x\"", UNSAYABLE, 0, 0, 0 },
	{ "allow name match-all { \"x\" \"y\" }", UNSAYABLE, 0, 0, 0 },
	{ "allow 0951:1666 hash \"x\"", WIDER, 0, 1, 0 },
	{ "allow 0951:1666 parent-hash \"x\"", WIDER, 0, 1, 0 },
	{ "allow 0951:1666 via-port \"1-2\"", WIDER, 0, 1, 0 },
	{ "allow with-connect-type \"hotplug\"", UNSAYABLE, 0, 0, 0 },
	{ "allow with-interface match-all { 08:*:* }", EXACT, STORES, 0, 0 },
	{ "allow with-interface match-all { 08:02:* }", EXACT, KIND(OPTICAL), 0, 0 },
	{ "allow with-interface match-all { 08:06:* }", WIDER, KIND(STORAGE), 0, 0 },
	{ "allow with-interface match-all { 08:06:50 }", WIDER, KIND(STORAGE), 0, 0 },
	{ "allow with-interface match-all { 03:*:* 09:*:* }", EXACT, KIND(KEYBOARD) | KIND(POINTER) | KIND(HUB), 0, 0 },
	{ "allow with-interface match-all { 03:01:02 }", EXACT, KIND(POINTER), 0, 0 },
	{ "allow with-interface match-all { 03:01:* }", WIDER, KIND(KEYBOARD) | KIND(POINTER), 0, 0 },
	{ "allow with-interface match-all { 0b:*:* 0B:*:* }", EXACT, KIND(SMART_CARD), 0, 0 },
	{ "allow with-interface one-of { 08:*:* }", WIDER, STORES, 0, 0 },
	{ "allow with-interface all-of { 08:*:* }", WIDER, STORES, 0, 0 },
	{ "allow with-interface 08:*:*", WIDER, STORES, 0, 0 },
	{ "allow with-interface equals { 08:*:* 08:*:* }", WIDER, STORES, 0, 0 },
	{ "allow with-interface equals-ordered { 08:*:* }", WIDER, STORES, 0, 0 },
	{ "allow with-interface none-of { 08:*:* }", UNSAYABLE, STORES, 0, 0 },
	{ "block with-interface one-of { 08:*:* }", EXACT, STORES, 0, 0 },
	{ "block with-interface all-of { 08:*:* }", EXACT, STORES, 0, 0 },
	{ "block with-interface all-of { 08:*:* 03:*:* }", UNSAYABLE, STORES | KIND(KEYBOARD) | KIND(POINTER), 0, 0 },
	{ "block with-interface match-all { 08:*:* }", WIDER, STORES, 0, 0 },
	{ "block with-interface 08:*:*", WIDER, STORES, 0, 0 },
	{ "allow 0951:1666 if true", EXACT, 0, 1, 0 },
	{ "allow 0951:1666 if !false", EXACT, 0, 1, 0 },
	{ "allow 0951:1666 if { true !false }", EXACT, 0, 1, 0 },
	{ "allow 0951:1666 if false", UNSAYABLE, 0, 1, 0 },
	{ "allow 0951:1666 if none-of { true }", UNSAYABLE, 0, 1, 0 },
	{ "allow 0951:1666 if one-of { true false }", UNSAYABLE, 0, 1, 0 },
	{ "allow 0951:1666 if random(0.5)", UNSAYABLE, 0, 1, 0 },
	{ "allow 0951:1666 if rule-applied", UNSAYABLE, 0, 1, 0 },
	{ "allow 0951:1666 if rule-applied(1h 30m)", UNSAYABLE, 0, 1, 0 },
	{ "allow 0951:1666 if localtime(08:00-18:00)", WIDER, 0, 1, 0 },
	{ "allow with-interface one-of { 03:*:* } if !allowed-matches(with-interface one-of { 03:*:* })", UNSAYABLE,
	  KIND(KEYBOARD) | KIND(POINTER), 0, 0 },
	{ "match 0951:1666", UNSAYABLE, 0, 1, 0 },
	{ "device 0951:1666", UNSAYABLE, 0, 1, 0 },

	{ "Allow", BAD, 0, 0, 0 },
	{ "allowed", BAD, 0, 0, 0 },
	{ "allow\r", BAD, 0, 0, 0 },
	{ "0951:1666", BAD, 0, 0, 0 },
	{ "allow id", BAD, 0, 0, 0 },
	{ "allow id 0951", BAD, 0, 0, 0 },
	{ "allow *:1234", BAD, 0, 0, 0 },
	{ "allow 951:1666", BAD, 0, 0, 0 },
	{ "allow 0951:1666x", BAD, 0, 0, 0 },
	{ "allow id { }", BAD, 0, 0, 0 },
	{ "allow id { 0951:1666", BAD, 0, 0, 0 },
	{ "allow id one-of 0951:1666", BAD, 0, 0, 0 },
	{ "allow serial 60A4", BAD, 0, 0, 0 },
	{ "allow serial \"60A4", BAD, 0, 0, 0 },
	{ "allow serial \"60A4\\", BAD, 0, 0, 0 },
	{ "allow serial \"60A4\\\"", BAD, 0, 0, 0 },
	{ "allow serial \"\\t\"", BAD, 0, 0, 0 },
	{ "allow serial \"\\101\"", BAD, 0, 0, 0 },
	{ "allow serial \"\\x4\"", BAD, 0, 0, 0 },
	{ "allow serial \"\\x00\"", BAD, 0, 0, 0 },
	{ "allow name \"a\" name \"b\"", BAD, 0, 0, 0 },
	{ "allow with-interface 12:*:34", BAD, 0, 0, 0 },
	{ "allow with-interface *:*:*", BAD, 0, 0, 0 },
	{ "allow with-interface 8:*:*", BAD, 0, 0, 0 },
	{ "allow with-interface 08:06:500", BAD, 0, 0, 0 },
	{ "allow with-interface 08:06", BAD, 0, 0, 0 },
	{ "allow with-interface { 08:*:* ", BAD, 0, 0, 0 },
	{ "allow with-interface any-of { 08:*:* }", BAD, 0, 0, 0 },
	{ "allow colour \"red\"", BAD, 0, 0, 0 },
	{ "allow }", BAD, 0, 0, 0 },
	{ "allow if", BAD, 0, 0, 0 },
};
/* clang-format on */

/* As read from memory that ends behind it. */
static enum outcome understand(const struct usbguard_classes *classes, const char *line,
			       size_t length, struct usbguard_meaning *ret, size_t *serials)
{
	scoped_free char *text = malloc(length + 1);
	struct usbguard_rule rule;
	const char *reason = NULL;
	int r;

	assert_non_null(text);
	memcpy(text, line, length);
	text[length] = '\0';
	r = usbguard_read(text, &rule, &reason);
	if (r <= 0) {
		assert_int_equal(r < 0, reason != NULL);
		return r < 0 ? BAD : NOTHING;
	}
	usbguard_understand(&rule, classes, ret);
	*serials = ret->serials->n;
	ret->serials = NULL;
	if (ret->exact)
		return EXACT;
	assert_true(ret->n_reasons > 0);
	return ret->sayable ? WIDER : UNSAYABLE;
}

static void check_row(void **state)
{
	const struct row *row = *state;
	struct usbguard_meaning meaning = { 0 };
	struct usbguard_classes classes;
	size_t serials = 0;

	usbguard_look_at_classes(&classes);
	assert_int_equal(understand(&classes, row->line, strlen(row->line), &meaning, &serials),
			 row->outcome);
	assert_int_equal(meaning.kinds, row->kinds);
	assert_int_equal(meaning.n_ids, row->ids);
	assert_int_equal(serials, row->serials);
}

/* The beginning of a line is never read beyond. */
static void check_beginnings(void **state)
{
	struct usbguard_meaning meaning;
	struct usbguard_classes classes;
	size_t serials;

	(void)state;
	usbguard_look_at_classes(&classes);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t length = 0; length < strlen(rows[i].line); length++)
			(void)understand(&classes, rows[i].line, length, &meaning, &serials);
}

static void check_many_values(void **state)
{
	struct usbguard_meaning meaning;
	static const char begin[] = "allow id one-of { ", id[] = "0951:1666 ";
	char line[sizeof(begin) + (USBGUARD_VALUES_MAX + 1) * sizeof(id)];
	struct usbguard_classes classes;
	size_t length = sizeof(begin) - 1;
	size_t serials;

	(void)state;
	usbguard_look_at_classes(&classes);
	memcpy(line, begin, length);
	for (size_t i = 0; i <= USBGUARD_VALUES_MAX; i++) {
		memcpy(line + length, id, sizeof(id) - 1);
		length += sizeof(id) - 1;
		line[length] = '}';
		if (i == USBGUARD_VALUES_MAX - 1)
			assert_int_equal(understand(&classes, line, length + 1, &meaning, &serials),
					 EXACT);
	}
	assert_int_equal(meaning.n_ids, USBGUARD_VALUES_MAX);
	assert_int_equal(understand(&classes, line, length + 1, &meaning, &serials), BAD);
}

int main(void)
{
	struct CMUnitTest tests[2 + ARRAY_SIZE(rows)] = {
		cmocka_unit_test(check_beginnings),
		cmocka_unit_test(check_many_values),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[2 + i] = (struct CMUnitTest){ .name = rows[i].line,
						    .test_func = check_row,
						    .initial_state = (void *)(uintptr_t)&rows[i] };
	return cmocka_run_group_tests_name("rules of USBGuard", tests, NULL, NULL);
}
