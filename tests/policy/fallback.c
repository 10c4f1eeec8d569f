/* SPDX-License-Identifier: MIT */
/*
 * fallback.c - tests of the decision without a policy, and of the file behind it.
 */
#include "fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <sereno/fallback.h>
#include <sereno/scoped.h>

/* clang-format off */
static const struct judge_row {
	const char *name, *user, *service, *from;
	uid_t uid;
	unsigned observe;
	enum access_outcome outcome;
	enum access_reason reason;
	bool on_trial, own_login;
} judge_rows[] = {
#define ALLOW ACCESS_ALLOW
#define DENY  ACCESS_DENY
#define NOT_GOVERNED ACCESS_NOT_GOVERNED
	{ "governed, at the seat",      "bea", "login", "seat", 1500, 0, DENY, REASON_NO_POLICY, false, false },
	{ "governed, over the network", "bea", "sshd", "10.1.1.1", 1500, 0, DENY, REASON_NO_POLICY, false, false },
	{ "governed, sudo",             "bea", "sudo", "seat", 1500, 0, DENY, REASON_NO_POLICY, false, false },
	{ "governed, a job",            "bea", "cron", "jobs", 1500, 0, DENY, REASON_NO_POLICY, false, false },
	{ "governed, user manager",     "bea", "systemd-user", "", 1500, 0, DENY, REASON_NO_POLICY, false, false },
	{ "governed, on trial",         "bea", "sshd", "10.1.1.1", 1500, OBSERVE_ROLES, ALLOW, REASON_NO_POLICY, true, false },
	{ "on trial for another block", "bea", "sshd", "10.1.1.1", 1500, OBSERVE_ROOT, DENY, REASON_NO_POLICY, false, false },
	{ "a directory's account",      "bea", "sshd", "10.1.1.1", 1234567890, 0, DENY, REASON_NO_POLICY, false, false },
	{ "ungoverned",                 "www-data", "sshd", "10.1.1.1", 33, 0, NOT_GOVERNED, REASON_UNGOVERNED, false, false },
	{ "ungoverned, on trial",       "www-data", "sshd", "10.1.1.1", 33, OBSERVE_ALL, NOT_GOVERNED, REASON_UNGOVERNED, false, false },
	{ "a dynamic user",             "dynamic", "sshd", "10.1.1.1", 61200, 0, NOT_GOVERNED, REASON_UNGOVERNED, false, false },
	{ "governed by name",           "postgres", "sshd", "10.1.1.1", 110, 0, DENY, REASON_NO_POLICY, false, false },
	{ "not a prefix of a name",     "postgre", "sshd", "10.1.1.1", 110, 0, NOT_GOVERNED, REASON_UNGOVERNED, false, false },
	{ "root at the seat",           "root", "login", "seat", 0, 0, ALLOW, REASON_ROOT_LOGIN, false, false },
	{ "root at a serial line",      "root", "login", "serial", 0, 0, ALLOW, REASON_ROOT_LOGIN, false, false },
	{ "root over the network",      "root", "sshd", "10.1.1.1", 0, 0, DENY, REASON_NO_POLICY, false, false },
	{ "root from unknown",          "root", "sshd", "", 0, 0, DENY, REASON_NO_POLICY, false, false },
	{ "root, on trial",             "root", "sshd", "10.1.1.1", 0, OBSERVE_ROOT, ALLOW, REASON_NO_POLICY, true, false },
	{ "root asks sudo",             "root", "sudo", "10.1.1.1", 0, 0, ALLOW, REASON_ROOT_ASKS, false, false },
	{ "root asks at the seat",      "root", "su", "seat", 0, 0, ALLOW, REASON_ROOT_ASKS, false, false },
	{ "root asks chfn",             "root", "chfn", "", 0, 0, ALLOW, REASON_ROOT_ASKS, false, false },
	{ "root's job",                 "root", "cron", "jobs", 0, 0, ALLOW, REASON_ROOT_ASKS, false, false },
	{ "root's user manager",        "root", "systemd-user", "", 0, 0, ALLOW, REASON_ROOT_ASKS, false, false },
	{ "break-glass at the seat",    "rescue", "login", "seat", 1500, 0, ALLOW, REASON_BREAK_GLASS, false, false },
	{ "break-glass at a line",      "rescue", "login", "serial", 1500, 0, ALLOW, REASON_BREAK_GLASS, false, false },
	{ "break-glass, sudo",          "rescue", "sudo", "seat", 1500, 0, ALLOW, REASON_BREAK_GLASS, false, false },
	{ "break-glass, two logins",    "rescue", "sudo", "seat 10.1.1.1", 1500, 0, DENY, REASON_NO_POLICY, false, false },
	{ "break-glass, network",       "rescue", "sshd", "10.1.1.1", 1500, 0, DENY, REASON_NO_POLICY, false, false },
	{ "break-glass, unknown",       "rescue", "sshd", "", 1500, 0, DENY, REASON_NO_POLICY, false, false },
	{ "break-glass, a job",         "rescue", "cron", "jobs", 1500, 0, ALLOW, REASON_BREAK_GLASS, false, false },
	{ "break-glass, user manager",  "rescue", "systemd-user", "", 1500, 0, ALLOW, REASON_BREAK_GLASS, false, false },
	{ "break-glass, on trial",      "rescue", "sshd", "10.1.1.1", 1500, OBSERVE_ACCOUNTS, ALLOW, REASON_NO_POLICY, true, false },
	{ "break-glass, own login",     "rescue", "su", "", 1500, 0, ALLOW, REASON_BREAK_GLASS, false, true },
	{ "own login, others known",    "rescue", "su", "10.1.1.1", 1500, 0, DENY, REASON_NO_POLICY, false, true },
	{ "own login of the governed",  "bea", "sudo", "", 1500, 0, DENY, REASON_NO_POLICY, false, true },
	{ "own login is for elevation", "rescue", "login", "", 1500, 0, DENY, REASON_NO_POLICY, false, true },
	{ "break-glass below min-uid",  "rescue", "sshd", "10.1.1.1", 200, 0, DENY, REASON_NO_POLICY, false, false },
};

