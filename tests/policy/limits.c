/* SPDX-License-Identifier: MIT */
/* limits.c - what a policy asks of attempts, passwords and idle accounts, and of whom. */
#include "fixture.h"
#include "rules_text.h"

#include <sereno/access.h>

#include "compiled/limits_record.h"

/* clang-format off */
static const struct attempts_row {
	const char *name, *block, *expected; /* NULL: there are no limits */
} attempts_rows[] = {
	{ "left out",                "", NULL },
	{ "the standard",            "attempts: {}", "5 in 900 delay 30 to 3600 per user 50" },
	{ "all given",               "attempts: {allow: 3, within: 1h, then: {delay: 10s, doubling-to: 10m}, allow-per-user: 7}",
	  "3 in 3600 delay 10 to 600 per user 7" },
	{ "a delay that is steady",  "attempts: {then: {delay: 1m}}", "5 in 900 delay 60 to 60 per user 50" },
	{ "a lock",                  "attempts: {then: {lock: 15m}}", "5 in 900 lock 900 to 900 per user 50" },
	{ "a lock until unlocked",   "attempts: {then: {lock: until-unlocked}}", "5 in 900 until-unlocked 30 to 30 per user 50" },
	{ "the least",               "attempts: {allow: 1, within: 1s, then: {lock: 1s}, allow-per-user: 1}",
	  "1 in 1 lock 1 to 1 per user 1" },
	{ "the most",                "attempts: {allow: 20, within: 1y, then: {delay: 1y, doubling-to: 365d}, allow-per-user: 1000}",
	  "20 in 31536000 delay 31536000 to 31536000 per user 1000" },
	{ "on trial all the same",   "observe: [attempts]\nattempts: {allow: 2}", "2 in 900 delay 30 to 3600 per user 50" },
};
/* clang-format on */

static void test_attempts(void **state)
{
	const struct attempts_row *row = *state;
	struct attempt_limits limits = { .allow = 77 };
	scoped_free char *text = NULL, *got = NULL;
	struct fixture fixture;

	assert_true(asprintf(&text, "sereno: 1\n%s\n", row->block) > 0);
	fixture_open(&fixture, text);
	assert_int_equal(policy_attempts(fixture.policy, &limits), row->expected ? 0 : -ENOENT);
	if (row->expected) {
		got = limits_text(&limits);
		assert_string_equal(got, row->expected);
	} else {
		assert_int_equal(limits.allow, 77);
	}
	assert_int_equal(policy_verify(fixture.policy), 0);
	fixture_close(&fixture);
}

/* What is in force when the policy cannot be read is what attempts: {} asks for. */
static void test_strict(void **state)
{
	const struct attempt_limits strict = ATTEMPT_LIMITS_STRICT;
	scoped_free char *got = limits_text(&strict);

	(void)state;
	assert_string_equal(got, attempts_rows[1].expected);
}

/* clang-format off */
static const struct block_row {
	const char *name, *block, *expected; /* NULL: nothing is asked for */
} block_rows[] = {
	{ "left out",      "", NULL },
	{ "the standard",  "password: {}", "length 12 dictionary 1 warn 604800 words" },
	{ "no dictionary", "password: {dictionary: no}", "length 12 warn 604800 words" },
	{ "all given",
	  "password: {min-length: 16, min-classes: 4, max-repeat: 2, differs-by: 6, not-containing: [acme, 'año nuevo'], dictionary: yes, "
	  "blocklist: /var/lib/sereno/blocklist, history: 32, min-age: 90s, max-age: 1y, warn-before: 14d}",
	  "length 16 classes 4 repeat 2 differs 6 history 32 dictionary 1 min-age 90 max-age 31536000 warn 1209600 "
	  "list /var/lib/sereno/blocklist words acme año nuevo" },
	{ "the least",     "password: {min-length: 1, min-classes: 0, differs-by: 0, not-containing: [], history: 0}",
	  "length 1 dictionary 1 warn 604800 words" },
	{ "the most",      "password: {min-length: 128, max-repeat: 128, differs-by: 128, max-age: 100y, min-age: 99y}",
	  "length 128 repeat 128 differs 128 dictionary 1 min-age 3122064000 max-age 3153600000 warn 604800 words" },
};
/* clang-format on */

