/* SPDX-License-Identifier: MIT */
/* schema.c - tests that the key table documents itself truthfully. */
#include "language/keys.h"
#include "reading.h"

#define KEYS_TOTAL 150

/* Where the keys of each block stand in a text, and what their examples refer to. */
static const struct wrapper {
	const char *title, *before, *indent;
} wrappers[] = {
	{ "policy", "", "" },
	{ "document", "sereno: 1\ndocument:\n", "  " },
	{ "accounts", "sereno: 1\naccounts:\n", "  " },
	{ "accounts.break-glass", "sereno: 1\naccounts:\n  break-glass:\n", "    " },
	{ "roles.NAME",
	  "sereno: 1\n"
	  "origins: {office: [10.0.0.0/8]}\n"
	  "times: {working-day: [Mon-Fri]}\n"
	  "password: {}\n"
	  "roles:\n  auditor: {}\n  sysadmin: {}\n  it:\n",
	  "    " },
	{ "roles.NAME.on-request",
	  "sereno: 1\nroles:\n  auditor: {}\n  sysadmin: {}\n  it:\n    on-request:\n", "      " },
	{ "roles.NAME.allow",
	  "sereno: 1\n"
	  "origins: {office: [10.0.0.0/8]}\n"
	  "hosts: {databases: [pg-01]}\n"
	  "times: {working-day: [Mon-Fri]}\n"
	  "services: {console: [login]}\n"
	  "roles:\n  it:\n    allow:\n      -\n",
	  "        " },
	{ "session", "sereno: 1\nsession:\n", "  " },
	{ "approvals", "sereno: 1\napprovals:\n", "  " },
	{ "root", "sereno: 1\nroot:\n", "  " },
	{ "password", "sereno: 1\npassword:\n", "  " },
	{ "attempts", "sereno: 1\nattempts:\n", "  " },
	{ "attempts.then", "sereno: 1\nattempts:\n  then:\n", "    " },
	{ "second-factor", "sereno: 1\nsecond-factor:\n", "  " },
	{ "media", "sereno: 1\nroles:\n  sysadmin: {}\n  employee: {}\nmedia:\n", "  " },
	{ "media.requests", "sereno: 1\nroles:\n  sysadmin: {}\n  head: {}\nmedia:\n  requests:\n",
	  "    " },
	{ "media.rules",
	  "sereno: 1\nhosts: {databases: [pg-01]}\nroles:\n  sysadmin: {}\n"
	  "media:\n  rules:\n    -\n",
	  "        " },
	{ "media.rules.device",
	  "sereno: 1\nmedia:\n  rules:\n    - name: one\n      access: deny\n      device:\n",
	  "        " },
	{ "second-factor.totp", "sereno: 1\nsecond-factor:\n  totp:\n", "    " },
};

struct documented {
	const struct block *block;
	const struct key *key;
};

static void write_indented(FILE *out, const char *indent, const char *text)
{
	fputs(indent, out);
	for (; *text; text++) {
		putc(*text, out);
		if (*text == '\n')
			fputs(indent, out);
	}
	putc('\n', out);
}

static const struct wrapper *wrapper_of(const struct block *block)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrappers); i++)
		if (strcmp(wrappers[i].title, block->title) == 0)
			return &wrappers[i];
	fail_msg("no wrapper for %s", block->title);
	return NULL;
}

/* The example of a key, with those of the keys that its block must have, is a sound policy. */
static void check_example(void **state)
{
	const struct documented *it = *state;
	const struct wrapper *wrapper = wrapper_of(it->block);
	scoped_free char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	fputs(wrapper->before, out);
	for (size_t i = 0; i < it->block->n; i++) {
		const struct key *key = &it->block->keys[i];

		if (key == it->key || key->presence == KEY_MANDATORY)
			write_indented(out, wrapper->indent, key->example);
	}
	assert_int_equal(fclose(out), 0);
	model_free(must_read(text));
}

typedef void writer(FILE *out);

static char *written(writer *write)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	write(out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void check_documented(const char *schema, const char *manual, const struct key *key)
{
	scoped_free char *property = NULL;
	scoped_free char *heading = NULL;

	assert_non_null(key->about);
	assert_int_equal(key->about[strlen(key->about) - 1], '.');
	assert_true(asprintf(&property, "\"%s\": {\"description\": \"%.10s", key->name,
			     key->about) > 0);
	assert_non_null(strstr(schema, property));
	/* The manual writes a minus as \-, so a name is looked for up to its first. */
	assert_true(asprintf(&heading, ".TP\n.B %.*s", (int)strcspn(key->name, "-"), key->name) >
		    0);
	assert_non_null(strstr(manual, heading));
}

static void every_key_is_documented(void **state)
{
	const struct block *blocks[BLOCKS_MAX];
	const size_t n = keys_list_blocks(blocks);
	scoped_free char *schema = written(model_write_schema);
	scoped_free char *manual = written(model_write_man);

	(void)state;
	assert_null(strstr(schema, "(null)"));
	assert_null(strstr(manual, "(null)"));
	for (size_t i = 0; i < n; i++) {
		assert_true(blocks[i]->n <= KEYS_MAX);
		for (size_t k = 0; k < blocks[i]->n; k++)
			check_documented(schema, manual, &blocks[i]->keys[k]);
	}
}

/* Braces and brackets close in order, outside of strings; no line of a string is open. */
static void schema_is_balanced(void **state)
{
	scoped_free char *schema = written(model_write_schema);
	char stack[64];
	size_t depth = 0;
	bool in_string = false;

	(void)state;
	for (const char *c = schema; *c; c++) {
		if (in_string && *c == '\\') {
			assert_true(*++c != '\0');
		} else if (*c == '"') {
			in_string = !in_string;
		} else if (in_string) {
			assert_true((unsigned char)*c >= ' ');
		} else if (*c == '{' || *c == '[') {
			assert_true(depth < sizeof(stack));
			stack[depth++] = *c == '{' ? '}' : ']';
		} else if (*c == '}' || *c == ']') {
			assert_true(depth > 0);
			assert_int_equal(stack[--depth], *c);
		}
	}
	assert_int_equal(depth, 0);
	assert_false(in_string);
}

int main(void)
{
	static struct CMUnitTest tests[KEYS_TOTAL + 2];
	static struct documented all[KEYS_TOTAL];
	const struct block *blocks[BLOCKS_MAX];
	const size_t n_blocks = keys_list_blocks(blocks);
	size_t n = 0;

	for (size_t i = 0; i < n_blocks; i++) {
		for (size_t k = 0; k < blocks[i]->n; k++) {
			const struct key *key = &blocks[i]->keys[k];

			assert_true(n < KEYS_TOTAL);
			if (!key->example)
				continue;
			all[n] = (struct documented){ blocks[i], key };
			tests[n] = (struct CMUnitTest){ .name = key->name,
							.test_func = check_example,
							.initial_state = &all[n] };
			n++;
		}
	}
	tests[n] = (struct CMUnitTest)cmocka_unit_test(every_key_is_documented);
	tests[n + 1] = (struct CMUnitTest)cmocka_unit_test(schema_is_balanced);
	return _cmocka_run_group_tests("the key table", tests, n + 2, NULL, NULL);
}
