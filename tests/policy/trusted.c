/* SPDX-License-Identifier: MIT */
/* trusted.c - tests of reading a policy file that others could have written. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reading.h"

static const char content[] = "sereno: 1\n";

/* A directory of our own with policy.yaml in it; everything is removed at the end. */
struct place {
	char *directory, *inner, *path;
};

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));
	int fd;

	assert_non_null(place);
	place->directory = strdup("/tmp/sereno-trusted-XXXXXX");
	assert_non_null(mkdtemp(place->directory));
	assert_true(asprintf(&place->inner, "%s/inner", place->directory) > 0);
	assert_true(asprintf(&place->path, "%s/policy.yaml", place->inner) > 0);
	assert_int_equal(mkdir(place->inner, 0755), 0);
	fd = open(place->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, sizeof(content) - 1), sizeof(content) - 1);
	assert_int_equal(close(fd), 0);
	assert_int_equal(chmod(place->path, 0644), 0);
	assert_int_equal(chmod(place->inner, 0755), 0);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	(void)unlink(place->path);
	(void)rmdir(place->path);
	(void)rmdir(place->inner);
	assert_int_equal(rmdir(place->directory), 0);
	free(place->path);
	free(place->inner);
	free(place->directory);
	free(place);
	return 0;
}

/* Reading @path gives @result; a refusal says @says. */
static void expect(const char *path, int result, const char *says)
{
	struct diag_list diags = { 0 };
	scoped_free char *text = NULL;
	size_t length = 0;

	assert_int_equal(model_read_file(path, &text, &length, &diags), result);
	assert_int_equal(diags.n, says ? 1 : 0);
	if (says && !strstr(diags.item[0].text, says))
		fail_msg("'%s' does not say '%s'", diags.item[0].text, says);
	if (result == 0) {
		assert_string_equal(text, content);
		assert_int_equal(length, sizeof(content) - 1);
	} else {
		assert_null(text);
	}
	diag_clear(&diags);
}

static void reads_our_own(void **state)
{
	const struct place *place = *state;

	expect(place->path, 0, NULL);
	assert_int_equal(chmod(place->path, 0600), 0);
	expect(place->path, 0, NULL);
}

static void reads_by_relative_paths(void **state)
{
	const struct place *place = *state;
	scoped_fd int before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(chdir(place->inner), 0);
	expect("policy.yaml", 0, NULL);
	expect("./policy.yaml", 0, NULL);
	expect("../inner/policy.yaml", 0, NULL);
	assert_int_equal(fchdir(before), 0);
}

static void says_what_is_missing(void **state)
{
	const struct place *place = *state;

	expect("/nonexistent/policy.yaml", -ENOENT, NULL);
	assert_int_equal(unlink(place->path), 0);
	expect(place->path, -ENOENT, NULL);
}

static void refuses_writable_files(void **state)
{
	const struct place *place = *state;

	assert_int_equal(chmod(place->path, 0664), 0);
	expect(place->path, -EPERM, "chmod go-w");
	assert_int_equal(chmod(place->path, 0646), 0);
	expect(place->path, -EPERM, "chmod go-w");
}

static void refuses_writable_directories(void **state)
{
	const struct place *place = *state;

	assert_int_equal(chmod(place->inner, 0777), 0);
	expect(place->path, -EPERM, "inner', and replace the policy: chmod go-w");
	assert_int_equal(chmod(place->inner, 0775), 0);
	expect(place->path, -EPERM, "chmod go-w");
	assert_int_equal(chmod(place->inner, 01777), 0);
	expect(place->path, 0, NULL);
	assert_int_equal(chmod(place->directory, 0777), 0);
	expect(place->path, -EPERM, place->directory);
}

/* Through a link in the way, it is the real directories that count. */
static void sees_through_linked_directories(void **state)
{
	const struct place *place = *state;
	scoped_free char *link = NULL, *path = NULL;

	assert_true(asprintf(&link, "%s/link", place->directory) > 0);
	assert_true(asprintf(&path, "%s/policy.yaml", link) > 0);
	assert_int_equal(symlink("inner", link), 0);
	expect(path, 0, NULL);
	assert_int_equal(chmod(place->inner, 0777), 0);
	expect(path, -EPERM, "/inner'");
	assert_int_equal(unlink(link), 0);
}

static void refuses_links(void **state)
{
	const struct place *place = *state;

	assert_int_equal(unlink(place->path), 0);
	assert_int_equal(symlink("/etc/passwd", place->path), 0);
	expect(place->path, -EPERM, "symbolic link");
}

/* A FIFO would keep us waiting for a writer. */
static void refuses_fifos(void **state)
{
	const struct place *place = *state;

	assert_int_equal(unlink(place->path), 0);
	assert_int_equal(mkfifo(place->path, 0600), 0);
	expect(place->path, -EPERM, "not a plain file");
}

static void refuses_directories_and_devices(void **state)
{
	const struct place *place = *state;

	assert_int_equal(unlink(place->path), 0);
	assert_int_equal(mkdir(place->path, 0700), 0);
	expect(place->path, -EPERM, "not a plain file");
	expect("/dev/null", -EPERM, "not a plain file");
}

static void refuses_oversize(void **state)
{
	const struct place *place = *state;

	assert_int_equal(truncate(place->path, (off_t)100 << 20), 0);
	expect(place->path, -EFBIG, "larger than 16 MiB");
	assert_int_equal(truncate(place->path, (off_t)MODEL_MAX_BYTES + 1), 0);
	expect(place->path, -EFBIG, "larger than 16 MiB");
}

static void refuses_files_of_others(void **state)
{
	const struct place *place = *state;

	if (geteuid() != 0) {
		skip(); /* only root can give a file away */
		return;
	}
	assert_int_equal(chown(place->path, 1234, 1234), 0);
	expect(place->path, -EPERM, "chown root");
	assert_int_equal(chown(place->path, 0, 0), 0);
	assert_int_equal(chown(place->inner, 1234, 1234), 0);
	expect(place->path, -EPERM, "belongs to user 1234");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_our_own),
		TEST(reads_by_relative_paths),
		TEST(says_what_is_missing),
		TEST(refuses_writable_files),
		TEST(refuses_writable_directories),
		TEST(sees_through_linked_directories),
		TEST(refuses_links),
		TEST(refuses_fifos),
		TEST(refuses_directories_and_devices),
		TEST(refuses_oversize),
		TEST(refuses_files_of_others),
	};

	return cmocka_run_group_tests_name("trusted files", tests, NULL, NULL);
}