static void test_block(void **state)
{
	const struct block_row *row = *state;
	scoped_free char *text = NULL, *got = NULL;
	struct password_rules rules = { .history = 77 };
	struct fixture fixture;

	assert_true(asprintf(&text, "sereno: 1\n%s\n", row->block) > 0);
	fixture_open(&fixture, text);
	assert_int_equal(policy_password(fixture.policy, NULL, FIXTURE_NOW, &rules),
			 row->expected ? 0 : -ENOENT);
	if (row->expected) {
		got = rules_text(&rules);
		assert_string_equal(got, row->expected);
	} else {
		assert_int_equal(rules.history, 77);
	}
	fixture_close(&fixture);
}

static const char roles_text[] =
	"sereno: 1\n"
	"timezone: UTC\n"
	"accounts:\n"
	"  break-glass: {members: [rescue]}\n"
	"  persons: {ana: [ana, ana-adm]}\n"
	"password: {min-length: 10, max-repeat: 4, max-age: 1y, min-age: 1d, not-containing: [acme]}\n"
	"roles:\n"
	"  plain: {members: [bea, postgres], allow: []}\n"
	"  admin:\n"
	"    members: [luis, both, ana-adm]\n"
	"    password: {min-length: 16, not-containing: [acme, admin]}\n"
	"    allow: []\n"
	"  auditor:\n"
	"    members: [eva, both]\n"
	"    members-of: [staff]\n"
	"    password: {min-length: 14, max-repeat: 2, max-age: 90d, not-containing: [audit]}\n"
	"    allow: []\n"
	"  careful: {members: [carl], password: {min-age: 300d}, allow: []}\n"
	"  hasty: {members: [carl], password: {max-age: 200d}, allow: []}\n"
	"  temporary:\n"
	"    members: [tom]\n"
	"    since: 2026-03-01\n"
	"    until: 2026-03-31\n"
	"    password: {history: 9}\n"
	"    allow: []\n"
	"  one: {members-of: [wheel], password: {min-length: 20}, excludes: [other], allow: []}\n"
	"  other: {members-of: [night], password: {min-length: 21}, allow: []}\n"
	"  bots: {unattended: yes, members: [ansible, mixed], allow: []}\n"
	"  night-bots: {unattended: yes, members: [later], since: 2026-06-01, allow: []}\n";

#define COMMON "min-age 86400 max-age 31536000 warn 604800 words acme"

