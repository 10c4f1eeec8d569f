/* SPDX-License-Identifier: MIT */
/* entries.c - each call of the module at every size of its buffer, and what it leaves alone. */
#include <dirent.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "world.h"

#define ERRNO_BEFORE 4242 /* no errno */
#define ROOM_MAX     64
#define FILL	     0x5a

static const char policy_text[] =
	"sereno: 1\n"
	"timezone: UTC\n"
	"roles:\n"
	"  operator: {members: [ana], gives-groups: [adm, log, dba], allow: []}\n"
	"  shift:    {members-of: [night], gives-groups: [ops], allow: []}\n";

static struct module module;

/* One call by name or by number with @length bytes at @buffer. */
static enum nss_status ask(bool by_name, struct group *ret, char *buffer, size_t length, int *err)
{
	return by_name ? module.by_name("dba", ret, buffer, length, err)
		       : module.by_gid(OWN_GID_FIRST, ret, buffer, length, err);
}

static bool lies_in(const void *pointer, const char *buffer, size_t length)
{
	const char *at = pointer;

	return at >= buffer && at < buffer + length;
}

static void assert_untouched(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		assert_int_equal(bytes[i], FILL);
}

/* Whether it fits; then the answer is whole and lies in the buffer. */
static bool try_room(bool by_name, size_t shift, size_t length)
{
	_Alignas(16) char memory[16 + ROOM_MAX + 16];
	char *const buffer = memory + shift;
	struct group group = { .gr_name = memory, .gr_gid = 1 };
	enum nss_status status;
	int err = ERRNO_BEFORE;

	memset(memory, FILL, sizeof(memory));
	errno = ERRNO_BEFORE;
	status = ask(by_name, &group, buffer, length, &err);
	assert_int_equal(errno, ERRNO_BEFORE);
	assert_untouched(memory, shift);
	assert_untouched(buffer + length, sizeof(memory) - shift - length);
	if (status == NSS_STATUS_TRYAGAIN) {
		assert_int_equal(err, ERANGE);
		assert_untouched(memory, sizeof(memory));
		assert_true(group.gr_name == memory && group.gr_gid == 1);
		return false;
	}
	assert_int_equal(status, NSS_STATUS_SUCCESS);
	assert_int_equal(err, ERRNO_BEFORE);
	assert_int_equal(group.gr_gid, OWN_GID_FIRST);
	assert_true(lies_in(group.gr_mem, buffer, length) &&
		    lies_in(group.gr_name, buffer, length) &&
		    lies_in(group.gr_passwd, buffer, length));
	assert_int_equal((uintptr_t)group.gr_mem % _Alignof(char *), 0);
	assert_null(group.gr_mem[0]);
	assert_string_equal(group.gr_name, "dba");
	assert_string_equal(group.gr_passwd, "*");
	return true;
}

/* Every size from 0 up, at every alignment: too small until it fits, and then always. */
static void test_rooms(void **state)
{
	const bool by_name = *state != NULL;

	for (size_t shift = 0; shift < 16; shift++) {
		size_t fits = 0;

		for (size_t length = 0; length <= ROOM_MAX; length++) {
			const bool fitted = try_room(by_name, shift, length);

			assert_true(fitted || fits == 0);
			fits += fitted;
		}
		assert_true(fits >= ROOM_MAX - 32);
	}
}