#define FORMAT "format 1\n"
#define REST   "observe\nbreak-glass\ngoverned\n"
static const struct file_row {
	const char *name, *text;
	int expected;
} file_rows[] = {
	{ "all lines",              FORMAT "min-uid 500\nobserve roles root\nbreak-glass rescue ana\ngoverned postgres\n", 0 },
	{ "other order",            FORMAT REST "min-uid 500\n", 0 },
	{ "empty",                  "", -EINVAL },
	{ "no format",              "min-uid 500\n" REST, -EINVAL },
	{ "a later format",         "format 2\nmin-uid 500\n" REST, -EINVAL },
	{ "format not first",       "min-uid 500\n" FORMAT REST, -EINVAL },
	{ "an unknown line",        FORMAT "min-uid 500\n" REST "allow all\n", -EINVAL },
	{ "an empty line",          FORMAT "\nmin-uid 500\n" REST, -EINVAL },
	{ "a line twice",           FORMAT "min-uid 500\nmin-uid 600\n" REST, -EINVAL },
	{ "a line missing",         FORMAT "min-uid 500\nobserve\nbreak-glass\n", -EINVAL },
	{ "cut short",              FORMAT "min-uid 500\nobserve\nbreak-glass\ngoverned", -EINVAL },
	{ "Windows line ends",      "format 1\r\nmin-uid 500\r\n", -EINVAL },
	{ "no number",              FORMAT "min-uid\n" REST, -EINVAL },
	{ "a sign",                 FORMAT "min-uid +500\n" REST, -EINVAL },
	{ "a leading zero",         FORMAT "min-uid 0500\n" REST, -EINVAL },
	{ "more than a number",     FORMAT "min-uid 500 600\n" REST, -EINVAL },
	{ "too large",              FORMAT "min-uid 4294967296\n" REST, -EINVAL },
	{ "the invalid uid",        FORMAT "min-uid 4294967295\n" REST, -EINVAL },
	{ "an unknown block",       FORMAT "min-uid 500\nobserve everything\nbreak-glass\ngoverned\n", -EINVAL },
	{ "two blanks",             FORMAT "min-uid 500\nobserve\nbreak-glass  rescue\ngoverned\n", -EINVAL },
	{ "a control in a name",    FORMAT "min-uid 500\nobserve\nbreak-glass res\tcue\ngoverned\n", -EINVAL },
	{ "a name too long",        FORMAT "min-uid 500\nobserve\nbreak-glass abcdefghijklmnopqrstuvwxyz0123456\ngoverned\n", -EINVAL },
	{ "too many names",         FORMAT "min-uid 500\nobserve\nbreak-glass a b c d e f g h i j k l m n o p q\ngoverned\n", -EINVAL },
};
/* clang-format on */