/* clang-format off */
static const struct subject_row {
	const char *name, *user;
	uid_t uid;
	gid_t groups[2];
	const char *time;
	enum subject_kind kind;
	const char *expected; /* NULL: nothing is asked for */
} subject_rows[] = {
	{ "a role without a password:", "bea", 1500, { 0 }, "", SUBJECT_IS_PERSON, "length 10 repeat 4 dictionary 1 " COMMON },
	{ "no role at all",    "zoe", 1500, { 0 }, "", SUBJECT_IS_PERSON, "length 10 repeat 4 dictionary 1 " COMMON },
	{ "named below min-uid", "postgres", 110, { 0 }, "", SUBJECT_IS_PERSON, "length 10 repeat 4 dictionary 1 " COMMON },
	{ "not governed",      "daemon", 2, { 0 }, "", SUBJECT_IS_UNGOVERNED, "length 10 repeat 4 dictionary 1 " COMMON },
	{ "root",              "root", 0, { 0 }, "", SUBJECT_IS_ROOT, "length 10 repeat 4 dictionary 1 " COMMON },
	{ "break-glass",       "rescue", 1500, { 0 }, "", SUBJECT_IS_BREAK_GLASS, "length 10 repeat 4 dictionary 1 " COMMON },
	{ "a stricter role",   "luis", 1500, { 0 }, "", SUBJECT_IS_PERSON, "length 16 repeat 4 dictionary 1 " COMMON " admin" },
	{ "stricter by a group", "gus", 1500, { 50 }, "", SUBJECT_IS_PERSON,
	  "length 14 repeat 2 dictionary 1 min-age 86400 max-age 7776000 warn 604800 words acme audit" },
	{ "the strictest of two roles", "both", 1500, { 0 }, "", SUBJECT_IS_PERSON,
	  "length 16 repeat 2 dictionary 1 min-age 86400 max-age 7776000 warn 604800 words acme admin audit" },
	{ "another account of the person", "ana", 1500, { 0 }, "", SUBJECT_IS_PERSON, "length 10 repeat 4 dictionary 1 " COMMON },
	{ "ages that contradict", "carl", 1500, { 0 }, "", SUBJECT_IS_PERSON,
	  "length 10 repeat 4 dictionary 1 min-age 17280000 max-age 17280000 warn 604800 words acme" },
	{ "before the role",   "tom", 1500, { 0 }, "2026-02-28T23:59", SUBJECT_IS_PERSON, "length 10 repeat 4 dictionary 1 " COMMON },
	{ "in the role",       "tom", 1500, { 0 }, "2026-03-01T00:00", SUBJECT_IS_PERSON, "length 10 repeat 4 history 9 dictionary 1 " COMMON },
	{ "after the role",    "tom", 1500, { 0 }, "2026-04-01T00:00", SUBJECT_IS_PERSON, "length 10 repeat 4 dictionary 1 " COMMON },
	{ "one of two that exclude each other", "kim", 1500, { 60 }, "", SUBJECT_IS_PERSON, "length 20 repeat 4 dictionary 1 " COMMON },
	{ "who would hold both holds neither", "kim", 1500, { 60, 70 }, "", SUBJECT_IS_PERSON, "length 10 repeat 4 dictionary 1 " COMMON },
	{ "a program",         "ansible", 1500, { 0 }, "", SUBJECT_IS_PROGRAM, NULL },
	{ "a program by name that is a person by a group holds neither", "mixed", 1500, { 50 }, "", SUBJECT_IS_PERSON,
	  "length 10 repeat 4 dictionary 1 " COMMON },
	{ "a program that does not hold the role yet", "later", 1500, { 0 }, "2026-05-31T23:59", SUBJECT_IS_PERSON,
	  "length 10 repeat 4 dictionary 1 " COMMON },
	{ "a program from now on", "later", 1500, { 0 }, "2026-06-01T00:00", SUBJECT_IS_PROGRAM, NULL },
};
/* clang-format on */

static void test_subject(void **state)
{
	const struct subject_row *row = *state;
	const size_t n_groups = (size_t)(row->groups[0] != 0) + (row->groups[1] != 0);
	const struct access_request request = {
		.uid = row->uid,
		.subject = { .user = row->user, .groups = row->groups, .n_groups = n_groups },
	};
	const int64_t now = fixture_time(row->time);
	scoped_free char *got = NULL;
	struct password_rules rules;
	struct fixture fixture;
	enum subject_kind kind;

	fixture_open(&fixture, roles_text);
	assert_int_equal(policy_subject(fixture.policy, &request, now, &kind), 0);
	assert_int_equal(kind, row->kind);
	assert_int_equal(policy_password(fixture.policy, &request, now, &rules),
			 row->expected ? 0 : -ENOENT);
	if (row->expected) {
		got = rules_text(&rules);
		assert_string_equal(got, row->expected);
	}
	fixture_close(&fixture);
}

