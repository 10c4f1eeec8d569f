/* SPDX-License-Identifier: MIT */
/* mistakes.c - each mistake of a policy text has its one message, at its place. */
#include "reading.h"

#define ROWS_MAX 500

/* One section of tests/data/mistakes.txt. */
struct row {
	char *name, *text, *says;
};

static void append(char **text, const char *more)
{
	char *longer;

	assert_true(asprintf(&longer, "%s%s", *text ? *text : "", more) >= 0);
	free(*text);
	*text = longer;
}

static size_t read_rows(const char *path, struct row rows[static ROWS_MAX])
{
	scoped_file FILE *file = fopen(path, "re");
	scoped_free char *line = NULL;
	size_t room = 0, n = 0;

	assert_non_null(file);
	while (getline(&line, &room, file) > 0) {
		if (strncmp(line, "## ", 3) == 0) {
			assert_true(n < ROWS_MAX);
			line[strcspn(line, "\n")] = '\0';
			rows[n] = (struct row){ strdup(line + 3), strdup(""), strdup("") };
			n++;
		} else if (n && strncmp(line, "=> ", 3) == 0) {
			append(&rows[n - 1].says, line + 3);
		} else if (n && (line[0] != '\n' || !*rows[n - 1].says)) {
			append(&rows[n - 1].text, line);
		}
	}
	return n;
}

static void check_row(void **state)
{
	const struct row *row = *state;
	struct diag_list diags = { 0 };
	scoped_free char *says = NULL;
	struct model *model = NULL;
	const int r = model_read("", row->text, strlen(row->text), NOW, &model, &diags);

	says = diags_text(&diags);
	assert_string_equal(says, row->says);
	assert_int_equal(r, diags.faults ? -EINVAL : 0);
	assert_true((model != NULL) == (r == 0));
	model_free(model);
	diag_clear(&diags);
}

static char *read_whole(const char *path)
{
	scoped_file FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;

	assert_non_null(file);
	assert_true(getdelim(&text, &room, '\0', file) > 0);
	return text;
}

static void twenty_mistakes_are_twenty_messages(void **state)
{
	scoped_free char *text = read_whole("tests/data/policies/twenty-mistakes.yaml");
	scoped_free char *expected = read_whole("tests/data/twenty-mistakes.expected");
	struct diag_list diags = { 0 };
	struct model *model = NULL;
	scoped_free char *says = NULL;

	(void)state;
	assert_int_equal(model_read("", text, strlen(text), NOW, &model, &diags), -EINVAL);
	says = diags_text(&diags);
	assert_string_equal(says, expected);
	assert_int_equal(diags.n, 20);
	diag_clear(&diags);
}

int main(void)
{
	static struct CMUnitTest tests[ROWS_MAX];
	static struct row rows[ROWS_MAX];
	const size_t n = read_rows("tests/data/mistakes.txt", rows);
	int failed;

	for (size_t i = 0; i < n; i++)
		tests[i] = (struct CMUnitTest){ .name = rows[i].name,
						.test_func = check_row,
						.initial_state = &rows[i] };
	assert_true(n > 0 && n < ROWS_MAX);
	tests[n] = (struct CMUnitTest)cmocka_unit_test(twenty_mistakes_are_twenty_messages);
	failed = _cmocka_run_group_tests("mistakes in a policy", tests, n + 1, NULL, NULL);
	for (size_t i = 0; i < n; i++) {
		free(rows[i].name);
		free(rows[i].text);
		free(rows[i].says);
	}
	return failed;
}
