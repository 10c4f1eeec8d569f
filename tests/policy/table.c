/* SPDX-License-Identifier: MIT */
/*
 * table.c - tests of the tables: what was put in is found, what was not is absent for certain.
 */
#include "fixture.h"

#include <sys/mman.h>

#include <sereno/scoped.h>

#include "compiled/table.h"
#include "compiled/table_writer.h"

#define KEYS_MAX 5000

struct made {
	int fd;
	struct tables tables;
};

/* A table of @n keys "k0" ..., each with two items: its number, and twice its number. */
static void make(struct made *made, size_t n, uint64_t generation)
{
	scoped(multimap_clear) struct multimap map = { 0 };
	scoped(encoder_clear) struct encoder item = { 0 };
	struct table_writer writer = { .generation = generation };
	struct cdb_make cdb;
	char key[16];

	made->fd = memfd_create("table", 0);
	assert_true(made->fd >= 0);
	made->tables = (struct tables){ .generation = generation };
	for (unsigned pass = 1; pass <= 2; pass++) {
		for (size_t i = n; i-- > 0;) {
			assert_true(snprintf(key, sizeof(key), "k%zu", i) > 0);
			encode_u32(&item, (uint32_t)i * pass);
			multimap_add(&map, key, strlen(key), &item);
		}
	}
	writer.cdb = &cdb;
	assert_int_equal(cdb_make_start(&cdb, made->fd), 0);
	assert_int_equal(table_prepare(&map, &made->tables.buckets[TABLE_SUBJECTS]), 0);
	assert_int_equal(
		table_write(&writer, TABLE_SUBJECTS, &map, made->tables.buckets[TABLE_SUBJECTS]),
		0);
	assert_int_equal(cdb_make_finish(&cdb), 0);
	assert_int_equal(store_open(made->fd, lseek(made->fd, 0, SEEK_END), &made->tables.store),
			 0);
}

static void test_find(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 7, 8, 9, 100, KEYS_MAX };
	struct decoder decoder;
	struct made made;
	char key[16];

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		make(&made, sizes[s], 3);
		for (size_t i = 0; i < sizes[s] + 20; i++) {
			scoped(blob_clear) struct blob blob = { 0 };

			assert_true(snprintf(key, sizeof(key), "k%zu", i) > 0);
			assert_int_equal(
				table_find(&made.tables, TABLE_SUBJECTS, key, strlen(key), &blob),
				i < sizes[s]);
			if (i >= sizes[s])
				continue;
			decoder = blob_decoder(&blob);
			assert_int_equal(decode_u32(&decoder), i);
			assert_int_equal(decode_u32(&decoder), 2 * i);
			assert_int_equal(decode_end(&decoder), 0);
		}
		assert_int_equal(table_verify(&made.tables, TABLE_SUBJECTS), 0);
		assert_int_equal(close(made.fd), 0);
	}
}

/* A table that is not there proves nothing. */
static void test_no_table(void **state)
{
	scoped(blob_clear) struct blob blob = { 0 };
	struct made made;

	(void)state;
	make(&made, 10, 3);
	made.tables.buckets[TABLE_ROLES] = 1;
	assert_int_equal(table_find(&made.tables, TABLE_ROLES, "k1", 2, &blob), -EBADMSG);
	made.tables.buckets[TABLE_SUBJECTS]++;
	assert_int_equal(table_verify(&made.tables, TABLE_SUBJECTS), -EBADMSG);
	assert_int_equal(close(made.fd), 0);
}

/* A sound record of another generation is none. */
static void test_generation(void **state)
{
	scoped(blob_clear) struct blob blob = { 0 };
	struct made made;

	(void)state;
	make(&made, 10, 3);
	made.tables.generation = 4;
	assert_int_equal(table_find(&made.tables, TABLE_SUBJECTS, "k1", 2, &blob), -EBADMSG);
	assert_int_equal(close(made.fd), 0);
}

/* What is in a bucket must belong there: a count of buckets that was changed shows. */
static void test_bucket_count(void **state)
{
	struct made made;

	(void)state;
	make(&made, 100, 3);
	assert_true(made.tables.buckets[TABLE_SUBJECTS] > 3);
	made.tables.buckets[TABLE_SUBJECTS] -= 2;
	assert_int_equal(table_verify(&made.tables, TABLE_SUBJECTS), -EBADMSG);
	assert_int_equal(close(made.fd), 0);
}

/* Keys spread well enough that no lookup reads much more than another. */
static void test_spread(void **state)
{
	size_t longest = 0;
	struct made made;

	(void)state;
	make(&made, KEYS_MAX, 3);
	for (uint32_t i = 0; i < made.tables.buckets[TABLE_SUBJECTS]; i++) {
		scoped(blob_clear) struct blob blob = { 0 };

		assert_int_equal(record_load(&made.tables, TABLE_SUBJECTS, i, &blob), 0);
		longest = blob.length > longest ? blob.length : longest;
	}
	assert_true(longest < 20 * (2 + 5 + 4 + 8)); /* 20 keys where 4 are the mean */
	assert_int_equal(close(made.fd), 0);
}

static void test_key_too_long(void **state)
{
	static const char key[TABLE_KEY_MAX + 1];
	struct multimap map = { 0 };
	struct encoder item = { 0 };

	(void)state;
	multimap_add(&map, key, sizeof(key), &item);
	assert_int_equal(map.error, -E2BIG);
	multimap_add(&map, key, 1, &item); /* sticks */
	assert_int_equal(map.n, 0);
	multimap_clear(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),	   cmocka_unit_test(test_no_table),
		cmocka_unit_test(test_generation), cmocka_unit_test(test_bucket_count),
		cmocka_unit_test(test_spread),	   cmocka_unit_test(test_key_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