/* As many words as there may be, spread over the block and the roles of one person. */
static void test_all_words(void **state)
{
	const gid_t groups[] = { 50 };
	const struct access_request request = {
		.uid = 1500, .subject = { .user = "bea", .groups = groups, .n_groups = 1 }
	};
	scoped_free char *text = NULL;
	struct password_rules rules;
	struct fixture fixture;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	(void)state;
	assert_non_null(out);
	fprintf(out, "sereno: 1\npassword: {not-containing: [word-00]}\nroles:\n");
	fprintf(out, "  a: {members: [bea], allow: [], password: {not-containing: [word-00");
	for (int i = 1; i < PASSWORD_WORDS_MAX / 2; i++)
		fprintf(out, ", word-%02d", i);
	fprintf(out, "]}}\n  b: {members-of: [staff], allow: [], password: {not-containing: [wo");
	for (int i = 0; i < PASSWORD_WORD_SIZE - 3; i++)
		putc('o', out);
	for (int i = PASSWORD_WORDS_MAX / 2; i < PASSWORD_WORDS_MAX - 1; i++)
		fprintf(out, ", word-%02d", i);
	fprintf(out, "]}}\n");
	assert_int_equal(fclose(out), 0);
	fixture_open(&fixture, text);
	assert_int_equal(policy_password(fixture.policy, &request, FIXTURE_NOW, &rules), 0);
	assert_int_equal(rules.n_words, PASSWORD_WORDS_MAX);
	assert_int_equal(strlen(rules.word[32]), PASSWORD_WORD_SIZE - 1);
	fixture_close(&fixture);
}

static void test_inactive(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_open(&fixture, "sereno: 1\naccounts: {inactive-after: 45d}\nobserve: [password]\n");
	assert_int_equal(policy_facts(fixture.policy)->inactive_after_sec, 45 * 86400);
	assert_int_equal(policy_facts(fixture.policy)->observe, OBSERVE_PASSWORD);
	fixture_close(&fixture);
	fixture_open(&fixture, "sereno: 1\nobserve: [all]\n");
	assert_int_equal(policy_facts(fixture.policy)->inactive_after_sec, 0);
	assert_int_equal(policy_facts(fixture.policy)->observe, OBSERVE_ALL);
	fixture_close(&fixture);
}

/* clang-format off */
static const struct limits_damage_row {
	const char *name;
	struct attempt_limits limits;
	bool sound;
} limits_damage_rows[] = {
	{ "sound limits",               ATTEMPT_LIMITS_STRICT, true },
	{ "allow of none",              { 0, 900, THEN_DELAY, 30, 3600, 50 }, false },
	{ "allow without end",          { 21, 900, THEN_DELAY, 30, 3600, 50 }, false },
	{ "nothing counts",             { 5, 0, THEN_DELAY, 30, 3600, 50 }, false },
	{ "counts longer than a year",  { 5, 31536001, THEN_DELAY, 30, 3600, 50 }, false },
	{ "no such consequence",        { 5, 900, (enum attempt_then)3, 30, 3600, 50 }, false },
	{ "no delay",                   { 5, 900, THEN_DELAY, 0, 3600, 50 }, false },
	{ "a delay that shrinks",       { 5, 900, THEN_DELAY, 30, 29, 50 }, false },
	{ "a delay without end",        { 5, 900, THEN_DELAY, 30, UINT32_MAX, 50 }, false },
	{ "fewer from all than one",    { 5, 900, THEN_DELAY, 30, 3600, 4 }, false },
	{ "as many from all as one",    { 5, 900, THEN_DELAY, 30, 3600, 5 }, true },
	{ "from all without end",       { 5, 900, THEN_DELAY, 30, 3600, 1001 }, false },
};
/* clang-format on */

static void test_limits_damage(void **state)
{
	const struct limits_damage_row *row = *state;
	scoped(encoder_clear) struct encoder encoder = { 0 };
	struct attempt_limits limits;
	struct decoder decoder;

	encode_attempt_limits(&encoder, &row->limits);
	assert_int_equal(encoder.error, 0);
	for (size_t length = 0; length <= encoder.length; length++) {
		decoder = (struct decoder){ encoder.data, length, false };
		decode_attempt_limits(&decoder, &limits);
		assert_int_equal(decode_end(&decoder),
				 row->sound && length == encoder.length ? 0 : -EBADMSG);
	}
}

