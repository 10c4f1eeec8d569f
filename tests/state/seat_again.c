/* SPDX-License-Identifier: MIT */
/* seat_again.c - tests: asking that seats be looked at again, which leaves nothing behind. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <sereno/scoped.h>
#include <sereno/seat.h>

static void make(const char *root, const char *name, mode_t mode)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s%s", root, name);
	assert_int_equal(mkdir(path, mode), 0);
}

static void test_who_waits_hears_of_it_and_nothing_is_made_for_nobody(void **state)
{
	scoped_fd int notify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	char root[] = "/tmp/sereno-again-XXXXXX", path[128], event[512];
	int fd;

	(void)state;
	assert_non_null(mkdtemp(root));
	assert_int_equal(seat_look_again(root), -ENOENT);
	make(root, "/run", 0755);
	make(root, "/run/sereno", 0755);
	make(root, "/run/sereno/seats", 0700);
	(void)snprintf(path, sizeof(path), "%s/run/sereno/seats/" SEAT_AGAIN, root);
	assert_int_equal(seat_look_again(root), -ENOENT);
	assert_int_equal(access(path, F_OK), -1);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	(void)close(fd);
	assert_true(inotify_add_watch(notify, path, IN_CLOSE_WRITE) >= 0);
	assert_int_equal(seat_look_again(root), 0);
	assert_true(read(notify, event, sizeof(event)) > 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(seat_look_again(root), -ELOOP);
	(void)snprintf(path, sizeof(path), "rm -r %s", root);
	assert_int_equal(system(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_waits_hears_of_it_and_nothing_is_made_for_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