/* clang-format off */
static const struct list_row {
	const char *name;
	const char *user;
	gid_t primary;
	long n, size, limit;
	gid_t before[4];
	enum nss_status status;
	const char *after;
	long size_after; /* 0: any */
} list_rows[] = {
	{ "the smallest list grows",      "ana", 1001, 0, 1, -1, { 0 }, NSS_STATUS_SUCCESS, "4 7 90000 ", 0 },
	{ "no list at all",               "ana", 1001, 0, 0, -1, { 0 }, NSS_STATUS_SUCCESS, "4 7 90000 ", 0 },
	{ "behind what is there",         "ana", 1001, 2, 2, 0, { 50, 60 }, NSS_STATUS_SUCCESS, "50 60 4 7 90000 ", 0 },
	{ "with room it does not grow",   "ana", 1001, 1, 4, -1, { 50 }, NSS_STATUS_SUCCESS, "50 4 7 90000 ", 4 },
	{ "nothing twice",                "ana", 1001, 3, 4, -1, { 90000, 4, 8 }, NSS_STATUS_SUCCESS, "90000 4 8 7 ", 4 },
	{ "not the primary group",        "ana", 4, 0, 4, -1, { 0 }, NSS_STATUS_SUCCESS, "7 90000 ", 4 },
	{ "up to the limit",              "ana", 1001, 1, 1, 3, { 50 }, NSS_STATUS_SUCCESS, "50 4 7 ", 3 },
	{ "the limit is reached",         "ana", 1001, 3, 3, 3, { 50, 51, 52 }, NSS_STATUS_NOTFOUND, "50 51 52 ", 3 },
	{ "all there already",            "ana", 7, 2, 2, -1, { 4, 90000 }, NSS_STATUS_NOTFOUND, "4 90000 ", 2 },
	{ "by a group libc has gathered", "zoe-of-a-directory", 1001, 2, 4, -1, { 50, 70 }, NSS_STATUS_SUCCESS, "50 70 90001 ", 4 },
	{ "by the primary group",         "zoe-of-a-directory", 70, 0, 4, -1, { 0 }, NSS_STATUS_SUCCESS, "90001 ", 4 },
	{ "not by one behind the end",    "zoe-of-a-directory", 1001, 1, 4, -1, { 50, 70 }, NSS_STATUS_NOTFOUND, "50 ", 4 },
	{ "not an account of the system", "daemon", 70, 0, 4, -1, { 0 }, NSS_STATUS_NOTFOUND, "", 4 },
	{ "root is not asked for",        "root", 70, 0, 4, -1, { 0 }, NSS_STATUS_NOTFOUND, "", 4 },
	{ "nobody known",                 "tom", 1001, 0, 4, -1, { 0 }, NSS_STATUS_NOTFOUND, "", 4 },
	{ "no name",                      "", 1001, 0, 4, -1, { 0 }, NSS_STATUS_NOTFOUND, "", 4 },
};
/* clang-format on */

