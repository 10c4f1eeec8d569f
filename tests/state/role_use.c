/* SPDX-License-Identifier: MIT */
/* role_use.c - tests: when a role was used last is kept, and nothing else is touched by it. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <sereno/role_use.h>
#include <sereno/scoped.h>

#define NOW INT64_C(1767225600)

struct place {
	char root[64], uses[128], role[192];
};

static void make_place(struct place *place)
{
	static const char *const below[] = { "/var", "/var/lib", "/var/lib/sereno" };
	char path[96];

	(void)snprintf(place->root, sizeof(place->root), "/tmp/sereno-test.XXXXXX");
	assert_non_null(mkdtemp(place->root));
	for (size_t i = 0; i < ARRAY_SIZE(below); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", place->root, below[i]);
		assert_int_equal(mkdir(path, 0755), 0);
	}
	(void)snprintf(place->uses, sizeof(place->uses), "%s/role-uses", path);
	(void)snprintf(place->role, sizeof(place->role), "%s/dba", place->uses);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static void remove_place(const struct place *place)
{
	assert_int_equal(nftw(place->root, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static void test_kept(void **state)
{
	struct place place;
	struct stat st;
	int64_t at = 7;

	(void)state;
	make_place(&place);
	assert_int_equal(role_use_last(place.root, "dba", &at), -ENOENT);
	assert_int_equal(at, 7);
	errno = EXDEV;
	assert_int_equal(role_use_note(place.root, "dba", NOW), 0);
	assert_int_equal(errno, EXDEV);
	assert_int_equal(role_use_last(place.root, "dba", &at), 0);
	assert_int_equal(at, NOW);
	assert_int_equal(role_use_note(place.root, "dba", NOW + 60), 0);
	assert_int_equal(role_use_last(place.root, "dba", &at), 0);
	assert_int_equal(at, NOW + 60);
	assert_int_equal(role_use_last(place.root, "dba2", &at), -ENOENT);
	assert_int_equal(stat(place.uses, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(place.role, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, 16);
	remove_place(&place);
}

static const struct wrong {
	const char *name, *role;
	int result;
} wrong[] = {
	{ "no name", "", -EINVAL },
	{ "the directory above", "..", -EINVAL },
	{ "a path", "a/b", -EINVAL },
	{ "a path upward", "../lock", -EINVAL },
};

static void test_wrong(void **state)
{
	const struct wrong *row = *state;
	struct place place;
	int64_t at;

	make_place(&place);
	assert_int_equal(role_use_note(place.root, row->role, NOW), row->result);
	assert_int_equal(role_use_last(place.root, row->role, &at), row->result);
	assert_int_equal(access(place.uses, F_OK), -1);
	remove_place(&place);
}

/* Half a record, or one that was changed, is none; the next use puts it right. */
static void test_damaged(void **state)
{
	struct place place;
	int64_t at = 7;
	int fd;

	(void)state;
	make_place(&place);
	assert_int_equal(role_use_note(place.root, "dba", NOW), 0);
	fd = open(place.role, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "x", 1, 3), 1);
	assert_int_equal(role_use_last(place.root, "dba", &at), -EBADMSG);
	assert_int_equal(ftruncate(fd, 8), 0);
	assert_int_equal(role_use_last(place.root, "dba", &at), -EBADMSG);
	assert_int_equal(at, 7);
	assert_int_equal(role_use_note(place.root, "dba", NOW), 0);
	assert_int_equal(role_use_last(place.root, "dba", &at), 0);
	(void)close(fd);
	remove_place(&place);
}

static void test_link(void **state)
{
	struct place place;
	char other[192];
	struct stat st;

	(void)state;
	make_place(&place);
	(void)snprintf(other, sizeof(other), "%s/other", place.root);
	assert_int_equal(mkdir(place.uses, 0700), 0);
	assert_int_equal(close(open(other, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)), 0);
	assert_int_equal(symlink(other, place.role), 0);
	assert_int_equal(role_use_note(place.root, "dba", NOW), -ELOOP);
	assert_int_equal(stat(other, &st), 0);
	assert_int_equal(st.st_size, 0);
	remove_place(&place);
}

int main(void)
{
	struct CMUnitTest tests[3 + ARRAY_SIZE(wrong)] = {
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_link),
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		tests[3 + i] = (struct CMUnitTest){ .name = wrong[i].name,
						    .test_func = test_wrong,
						    .initial_state = (void *)(uintptr_t)&wrong[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
