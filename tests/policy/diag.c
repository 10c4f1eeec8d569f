/* SPDX-License-Identifier: MIT */
/* diag.c - tests of the list of faults, of escaping and of "did you mean". */
#include "reading.h"

static void counts_and_sorts(void **state)
{
	struct diag_list list = { 0 };
	scoped_free char *text = NULL;

	(void)state;
	assert_int_equal(diag_fault(&list, (struct mark){ 3, 1 }, "third"), -EINVAL);
	diag_warn(&list, (struct mark){ 1, 7 }, "second");
	diag_fault(&list, (struct mark){ 1, 2 }, "first %d", 1);
	diag_fault(&list, (struct mark){ 3, 1 }, "fourth");
	diag_sort(&list);
	text = diags_text(&list);
	assert_string_equal(text, "1:2: first 1\n1:7: warning: second\n3:1: third\n3:1: fourth\n");
	assert_int_equal(list.faults, 3);
	assert_int_equal(list.warnings, 1);
	diag_clear(&list);
	assert_int_equal(list.n, 0);
	assert_int_equal(list.faults, 0);
}

static void does_not_grow_for_ever(void **state)
{
	struct diag_list list = { 0 };

	(void)state;
	for (int i = 0; i < DIAG_MAX + 500; i++)
		diag_fault(&list, (struct mark){ 1, 1 }, "fault %d", i);
	assert_int_equal(list.n, DIAG_MAX);
	assert_int_equal(list.faults, DIAG_MAX + 500);
	diag_clear(&list);
}

static const struct escape_row {
	const char *name, *raw, *shown;
} escapes[] = {
	{ "plain text stays", "ana, ñandú 本", "ana, ñandú 本" },
	{ "terminal escape", "\x1b[2J", "\\x1b[2J" },
	{ "line feed", "a\nb", "a\\x0ab" },
	{ "carriage return", "a\rb", "a\\x0db" },
	{ "tab", "a\tb", "a\\x09b" },
	{ "delete", "\x7f", "\\x7f" },
	{ "C1 control in UTF-8",
	  "\xc2\x9b"
	  "2J",
	  "\\xc2\\x9b2J" },
	{ "right-to-left override",
	  "a\xe2\x80\xae"
	  "b",
	  "a\\xe2\\x80\\xaeb" },
	{ "not UTF-8", "\xff\xfe", "\\xff\\xfe" },
	{ "cut short", "\xe2\x80", "\\xe2\\x80" },
	{ "overlong slash", "\xc0\xaf", "\\xc0\\xaf" },
	{ "surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80" },
};

static void check_escape(void **state)
{
	const struct escape_row *row = *state;
	struct diag_list list = { 0 };

	diag_fault(&list, (struct mark){ 1, 1 }, "%s", row->raw);
	assert_string_equal(list.item[0].text, row->shown);
	diag_clear(&list);
}

static const struct nearest_row {
	const char *name, *word, *nearest;
} nearests[] = {
	{ "the word itself", "members", "members" },
	{ "a letter changed", "mambers", "members" },
	{ "a letter missing", "membrs", "members" },
	{ "a letter added", "mmembers", "members" },
	{ "neighbours swapped", "memebrs", "members" },
	{ "half of it wrong", "mxxxxrs", NULL },
	{ "something else", "colour", NULL },
	{ "the nearer of two", "member-of", "members-of" },
	{ "short words swapped", "form", "from" },
	{ "very short words are never near", "xu", NULL },
	{ "nothing", "", NULL },
	{ "a letter in the wrong case", "Members", "members" },
	{ "longer than any name",
	  "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm", NULL },
};

static void check_nearest(void **state)
{
	static const char *const candidates[] = { "members", "members-of", "from", "su" };
	const struct nearest_row *row = *state;
	const char *nearest = diag_nearest(row->word, candidates, ARRAY_SIZE(candidates));

	if (row->nearest)
		assert_string_equal(nearest, row->nearest);
	else
		assert_null(nearest);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(escapes) + ARRAY_SIZE(nearests) + 2] = {
		cmocka_unit_test(counts_and_sorts),
		cmocka_unit_test(does_not_grow_for_ever),
	};
	size_t n = 2;

	for (size_t i = 0; i < ARRAY_SIZE(escapes); i++)
		tests[n++] = (struct CMUnitTest){ .name = escapes[i].name,
						  .test_func = check_escape,
						  .initial_state = (void *)(uintptr_t)&escapes[i] };
	for (size_t i = 0; i < ARRAY_SIZE(nearests); i++)
		tests[n++] =
			(struct CMUnitTest){ .name = nearests[i].name,
					     .test_func = check_nearest,
					     .initial_state = (void *)(uintptr_t)&nearests[i] };
	return cmocka_run_group_tests_name("diagnostics", tests, NULL, NULL);
}