static void test_judge(void **state)
{
	const struct judge_row *row = *state;
	struct fallback fallback = {
		.min_uid = 1000,
		.observe = row->observe,
		.n_break_glass = 2,
		.break_glass = { "other", "rescue" },
		.n_governed = 1,
		.governed = { "postgres" },
	};
	struct origin origins[2];
	struct access_request request = {
		.service = row->service,
		.uid = row->uid,
		.subject = { .user = row->user },
		.origins = origins,
		.own_login = row->own_login,
	};
	const char *second = strchr(row->from, ' ');
	struct access_verdict verdict;
	char first[ORIGIN_TEXT_MAX];

	assert_true(snprintf(first, sizeof(first), "%.*s", second ? (int)(second - row->from) : 40,
			     row->from) >= 0);
	if (first[0])
		assert_int_equal(origin_parse(first, &origins[request.n_origins++]), 0);
	if (second)
		assert_int_equal(origin_parse(second + 1, &origins[request.n_origins++]), 0);
	memset(&verdict, 0xff, sizeof(verdict)); /* every member is set */
	fallback_judge(&fallback, &request, &verdict);
	assert_int_equal(verdict.outcome, row->outcome);
	assert_string_equal(access_reason_name(verdict.reason), access_reason_name(row->reason));
	assert_int_equal(verdict.on_trial, row->on_trial);
	assert_int_equal(verdict.enforced, row->on_trial ? ACCESS_DENY : row->outcome);
	assert_int_equal(verdict.demands | verdict.demands_open | verdict.rule | verdict.line, 0);
	assert_false(verdict.conflict);
	assert_string_equal(verdict.role, "");
	assert_true(verdict.until == (row->outcome == ACCESS_DENY ? 0 : TIME_NO_END));
	assert_true(verdict.until_told == verdict.until);
}

struct place {
	char root[64], directory[96], file[128];
};

static void place_make(struct place *place)
{
	char etc[80];

	*place = (struct place){ .root = "/tmp/sereno-test.XXXXXX" };
	assert_non_null(mkdtemp(place->root));
	assert_true(snprintf(etc, sizeof(etc), "%s/etc", place->root) > 0);
	assert_int_equal(mkdir(etc, 0755), 0);
	assert_true(snprintf(place->directory, sizeof(place->directory), "%s/sereno", etc) > 0);
	assert_true(snprintf(place->file, sizeof(place->file), "%s/fallback", place->directory) >
		    0);
}

static void place_remove(const struct place *place)
{
	char etc[80];

	(void)unlink(place->file);
	assert_int_equal(rmdir(place->directory), 0); /* nothing else was left in it */
	assert_true(snprintf(etc, sizeof(etc), "%s/etc", place->root) > 0);
	assert_int_equal(rmdir(etc), 0);
	assert_int_equal(rmdir(place->root), 0);
}

