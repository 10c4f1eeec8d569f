/* SPDX-License-Identifier: MIT */
/* group_numbers.c - numbers of groups are kept whole, and nothing but what was written is believed.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <sereno/group_numbers.h>
#include <sereno/scoped.h>

struct tree {
	char root[64];
	char path[128];
};

static const char *tree_path(struct tree *tree, const char *below)
{
	snprintf(tree->path, sizeof(tree->path), "%s%s", tree->root, below);
	return tree->path;
}

static int begin(void **state)
{
	static const char *const directories[] = { "/var", "/var/lib", "/var/lib/sereno" };
	struct tree *tree = calloc(1, sizeof(*tree));

	assert_non_null(tree);
	snprintf(tree->root, sizeof(tree->root), "/tmp/sereno-test.XXXXXX");
	assert_non_null(mkdtemp(tree->root));
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		assert_int_equal(mkdir(tree_path(tree, directories[i]), 0755), 0);
	*state = tree;
	return 0;
}

static int end(void **state)
{
	static const char *const paths[] = {
		"/var/lib/sereno/group-numbers.new",
		"/var/lib/sereno/group-numbers",
		"/var/lib/sereno/elsewhere",
		"/var/lib/sereno",
		"/var/lib",
		"/var",
		"",
	};
	struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		(void)remove(tree_path(tree, paths[i]));
	assert_int_equal(access(tree->root, F_OK), -1);
	free(tree);
	return 0;
}

static const char *numbers_path(struct tree *tree)
{
	return tree_path(tree, "/var/lib/sereno/group-numbers");
}

static void write_text(const char *path, const char *text)
{
	scoped_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_true(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

static void assert_number(const struct group_numbers *numbers, const char *name, gid_t expected)
{
	gid_t gid = 0;

	assert_int_equal(group_numbers_find(numbers, name, &gid), 0);
	assert_int_equal(gid, expected);
}

static void test_kept(void **state)
{
	scoped(group_numbers_clear) struct group_numbers numbers = { 0 }, again = { 0 };
	struct tree *tree = *state;
	struct stat st;
	gid_t gid;

	assert_int_equal(group_numbers_read(tree->root, &numbers), 0);
	assert_int_equal(numbers.n, 0);
	assert_int_equal(numbers.next, OWN_GID_FIRST);
	assert_int_equal(group_numbers_add(&numbers, "dba", OWN_GID_FIRST), 0);
	assert_int_equal(group_numbers_add(&numbers, "ops", OWN_GID_FIRST + 5), 0);
	umask(077);
	assert_int_equal(group_numbers_write(tree->root, &numbers), 0);
	umask(022);
	assert_int_equal(stat(numbers_path(tree), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(group_numbers_read(tree->root, &again), 0);
	assert_int_equal(again.n, 2);
	assert_number(&again, "dba", OWN_GID_FIRST);
	assert_number(&again, "ops", OWN_GID_FIRST + 5);
	assert_int_equal(again.next, OWN_GID_FIRST + 6);
	assert_int_equal(group_numbers_find(&again, "op", &gid), -ENOENT);
}

static void test_refused(void **state)
{
	scoped(group_numbers_clear) struct group_numbers numbers = { .next = OWN_GID_FIRST };

	(void)state;
	assert_int_equal(group_numbers_add(&numbers, "dba", OWN_GID_FIRST - 1), -EINVAL);
	assert_int_equal(group_numbers_add(&numbers, "Dba", OWN_GID_FIRST), -EINVAL);
	assert_int_equal(group_numbers_add(&numbers, "dba", OWN_GID_FIRST + 1), 0);
	assert_int_equal(group_numbers_add(&numbers, "dba", OWN_GID_FIRST + 2), -EINVAL);
	assert_int_equal(group_numbers_add(&numbers, "ops", OWN_GID_FIRST), -EINVAL);
	assert_int_equal(group_numbers_add(&numbers, "ops", OWN_GID_LAST), 0);
	assert_int_equal(group_numbers_add(&numbers, "more", OWN_GID_LAST + 1), -ENOSPC);
	assert_int_equal(numbers.n, 2);
}

/* An apply that was killed left half a file beside; the next one replaces it. */
static void test_interrupted(void **state)
{
	scoped(group_numbers_clear) struct group_numbers numbers = { 0 };
	struct tree *tree = *state;

	write_text(numbers_path(tree), "90000 dba\nnext 90001\n");
	write_text(tree_path(tree, "/var/lib/sereno/group-numbers.new"), "90000 dba\n900");
	assert_int_equal(group_numbers_read(tree->root, &numbers), 0);
	assert_int_equal(group_numbers_add(&numbers, "ops", numbers.next), 0);
	assert_int_equal(group_numbers_write(tree->root, &numbers), 0);
	assert_int_equal(access(tree_path(tree, "/var/lib/sereno/group-numbers.new"), F_OK), -1);
	group_numbers_clear(&numbers);
	assert_int_equal(group_numbers_read(tree->root, &numbers), 0);
	assert_number(&numbers, "ops", OWN_GID_FIRST + 1);
}

