/* SPDX-License-Identifier: MIT */
/* text.c - tests of the bytes that never reach the YAML scanner. */
#include "reading.h"

/* clang-format off */
#define BYTES(text) text, sizeof(text) - 1

static const struct row {
	const char *name, *text;
	size_t length;
	const char *says; /* each line with its place */
} rows[] = {
	{ "empty file", BYTES(""), "1:1: the file is empty; a policy begins with 'sereno: 1'\n" },
	{ "byte order mark", BYTES("\xef\xbb\xbfsereno: 1\n"),
	  "1:1: the file begins with a byte order mark; save it as UTF-8 without one\n" },
	{ "byte order mark later", BYTES("sereno: 1 # \xef\xbb\xbf\n"), "1:13: U+FEFF: a byte order mark; remove it\n" },
	{ "UTF-16 little endian", BYTES("\xff\xfes\0e\0"), "1:1: is UTF-16 or UTF-32; save it as UTF-8\n" },
	{ "UTF-16 big endian", BYTES("\xfe\xff\0s\0e"), "1:1: is UTF-16 or UTF-32; save it as UTF-8\n" },
	{ "UTF-16 without a mark", BYTES("s\0e\0r\0"),
	  "1:1: has a NUL in its first character, as UTF-16 has; save it as UTF-8\n" },
	{ "CR LF, said once", BYTES("sereno: 1\r\nobserve: []\r\n"),
	  "1:10: line ends in CR LF (Windows); convert the file: sed -i 's/\\r$//' FILE\n" },
	{ "carriage return alone", BYTES("sereno: 1\robserve: []\n"), "1:10: U+000D: a carriage return; remove it\n" },
	{ "tab in the indentation", BYTES("sereno: 1\nroot:\n \tmin-administrators: 1\n"),
	  "3:2: a tab in the indentation; use spaces\n" },
	{ "tab elsewhere", BYTES("sereno: 1\t# x\n"), "1:10: a tab; use spaces\n" },
	{ "NUL", BYTES("sereno: 1\n# a\0b\n"), "2:4: U+0000: a NUL; remove it\n" },
	{ "NUL at the end", BYTES("sereno: 1\n\0"), "2:1: U+0000: a NUL; remove it\n" },
	{ "escape character", BYTES("# \x1b[2J\nsereno: 1\n"), "1:3: U+001B: a control character; remove it\n" },
	{ "delete", BYTES("# \x7f\n"), "1:3: U+007F: a control character; remove it\n" },
	{ "NEL hides a key in a comment", BYTES("sereno: 1\n# note\xc2\x85observe: [all]\n"),
	  "2:7: U+0085: a line end that most editors do not show (NEL); remove it\n" },
	{ "LS hides a key in a comment", BYTES("sereno: 1\n# note\xe2\x80\xa8observe: [all]\n"),
	  "2:7: U+2028: a line end that most editors do not show; remove it\n" },
	{ "PS hides a key in a comment", BYTES("sereno: 1\n# note\xe2\x80\xa9observe: [all]\n"),
	  "2:7: U+2029: a line end that most editors do not show; remove it\n" },
	{ "C1 control", BYTES("# \xc2\x9b\n"), "1:3: U+009B: a control character; remove it\n" },
	{ "right-to-left override", BYTES("# a\xe2\x80\xae\n"),
	  "1:4: U+202E: a mark that changes the direction of writing; remove it\n" },
	{ "isolate", BYTES("# \xe2\x81\xa6\n"), "1:3: U+2066: a mark that changes the direction of writing; remove it\n" },
	{ "Arabic letter mark", BYTES("# \xd8\x9c\n"),
	  "1:3: U+061C: a mark that changes the direction of writing; remove it\n" },
	{ "zero width space", BYTES("# \xe2\x80\x8b\n"), "1:3: U+200B: an invisible character; remove it\n" },
	{ "word joiner", BYTES("# \xe2\x81\xa0\n"), "1:3: U+2060: an invisible character; remove it\n" },
	{ "tag characters", BYTES("# \xf3\xa0\x81\x81\n"), "1:3: U+E0041: an invisible character; remove it\n" },
	{ "not UTF-8, Latin-1", BYTES("# caf\xe9\n"), "1:6: byte 0xe9 is not UTF-8; save the file as UTF-8\n" },
	{ "overlong", BYTES("# \xc0\xaf\n"),
	  "1:3: byte 0xc0 is not UTF-8; save the file as UTF-8\n1:4: byte 0xaf is not UTF-8; save the file as UTF-8\n" },
	{ "surrogate", BYTES("# \xed\xa0\x80"),
	  "1:3: byte 0xed is not UTF-8; save the file as UTF-8\n1:4: byte 0xa0 is not UTF-8; save the file as UTF-8\n"
	  "1:5: byte 0x80 is not UTF-8; save the file as UTF-8\n" },
	{ "above U+10FFFF", BYTES("\xf4\x90\x80\x80"),
	  "1:1: byte 0xf4 is not UTF-8; save the file as UTF-8\n1:2: byte 0x90 is not UTF-8; save the file as UTF-8\n"
	  "1:3: byte 0x80 is not UTF-8; save the file as UTF-8\n1:4: byte 0x80 is not UTF-8; save the file as UTF-8\n" },
	{ "cut inside a character", BYTES("# \xe2\x82"),
	  "1:3: byte 0xe2 is not UTF-8; save the file as UTF-8\n1:4: byte 0x82 is not UTF-8; save the file as UTF-8\n" },
	{ "columns count characters", BYTES("# \xc3\xb1\xe6\x9c\xac\xf0\x9f\x98\x80\x01\n"),
	  "1:6: U+0001: a control character; remove it\n" },
	{ "several, all said", BYTES("a\tb\n\x01\n"), "1:2: a tab; use spaces\n2:1: U+0001: a control character; remove it\n" },
};
/* clang-format on */