static void test_list(void **state)
{
	const struct list_row *row = *state;
	gid_t *groups = malloc((size_t)row->size * sizeof(*groups));
	long start = row->n, size = row->size;
	int err = ERRNO_BEFORE;
	enum nss_status status;
	char text[256] = "";
	size_t used = 0;

	assert_true(groups || row->size == 0);
	for (long i = 0; i < row->size && i < 4; i++)
		groups[i] = row->before[i];
	errno = ERRNO_BEFORE;
	status = module.initgroups(row->user, row->primary, &start, &size, &groups, row->limit,
				   &err);
	assert_int_equal(status, row->status);
	assert_int_equal(errno, ERRNO_BEFORE);
	assert_int_equal(err, ERRNO_BEFORE);
	for (long i = 0; i < start; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%u ", groups[i]);
	assert_string_equal(text, row->after);
	assert_true(size >= start && (row->limit <= 0 || size <= row->limit));
	assert_true(row->size_after == 0 || size == row->size_after);
	free(groups);
}

/* What all three calls answer, as "status errno" each; errno as it was is 0. */
static void ask_all(char text[static 64])
{
	gid_t *groups = calloc(1, sizeof(*groups));
	struct group group;
	long start = 0, size = 1;
	int err[3] = { 0 };
	enum nss_status status[3];
	char buffer[256];

	errno = ERRNO_BEFORE;
	status[0] = module.by_name("dba", &group, buffer, sizeof(buffer), &err[0]);
	status[1] = module.by_gid(OWN_GID_FIRST, &group, buffer, sizeof(buffer), &err[1]);
	status[2] = module.initgroups("ana", 1, &start, &size, &groups, -1, &err[2]);
	assert_int_equal(errno, ERRNO_BEFORE);
	assert_true(start == 0 || status[2] == NSS_STATUS_SUCCESS);
	snprintf(text, 64, "%d %d  %d %d  %d %d", status[0], err[0], status[1], err[1], status[2],
		 err[2]);
	free(groups);
}

static void assert_answers(enum nss_status status, int err)
{
	char got[64], expected[64];

	ask_all(got);
	snprintf(expected, sizeof(expected), "%d %d  %d %d  %d %d", status, err, status, err,
		 status, err);
	assert_string_equal(got, expected);
}

static void test_none_in_force(void **state)
{
	(void)state;
	assert_int_equal(rename("/var/lib/sereno/in-force", "/var/lib/sereno/away"), 0);
	assert_answers(NSS_STATUS_UNAVAIL, ENOENT);
	assert_int_equal(rename("/var/lib/sereno/away", "/var/lib/sereno/in-force"), 0);
	assert_answers(NSS_STATUS_SUCCESS, 0);
}

static void test_others_write(void **state)
{
	(void)state;
	assert_int_equal(chmod(WORLD_DATABASE, 0666), 0);
	assert_answers(NSS_STATUS_UNAVAIL, ENOENT);
	assert_int_equal(chmod(WORLD_DATABASE, 0644), 0);
	assert_answers(NSS_STATUS_SUCCESS, 0);
}

static void test_cut(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(stat(WORLD_DATABASE, &st), 0);
	assert_int_equal(truncate(WORLD_DATABASE, st.st_size / 2), 0);
	assert_answers(NSS_STATUS_UNAVAIL, ENOENT);
	world_apply(policy_text);
	assert_answers(NSS_STATUS_SUCCESS, 0);
}

static void test_no_descriptor_left(void **state)
{
	struct rlimit old, none = { 3, 3 };

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_answers(NSS_STATUS_UNAVAIL, EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_answers(NSS_STATUS_SUCCESS, 0);
}

static size_t count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void test_nothing_stays_open(void **state)
{
	const size_t before = count_descriptors();

	(void)state;
	assert_answers(NSS_STATUS_SUCCESS, 0);
	assert_int_equal(count_descriptors(), before);
}

/* In a child, for it closes what the test programs needs. */
static void test_closed_between(void **state)
{
	pid_t child;
	int status;

	(void)state;
	assert_answers(NSS_STATUS_SUCCESS, 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		char text[64];

		(void)close_range(0, ~0U, 0);
		ask_all(text);
		_exit(strcmp(text, "1 0  1 0  1 0") == 0 ? 0 : 1);
	}
	assert_true(waitpid(child, &status, 0) == child);
	assert_int_equal(status, 0);
}

static void test_missing(void **state)
{
	static const char *const names[] = { "adm", "db", "dbas", "DBA", "", "a:b", "dba\n" };
	static const gid_t gids[] = { 0,
				      4,
				      1000,
				      OWN_GID_FIRST - 1,
				      OWN_GID_FIRST + 7,
				      OWN_GID_LAST,
				      OWN_GID_LAST + 1,
				      (gid_t)-1 };
	int err = ERRNO_BEFORE;
	struct group group;
	char buffer[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_int_equal(module.by_name(names[i], &group, buffer, sizeof(buffer), &err),
				 NSS_STATUS_NOTFOUND);
	for (size_t i = 0; i < ARRAY_SIZE(gids); i++)
		assert_int_equal(module.by_gid(gids[i], &group, buffer, sizeof(buffer), &err),
				 NSS_STATUS_NOTFOUND);
	assert_int_equal(err, ERRNO_BEFORE);
}

static void test_listing(void **state)
{
	int err = ERRNO_BEFORE;
	struct group group;
	char buffer[256];

	(void)state;
	assert_int_equal(module.set(0), NSS_STATUS_SUCCESS);
	for (size_t length = 0; length <= sizeof(buffer); length += sizeof(buffer))
		assert_int_equal(module.next(&group, buffer, length, &err), NSS_STATUS_NOTFOUND);
	assert_int_equal(module.end(), NSS_STATUS_SUCCESS);
	assert_int_equal(err, ERRNO_BEFORE);
}

static int setup(void **state)
{
	(void)state;
	module_load(&module);
	world_enter();
	world_apply(policy_text);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest plain[] = {
		{ "every room, by number", test_rooms, NULL, NULL, NULL },
		{ "every room, by name", test_rooms, NULL, NULL, &module },
		cmocka_unit_test(test_none_in_force),
		cmocka_unit_test(test_others_write),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_no_descriptor_left),
		cmocka_unit_test(test_nothing_stays_open),
		cmocka_unit_test(test_closed_between),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_listing),
	};
	struct CMUnitTest tests[ARRAY_SIZE(plain) + ARRAY_SIZE(list_rows)];

	memcpy(tests, plain, sizeof(plain));
	for (size_t i = 0; i < ARRAY_SIZE(list_rows); i++)
		tests[ARRAY_SIZE(plain) + i] =
			(struct CMUnitTest){ .name = list_rows[i].name,
					     .test_func = test_list,
					     .initial_state = (void *)(uintptr_t)&list_rows[i] };
	return cmocka_run_group_tests_name("the name service's calls", tests, setup, NULL);
}