static void place_write(const struct place *place, const void *bytes, size_t length)
{
	scoped_fd int fd = -1;

	if (mkdir(place->directory, 0755) < 0)
		assert_int_equal(errno, EEXIST);
	fd = open(place->file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
}

static void assert_strict(const struct fallback *fallback)
{
	assert_int_equal(fallback->min_uid, 1000);
	assert_int_equal(fallback->observe, 0);
	assert_int_equal(fallback->n_break_glass, 0);
	assert_int_equal(fallback->n_governed, 0);
}

static void test_file(void **state)
{
	const struct file_row *row = *state;
	struct fallback fallback;
	struct place place;

	place_make(&place);
	place_write(&place, row->text, strlen(row->text));
	assert_int_equal(fallback_read(place.root, &fallback), row->expected);
	if (row->expected < 0)
		assert_strict(&fallback);
	else
		assert_int_equal(fallback.min_uid, 500);
	place_remove(&place);
}

/* Every shorter file is void, and so is one with a NUL or too many bytes. */
static void test_cut(void **state)
{
	const char *whole = file_rows[0].text;
	struct fallback fallback;
	struct place place;
	char *large;

	(void)state;
	place_make(&place);
	for (size_t length = 0; length < strlen(whole); length++) {
		place_write(&place, whole, length);
		assert_int_equal(fallback_read(place.root, &fallback), -EINVAL);
		assert_strict(&fallback);
	}
	place_write(&place, "format 1\nmin-uid 500\0\nobserve\nbreak-glass\ngoverned\n", 52);
	assert_int_equal(fallback_read(place.root, &fallback), -EINVAL);
	large = malloc(FALLBACK_MAX_BYTES + 1);
	assert_non_null(large);
	memset(large, '\n', FALLBACK_MAX_BYTES + 1);
	place_write(&place, large, FALLBACK_MAX_BYTES + 1);
	assert_int_equal(fallback_read(place.root, &fallback), -EFBIG);
	free(large);
	place_remove(&place);
}

static void test_write(void **state)
{
	struct fallback written = {
		.min_uid = 500,
		.observe = OBSERVE_ALL,
		.n_break_glass = FALLBACK_NAMES_MAX,
		.n_governed = FALLBACK_NAMES_MAX,
	};
	struct fallback fallback;
	struct place place;
	struct stat st;
	mode_t old;

	(void)state;
	for (size_t i = 0; i < FALLBACK_NAMES_MAX; i++) { /* the most that there can be */
		memset(written.break_glass[i], 'a' + (int)i, FALLBACK_NAME_SIZE - 1);
		memset(written.governed[i], 'A' + (int)i, FALLBACK_NAME_SIZE - 1);
	}
	place_make(&place);
	old = umask(0077);
	assert_int_equal(fallback_write(place.root, &written), 0);
	(void)umask(old);
	assert_int_equal(fallback_read(place.root, &fallback), 0);
	assert_memory_equal(&fallback, &written, sizeof(fallback));
	assert_int_equal(stat(place.file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	written.n_governed = 0;
	assert_int_equal(fallback_write(place.root, &written), 0);
	assert_int_equal(fallback_read(place.root, &fallback), 0);
	assert_int_equal(fallback.n_governed, 0);
	place_remove(&place);
}

/* What could not be read back is not written, and the file before it stays. */
static void test_write_refused(void **state)
{
	struct fallback good = { .min_uid = 500, .n_break_glass = 1, .break_glass = { "rescue" } };
	struct fallback blank = { .n_break_glass = 1, .break_glass = { "two words" } };
	struct fallback empty = { .n_governed = 1 };
	struct fallback many = { .n_governed = FALLBACK_NAMES_MAX + 1 };
	struct fallback fallback;
	struct place place;

	(void)state;
	place_make(&place);
	assert_int_equal(fallback_write(place.root, &good), 0);
	assert_int_equal(fallback_write(place.root, &blank), -E2BIG);
	assert_int_equal(fallback_write(place.root, &empty), -E2BIG);
	assert_int_equal(fallback_write(place.root, &many), -E2BIG);
	assert_int_equal(fallback_read(place.root, &fallback), 0);
	assert_string_equal(fallback.break_glass[0], "rescue");
	place_remove(&place);
}

static void test_unsafe(void **state)
{
	struct fallback fallback;
	struct place place;

	(void)state;
	place_make(&place);
	assert_int_equal(fallback_read(place.root, &fallback), -ENOENT);
	assert_strict(&fallback);
	place_write(&place, file_rows[0].text, strlen(file_rows[0].text));
	assert_int_equal(chmod(place.file, 0664), 0);
	assert_int_equal(fallback_read(place.root, &fallback), -EPERM);
	assert_strict(&fallback);
	assert_int_equal(unlink(place.file), 0);
	assert_int_equal(mkfifo(place.file, 0600), 0);
	assert_int_equal(fallback_read(place.root, &fallback), -EPERM);
	assert_int_equal(unlink(place.file), 0);
	assert_int_equal(symlink("/etc/passwd", place.file), 0);
	assert_int_equal(fallback_read(place.root, &fallback), -ELOOP);
	assert_strict(&fallback);
	place_remove(&place);
}

/* On trial only what is so in both, governed who is so in one, break-glass as in the new. */
static void test_stricter(void **state)
{
	struct fallback old = { .min_uid = 500, .observe = OBSERVE_ROLES | OBSERVE_ROOT };
	struct fallback new = { .min_uid = 1000, .observe = OBSERVE_ROOT | OBSERVE_ACCOUNTS };
	struct fallback both;

	(void)state;
	old.n_governed = new.n_governed = 2;
	old.n_break_glass = new.n_break_glass = 1;
	memcpy(old.governed[0], "backup", sizeof("backup"));
	memcpy(old.governed[1], "postgres", sizeof("postgres"));
	memcpy(old.break_glass[0], "leaver", sizeof("leaver"));
	memcpy(new.governed[0], "postgres", sizeof("postgres"));
	memcpy(new.governed[1], "mail", sizeof("mail"));
	memcpy(new.break_glass[0], "rescue", sizeof("rescue"));
	both = fallback_stricter(&old, &new);
	assert_int_equal(both.min_uid, 500);
	assert_int_equal(both.observe, OBSERVE_ROOT);
	assert_int_equal(both.n_break_glass, 1);
	assert_string_equal(both.break_glass[0], "rescue");
	assert_int_equal(both.n_governed, 3);
	assert_string_equal(both.governed[0], "postgres");
	assert_string_equal(both.governed[1], "mail");
	assert_string_equal(both.governed[2], "backup");
	assert_int_equal(fallback_stricter(&new, &old).min_uid, 500);
	for (size_t i = 0; i < FALLBACK_NAMES_MAX; i++)
		(void)snprintf(new.governed[i], FALLBACK_NAME_SIZE, "name%zu", i);
	new.n_governed = FALLBACK_NAMES_MAX;
	assert_int_equal(fallback_stricter(&old, &new).n_governed, FALLBACK_NAMES_MAX);
}

int main(void)
{
	static const struct CMUnitTest single[] = {
		cmocka_unit_test(test_cut),	      cmocka_unit_test(test_write),
		cmocka_unit_test(test_write_refused), cmocka_unit_test(test_unsafe),
		cmocka_unit_test(test_stricter),
	};
	struct CMUnitTest
		tests[ARRAY_SIZE(judge_rows) + ARRAY_SIZE(file_rows) + ARRAY_SIZE(single)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(judge_rows); i++)
		tests[n++] = (struct CMUnitTest){ judge_rows[i].name, test_judge, NULL, NULL,
						  (void *)(uintptr_t)&judge_rows[i] };
	for (size_t i = 0; i < ARRAY_SIZE(file_rows); i++)
		tests[n++] = (struct CMUnitTest){ file_rows[i].name, test_file, NULL, NULL,
						  (void *)(uintptr_t)&file_rows[i] };
	for (size_t i = 0; i < ARRAY_SIZE(single); i++)
		tests[n++] = single[i];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
