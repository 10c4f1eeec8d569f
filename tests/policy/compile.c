/* SPDX-License-Identifier: MIT */
/*
 * compile.c - tests of what the compiler refuses, warns of and writes, and of opening the result.
 */
#include "fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <sereno/scoped.h>

/* clang-format off */
static const struct fault_row {
	const char *name, *text, *message;
	uint32_t line, column;
	bool refused;
} fault_rows[] = {
	{ "no such group",
	  "sereno: 1\nroles:\n  a:\n    members-of: [nogroup-here]\n    allow: []\n",
	  "no group 'nogroup-here' on this host", 4, 18, true },
	{ "group root",
	  "sereno: 1\nroles:\n  a:\n    members-of: [root]\n    allow: []\n",
	  "gid 0", 4, 18, false },
	{ "no such account",
	  "sereno: 1\nroles:\n  a:\n    members: [ghost]\n    allow: []\n",
	  "no account 'ghost' on this host (yet)", 4, 15, false },
	{ "a member with uid 0",
	  "sereno: 1\nroles:\n  a:\n    members: [toor]\n    allow: []\n",
	  "'toor' has uid 0", 4, 15, false },
	{ "no such break-glass account",
	  "sereno: 1\naccounts:\n  break-glass: {members: [ghost]}\n",
	  "no break-glass account 'ghost'", 3, 27, true },
	{ "break-glass with uid 0",
	  "sereno: 1\naccounts:\n  break-glass: {members: [toor]}\n",
	  "'toor' has uid 0, which needs no break-glass", 3, 27, true },
	{ "a break-glass name too long for the fallback",
	  "sereno: 1\naccounts:\n  break-glass: {members: [abcdefghijklmnopqrstuvwxyz0123456]}\n",
	  "at most 32 bytes", 3, 27, true },
	{ "too many break-glass accounts",
	  "sereno: 1\naccounts:\n"
	  "  break-glass: {members: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q]}\n",
	  "17 break-glass accounts; there may be 16", 0, 0, true },
	{ "too many accounts of one person",
	  "sereno: 1\naccounts:\n"
	  "  persons: {x: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q]}\n",
	  "17 accounts; a person may have 16", 3, 13, true },
};
/* clang-format on */

static const struct diag *find_message(const struct diag_list *diags, const char *message)
{
	for (size_t i = 0; i < diags->n; i++) {
		if (strstr(diags->item[i].text, message))
			return &diags->item[i];
	}
	fixture_print(diags);
	return NULL;
}

static void test_fault(void **state)
{
	const struct fault_row *row = *state;
	struct diag_list diags = { 0 };
	const struct diag *diag;
	struct fixture fixture;

	fixture_make(&fixture);
	assert_int_equal(
		model_read("", row->text, strlen(row->text), FIXTURE_NOW, &fixture.model, &diags),
		0);
	diag_clear(&diags);
	assert_int_equal(fixture_compile(&fixture, fixture.model, row->text, &diags),
			 row->refused ? -EINVAL : 0);
	assert_int_equal(diags.faults, row->refused);
	diag = find_message(&diags, row->message);
	assert_non_null(diag);
	assert_int_equal(diag->severity, row->refused ? DIAG_FAULT : DIAG_WARNING);
	if (row->line > 0) {
		assert_int_equal(diag->at.line, row->line);
		assert_int_equal(diag->at.column, row->column);
	}
	assert_int_equal(access(fixture.database, F_OK), row->refused ? -1 : 0);
	diag_clear(&diags);
	fixture_close(&fixture);
}

static const char small[] = "sereno: 1\n"
			    "observe: [root]\n"
			    "accounts:\n"
			    "  min-uid: 500\n"
			    "  persons: {ana: [ana, ana-adm, ana-test]}\n"
			    "roles:\n"
			    "  a:\n"
			    "    members: [ana, bea]\n"
			    "    allow:\n"
			    "      - {services: [sshd], from: [seat]}\n"
			    "      - {services: [sshd], from: [seat], hosts: [elsewhere]}\n"
			    "  b:\n"
			    "    members: [bea]\n"
			    "    allow:\n"
			    "      - {services: [sshd], from: [seat], hosts: ['pg-*']}\n";