static char *faults_of(const char *text, size_t length)
{
	struct diag_list diags = { 0 };
	struct model *model = NULL;
	char *says;

	assert_int_equal(model_read("", text, length, NOW, &model, &diags), -EINVAL);
	assert_null(model);
	says = diags_text(&diags);
	diag_clear(&diags);
	return says;
}

static void check_row(void **state)
{
	const struct row *row = *state;
	scoped_free char *says = faults_of(row->text, row->length);

	assert_string_equal(says, row->says);
}

static void does_not_flood(void **state)
{
	scoped_free char *text = calloc(1, 100000);
	struct diag_list diags = { 0 };
	struct model *model;

	(void)state;
	assert_non_null(text);
	memset(text, 0xff, 100000);
	text[0] = 'x';
	assert_int_equal(model_read("", text, 100000, NOW, &model, &diags), -EINVAL);
	assert_true(diags.faults <= 101);
	diag_clear(&diags);
}

static void refuses_oversize(void **state)
{
	const size_t length = (size_t)MODEL_MAX_BYTES + 1;
	scoped_free char *text = malloc(length);
	scoped_free char *says = NULL;

	(void)state;
	assert_non_null(text);
	memset(text, '\n', length);
	says = faults_of(text, length);
	assert_string_equal(says, "0:0: larger than 16 MiB\n");
}

/* Printable characters of all lengths get through, in a comment and in a value. */
static void lets_good_text_through(void **state)
{
	struct model *model =
		must_read("# ñ 本 😀 ~\nsereno: 1\ndocument: {title: 'Política 本 😀'}\n");

	(void)state;
	assert_string_equal(model->document.title, "Política 本 😀");
	model_free(model);
}

#define DEEP 10000

/* Ten thousand levels, however they are written: stopped at the first that is too many. */
static const struct deep_row {
	const char *name, *prefix, *level, *says;
} deep_rows[] = {
	/* clang-format off */
	{ "lists in lists, ten thousand deep", "sereno: 1\nobserve: ", "[", "2:25: nested more than 16 deep\n" },
	{ "blocks in blocks, ten thousand deep", "sereno: 1\nroles: ", "{a: ", "2:68: nested more than 16 deep\n" },
	{ "dashes, ten thousand deep", "sereno: 1\nroles:\n  ", "- ", "3:33: nested more than 16 deep\n" },
	/* clang-format on */
};

static void stops_at_depth(void **state)
{
	const struct deep_row *row = *state;
	const size_t prefix = strlen(row->prefix), level = strlen(row->level);
	const size_t length = prefix + DEEP * level + 1;
	scoped_free char *text = malloc(length);
	scoped_free char *says = NULL;

	assert_non_null(text);
	memcpy(text, row->prefix, prefix);
	for (size_t i = 0; i < DEEP; i++)
		memcpy(text + prefix + i * level, row->level, level);
	text[length - 1] = '\n';
	says = faults_of(text, length);
	assert_string_equal(says, row->says);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + ARRAY_SIZE(deep_rows) + 3] = {
		cmocka_unit_test(does_not_flood),
		cmocka_unit_test(refuses_oversize),
		cmocka_unit_test(lets_good_text_through),
	};
	size_t n = 3;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[n++] = (struct CMUnitTest){ .name = rows[i].name,
						  .test_func = check_row,
						  .initial_state = (void *)(uintptr_t)&rows[i] };
	for (size_t i = 0; i < ARRAY_SIZE(deep_rows); i++)
		tests[n++] =
			(struct CMUnitTest){ .name = deep_rows[i].name,
					     .test_func = stops_at_depth,
					     .initial_state = (void *)(uintptr_t)&deep_rows[i] };
	return cmocka_run_group_tests_name("bytes of a policy", tests, NULL, NULL);
}
