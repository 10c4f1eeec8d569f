/* SPDX-License-Identifier: MIT */
/* remembered.c - tests: threads of one process that remember at the same time. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <sereno/remembered.h>
#include <sereno/scoped.h>

#define WRITES 500
#define USER   1000

static const struct remembered_place seat = { .kind = REMEMBERED_SEAT };
static const struct attempt_clock now = { .boot_sec = 100 };

struct writer {
	pthread_t thread;
	const char *root;
	int failed;
};

static void *write_often(void *data)
{
	struct writer *writer = data;

	for (unsigned i = 0; i < WRITES && writer->failed == 0; i++)
		writer->failed = remembered_write(writer->root, USER, &seat, &now);
	return NULL;
}

static void make(const char *root, const char *name)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%s%s", root, name);
	assert_int_equal(mkdir(path, 0755), 0);
}

static void take_down(const char *root)
{
	static const char *const names[] = { "/run/sereno/codes", "/run/sereno", "/run", "" };
	char path[64];

	assert_int_equal(remembered_remove(root, USER, &seat), 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", root, names[i]);
		assert_int_equal(rmdir(path), 0); /* nothing half made stays */
	}
}

static void threads_do_not_get_in_each_others_way(void **state)
{
	char root[] = "/tmp/sereno-remembered-XXXXXX";
	struct writer writers[2] = { { .root = root }, { .root = root } };

	(void)state;
	assert_non_null(mkdtemp(root));
	make(root, "/run");
	for (size_t i = 0; i < ARRAY_SIZE(writers); i++)
		assert_int_equal(pthread_create(&writers[i].thread, NULL, write_often, &writers[i]),
				 0);
	for (size_t i = 0; i < ARRAY_SIZE(writers); i++)
		assert_int_equal(pthread_join(writers[i].thread, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(writers); i++)
		assert_int_equal(writers[i].failed, 0);
	assert_int_equal(remembered_find(root, USER, &seat, 60, &now), 0);
	take_down(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_do_not_get_in_each_others_way),
	};

	return cmocka_run_group_tests_name("remembered", tests, NULL, NULL);
}