/* clang-format off */
static const struct rules_damage_row {
	const char *name;
	struct password_rules rules;
	bool sound;
} rules_damage_rows[] = {
	{ "sound rules",           { .min_length = 12, .blocklist = "/x", .n_words = 2, .word = { "acme", "corp" } }, true },
	{ "length beyond any",     { .min_length = PASSWORD_LENGTH_MAX + 1 }, false },
	{ "five classes",          { .min_classes = 5 }, false },
	{ "repeat beyond any",     { .max_repeat = PASSWORD_LENGTH_MAX + 1 }, false },
	{ "differs beyond any",    { .differs_by = PASSWORD_LENGTH_MAX + 1 }, false },
	{ "history beyond any",    { .history = PASSWORD_HISTORY_MAX + 1 }, false },
	{ "min-age beyond any",    { .min_age_sec = UINT64_C(3153600001) }, false },
	{ "max-age beyond any",    { .max_age_sec = UINT64_MAX }, false },
	{ "warning beyond any",    { .warn_before_sec = UINT64_MAX }, false },
};
/* clang-format on */

static void test_rules_damage(void **state)
{
	const struct rules_damage_row *row = *state;
	scoped(encoder_clear) struct encoder encoder = { 0 };
	struct password_rules rules;
	struct decoder decoder;

	encode_password_rules(&encoder, &row->rules);
	assert_int_equal(encoder.error, 0);
	for (size_t length = 0; length <= encoder.length; length++) {
		decoder = (struct decoder){ encoder.data, length, false };
		decode_password_rules(&decoder, &rules);
		assert_int_equal(decode_end(&decoder),
				 row->sound && length == encoder.length ? 0 : -EBADMSG);
	}
}

/* More words than there is room for, and a word longer than its room. */
static void test_words_damage(void **state)
{
	struct password_rules rules = { .n_words = 1, .word = { "acme" } };
	scoped(encoder_clear) struct encoder encoder = { 0 };
	struct decoder decoder;
	char bytes[2048];

	(void)state;
	encode_password_rules(&encoder, &rules);
	assert_true(encoder.length < 256);
	memset(bytes, 'x', sizeof(bytes));
	memcpy(bytes, encoder.data, encoder.length);
	bytes[encoder.length - 6] = PASSWORD_WORD_SIZE; /* u16 length of the word, little-endian */
	decoder = (struct decoder){ (const uint8_t *)bytes, encoder.length + 60, false };
	decode_password_rules(&decoder, &rules);
	assert_int_equal(decode_end(&decoder), -EBADMSG);
	bytes[encoder.length - 10] = PASSWORD_WORDS_MAX + 1; /* u32 count */
	bytes[encoder.length - 6] = 4;
	decoder = (struct decoder){ (const uint8_t *)bytes, sizeof(bytes), false };
	decode_password_rules(&decoder, &rules);
	assert_int_equal(decode_end(&decoder), -EBADMSG);
	assert_int_equal(rules.n_words, 0);
}

#define ADD_ROWS(rows, test)                                                              \
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)                                     \
		tests[n++] = (struct CMUnitTest)                                          \
		{                                                                         \
			(rows)[i].name, test, NULL, NULL, (void *)(uintptr_t) & (rows)[i] \
		}

int main(void)
{
	static const struct CMUnitTest single[] = {
		cmocka_unit_test(test_strict),
		cmocka_unit_test(test_all_words),
		cmocka_unit_test(test_inactive),
		cmocka_unit_test(test_words_damage),
	};
	struct CMUnitTest tests[100];
	size_t n = 0;

	ADD_ROWS(attempts_rows, test_attempts);
	ADD_ROWS(block_rows, test_block);
	ADD_ROWS(subject_rows, test_subject);
	ADD_ROWS(limits_damage_rows, test_limits_damage);
	ADD_ROWS(rules_damage_rows, test_rules_damage);
	for (size_t i = 0; i < ARRAY_SIZE(single); i++)
		tests[n++] = single[i];
	assert_true(n <= ARRAY_SIZE(tests));
	return _cmocka_run_group_tests("limits", tests, n, NULL, NULL);
}
