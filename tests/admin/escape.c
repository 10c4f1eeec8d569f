/* SPDX-License-Identifier: MIT */
/* escape.c - hostile names on terminals and in JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sereno/scoped.h>

#include "escape.h"
#include "json.h"

static const struct row {
	const char *name, *text, *shown, *json;
} rows[] = {
	{ "plain", "ana", "ana", "\"ana\"" },
	{ "empty", "", "", "\"\"" },
	{ "letters beyond ASCII", "ma\303\261ana", "ma\303\261ana", "\"ma\303\261ana\"" },
	{ "four bytes", "\360\237\246\211", "\360\237\246\211", "\"\360\237\246\211\"" },
	{ "escape", "a\033[2Jb", "a\\x1b[2Jb", "\"a\\u001b[2Jb\"" },
	{ "newline", "a\nb", "a\\x0ab", "\"a\\u000ab\"" },
	{ "delete", "a\177", "a\\x7f", "\"a\\u007f\"" },
	{ "quotes", "a\"b\\c", "a\"b\\x5cc", "\"a\\\"b\\\\c\"" },
	{ "C1 control", "a\302\233b", "a\\xc2\\x9bb", "\"a\\u009bb\"" },
	{ "direction mark", "a\342\200\256b", "a\\xe2\\x80\\xaeb", NULL },
	{ "zero width", "a\342\200\213b", "a\\xe2\\x80\\x8bb", NULL },
	{ "stray byte", "a\377b", "a\\xffb", "\"a\\ufffdb\"" },
	{ "cut sequence", "a\303", "a\\xc3", "\"a\\ufffd\"" },
	{ "overlong", "\300\257", "\\xc0\\xaf", "\"\\ufffd\\ufffd\"" },
	{ "surrogate", "\355\240\200", "\\xed\\xa0\\x80", "\"\\ufffd\\ufffd\\ufffd\"" },
	{ "past Unicode", "\364\220\200\200", "\\xf4\\x90\\x80\\x80",
	  "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" },
	{ "five bytes", "\370\210\200\200\200", "\\xf8\\x88\\x80\\x80\\x80",
	  "\"\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\"" },
};

static void check_row(void **state)
{
	const struct row *row = *state;
	char shown[ESCAPE_MAX];
	char *json_text = NULL;
	size_t length;
	struct json json = { .stream = open_memstream(&json_text, &length) };

	assert_string_equal(escape(shown, row->text), row->shown);
	assert_non_null(json.stream);
	json_string(&json, NULL, row->text);
	assert_int_equal(fclose(json.stream), 0);
	if (row->json)
		assert_string_equal(json_text, row->json);
	free(json_text);
}

/* Whatever the length, the buffer is never left and the end is marked. */
static void check_long(void **state)
{
	char text[3 * ESCAPE_MAX], shown[ESCAPE_MAX + 1];

	(void)state;
	for (size_t length = ESCAPE_MAX / 4 - 8; length < ESCAPE_MAX + 8; length++) {
		memset(text, '\001', length);
		text[length] = '\0';
		shown[ESCAPE_MAX] = 'X';
		(void)escape(shown, text);
		assert_int_equal(shown[ESCAPE_MAX], 'X');
		assert_true(strlen(shown) < ESCAPE_MAX);
		assert_true(strlen(shown) == 4 * length ||
			    strcmp(shown + strlen(shown) - 3, "...") == 0);
	}
}

static void check_nested(void **state)
{
	char *text = NULL;
	size_t length;
	struct json json = { .stream = open_memstream(&text, &length) };

	(void)state;
	assert_non_null(json.stream);
	json_begin(&json, NULL, JSON_OBJECT);
	json_number(&json, "n", UINT64_MAX);
	json_begin(&json, "a", JSON_ARRAY);
	json_bool(&json, NULL, true);
	json_string(&json, NULL, NULL);
	json_time(&json, NULL, 0);
	json_time(&json, NULL, INT64_MAX);
	json_end(&json, JSON_ARRAY);
	json_begin(&json, "o", JSON_OBJECT);
	json_end(&json, JSON_OBJECT);
	json_end(&json, JSON_OBJECT);
	assert_int_equal(fclose(json.stream), 0);
	assert_string_equal(text, "{\n  \"n\": 18446744073709551615,\n  \"a\": [\n    true,\n"
				  "    null,\n    \"1970-01-01T00:00:00Z\",\n    null\n  ],\n"
				  "  \"o\": {}\n}\n");
	free(text);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 2];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = check_row,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	tests[ARRAY_SIZE(rows)] = (struct CMUnitTest)cmocka_unit_test(check_long);
	tests[ARRAY_SIZE(rows) + 1] = (struct CMUnitTest)cmocka_unit_test(check_nested);
	return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