static void test_facts(void **state)
{
	const struct policy_facts *facts;
	struct fixture fixture;

	(void)state;
	fixture_open(&fixture, small);
	facts = policy_facts(fixture.policy);
	assert_true(facts->generation == 7);
	assert_true(facts->compiled == FIXTURE_NOW);
	assert_string_equal(facts->host, "pg-01");
	assert_int_equal(facts->min_uid, 500);
	assert_int_equal(facts->observe, OBSERVE_ROOT);
	assert_false(facts->asks_groups);
	assert_int_equal(facts->n_roles, 2);
	assert_int_equal(facts->n_rules, 2); /* of this host */
	assert_int_equal(facts->n_members, 2);
	assert_true(facts->zone_end > FIXTURE_NOW + INT64_C(29) * 365 * 86400);
	assert_int_equal(policy_verify(fixture.policy), 0);
	fixture_close(&fixture);
}

/* The hash is that of sha256sum(1) over the text, which lies beside. */
static void test_text(void **state)
{
	struct diag_list diags = { 0 };
	struct fixture fixture;
	struct stat st;

	(void)state;
	fixture_open(&fixture, "sereno: 1\n");
	assert_string_equal(policy_facts(fixture.policy)->hash, "25b1c395ed0ed67875539e4e7c662ed2"
								"aa9f1dcbfac0299f9acdf092db63ffbb");
	assert_int_equal(stat(fixture.text, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, strlen("sereno: 1\n"));
	assert_int_equal(stat(fixture.database, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	/* A directory is written once. */
	assert_int_equal(fixture_compile(&fixture, fixture.model, small, &diags), -EEXIST);
	diag_clear(&diags);
	fixture_close(&fixture);
}

static void test_same_person(void **state)
{
	const char *names[POLICY_PERSON_MAX], *again[1];
	struct fixture fixture;

	(void)state;
	fixture_open(&fixture, small);
	assert_int_equal(policy_same_person(fixture.policy, "ana", names, POLICY_PERSON_MAX), 2);
	assert_int_equal(policy_same_person(fixture.policy, "ana-test", again, 1), 2);
	assert_string_equal(names[0], "ana-adm"); /* still valid */
	assert_string_equal(names[1], "ana-test");
	assert_string_equal(again[0], "ana");
	assert_int_equal(policy_same_person(fixture.policy, "bea", names, POLICY_PERSON_MAX), 0);
	assert_int_equal(policy_same_person(fixture.policy, "", names, POLICY_PERSON_MAX), 0);
	fixture_close(&fixture);
}

/* clang-format off */
static const struct unsafe_row {
	const char *name;
	mode_t file, directory;
	int expected;
} unsafe_rows[] = {
	{ "as written",               0644, 0755, 0 },
	{ "private",                  0600, 0700, 0 },
	{ "file for the group",       0664, 0755, -EPERM },
	{ "file for the world",       0646, 0755, -EPERM },
	{ "directory for the group",  0644, 0775, -EPERM },
	{ "directory for the world",  0644, 0757, -EPERM },
	{ "sticky is not enough",     0644, 01777, -EPERM },
};
/* clang-format on */

static void test_unsafe(void **state)
{
	const struct unsafe_row *row = *state;
	struct policy *policy = NULL;
	struct fixture fixture;

	fixture_open(&fixture, small);
	assert_int_equal(chmod(fixture.database, row->file), 0);
	assert_int_equal(chmod(fixture.dir, row->directory), 0);
	assert_int_equal(policy_open_in(fixture.dir, &policy), row->expected);
	policy_close(policy);
	fixture_close(&fixture);
}

static void test_not_a_file(void **state)
{
	struct policy *policy = NULL;
	struct fixture fixture;

	(void)state;
	fixture_make(&fixture);
	assert_int_equal(policy_open_in(fixture.dir, &policy), -ENOENT);
	assert_int_equal(mkfifo(fixture.database, 0600), 0); /* must not wait for a writer */
	assert_int_equal(policy_open_in(fixture.dir, &policy), -EPERM);
	assert_int_equal(unlink(fixture.database), 0);
	assert_int_equal(symlink("/etc/passwd", fixture.database), 0);
	assert_int_equal(policy_open_in(fixture.dir, &policy), -EPERM);
	assert_int_equal(unlink(fixture.database), 0);
	assert_int_equal(mkdir(fixture.database, 0700), 0);
	assert_int_equal(policy_open_in(fixture.dir, &policy), -EPERM);
	assert_int_equal(rmdir(fixture.database), 0);
	assert_int_equal(close(creat(fixture.database, 0600)), 0);
	assert_int_equal(policy_open_in(fixture.dir, &policy), -EBADMSG);
	fixture_close(&fixture);
}

static size_t read_database(const char *path, uint8_t **ret)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	*ret = malloc(1 << 20);
	assert_non_null(*ret);
	length = read(fd, *ret, 1 << 20);
	assert_true(length > 0);
	return (size_t)length;
}

/* The same policy always gives the same file. */
static void test_reproducible(void **state)
{
	scoped_free uint8_t *first = NULL, *second = NULL;
	struct fixture fixture;
	size_t length;

	(void)state;
	fixture_open(&fixture, small);
	length = read_database(fixture.database, &first);
	fixture_close(&fixture);
	fixture_open(&fixture, small);
	assert_int_equal(read_database(fixture.database, &second), length);
	fixture_close(&fixture);
	assert_memory_equal(first, second, length);
}

/* Compile a role of @n rules for sshd, all from the seat or each from an address of its own, and
 * give back the diags. */
enum places { PLACES_ONE, PLACES_MANY };

static void compile_many(size_t n, enum places places, struct diag_list *diags)
{
	struct fixture fixture;
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	(void)fputs("sereno: 1\nroles:\n  busy:\n    members: [ana]\n    allow:\n", out);
	for (size_t i = 0; i < n; i++) {
		if (places == PLACES_ONE)
			(void)fputs("      - {services: [sshd], from: [seat]}\n", out);
		else
			(void)fprintf(out, "      - {services: [sshd], from: [10.0.%zu.%zu]}\n",
				      i / 250, i % 250 + 1);
	}
	assert_int_equal(fclose(out), 0);
	fixture_make(&fixture);
	assert_int_equal(model_read("", text, length, FIXTURE_NOW, &fixture.model, diags), 0);
	assert_int_equal(fixture_compile(&fixture, fixture.model, text, diags), 0);
	fixture_close(&fixture);
	free(text);
}

/* A thousand rules for one place are a lot; any number for different places is not. */
static void test_alike(void **state)
{
	struct diag_list diags = { 0 };
	const struct diag *diag;

	(void)state;
	compile_many(1001, PLACES_ONE, &diags);
	diag = find_message(&diags, "1001 rules of 'busy' are for the same service and origin");
	assert_non_null(diag);
	assert_int_equal(diag->severity, DIAG_WARNING);
	assert_int_equal(diag->at.line, 3);
	diag_clear(&diags);
	compile_many(1000, PLACES_ONE, &diags);
	assert_int_equal(diags.n, 0);
	diag_clear(&diags);
	compile_many(2000, PLACES_MANY, &diags);
	assert_int_equal(diags.n, 0);
	diag_clear(&diags);
}

int main(void)
{
	static const struct CMUnitTest single[] = {
		cmocka_unit_test(test_facts),	     cmocka_unit_test(test_text),
		cmocka_unit_test(test_same_person),  cmocka_unit_test(test_not_a_file),
		cmocka_unit_test(test_reproducible), cmocka_unit_test(test_alike),
	};
	struct CMUnitTest
		tests[ARRAY_SIZE(fault_rows) + ARRAY_SIZE(unsafe_rows) + ARRAY_SIZE(single)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(fault_rows); i++)
		tests[n++] = (struct CMUnitTest){ fault_rows[i].name, test_fault, NULL, NULL,
						  (void *)(uintptr_t)&fault_rows[i] };
	for (size_t i = 0; i < ARRAY_SIZE(unsafe_rows); i++)
		tests[n++] = (struct CMUnitTest){ unsafe_rows[i].name, test_unsafe, NULL, NULL,
						  (void *)(uintptr_t)&unsafe_rows[i] };
	for (size_t i = 0; i < ARRAY_SIZE(single); i++)
		tests[n++] = single[i];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