/* No byte can be written: the old file stays, and nothing beside it. */
static void test_full(void **state)
{
	scoped(group_numbers_clear) struct group_numbers numbers = { 0 };
	struct tree *tree = *state;
	struct rlimit old, none;

	write_text(numbers_path(tree), "90000 dba\nnext 90001\n");
	assert_int_equal(group_numbers_read(tree->root, &numbers), 0);
	assert_int_equal(group_numbers_add(&numbers, "ops", numbers.next), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	none = (struct rlimit){ 4, old.rlim_max };
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_int_equal(group_numbers_write(tree->root, &numbers), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(access(tree_path(tree, "/var/lib/sereno/group-numbers.new"), F_OK), -1);
	group_numbers_clear(&numbers);
	assert_int_equal(group_numbers_read(tree->root, &numbers), 0);
	assert_int_equal(numbers.n, 1);
}

static void test_link(void **state)
{
	struct group_numbers numbers = { 0 };
	struct tree *tree = *state;
	char elsewhere[128];

	snprintf(elsewhere, sizeof(elsewhere), "%s", tree_path(tree, "/var/lib/sereno/elsewhere"));
	write_text(elsewhere, "next 90000\n");
	assert_int_equal(symlink(elsewhere, numbers_path(tree)), 0);
	assert_int_equal(group_numbers_read(tree->root, &numbers), -EPERM);
}

static void test_others_write(void **state)
{
	struct group_numbers numbers = { 0 };
	struct tree *tree = *state;

	write_text(numbers_path(tree), "next 90000\n");
	assert_int_equal(chmod(numbers_path(tree), 0664), 0);
	assert_int_equal(group_numbers_read(tree->root, &numbers), -EPERM);
	assert_null(numbers.item);
}

/* Cut anywhere, the file is refused: a number would be given away twice. */
static void test_cut(void **state)
{
	static const char text[] = "90000 dba\n90001 ops\nnext 90002\n";
	struct tree *tree = *state;

	for (size_t length = 0; length < strlen(text); length++) {
		struct group_numbers numbers = { 0 };

		write_text(numbers_path(tree), text);
		assert_int_equal(truncate(numbers_path(tree), (off_t)length), 0);
		assert_int_equal(group_numbers_read(tree->root, &numbers), -EBADMSG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_kept, begin, end),
		cmocka_unit_test_setup_teardown(test_refused, begin, end),
		cmocka_unit_test_setup_teardown(test_interrupted, begin, end),
		cmocka_unit_test_setup_teardown(test_full, begin, end),
		cmocka_unit_test_setup_teardown(test_link, begin, end),
		cmocka_unit_test_setup_teardown(test_others_write, begin, end),
		cmocka_unit_test_setup_teardown(test_cut, begin, end),
	};

	return cmocka_run_group_tests_name("numbers of groups", tests, NULL, NULL);
}
