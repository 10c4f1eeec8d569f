/* SPDX-License-Identifier: MIT */
/* versions.c - tests: registers of earlier versions are brought up to date, later ones refused. */
#include "office.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <sereno/register_devices.h>

#include "version_1.h"

static void run_sql(const struct office *office, const char *sql)
{
	char path[128];
	sqlite3 *db = NULL;

	(void)snprintf(path, sizeof(path), "%s/var/lib/sereno/register.db", office->root);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* In the place of what office_open() made. */
static void put_register(struct office *office, const char *sql)
{
	char path[128];

	register_close(take(office->db, NULL));
	(void)snprintf(path, sizeof(path), "%s/var/lib/sereno/register.db", office->root);
	assert_int_equal(unlink(path), 0);
	run_sql(office, sql);
	assert_int_equal(chmod(path, 0600), 0);
}

static int note_grant(void *context, const struct grant_row *row)
{
	*(uint32_t *)context += row->id;
	assert_string_equal(row->user, "luis");
	return 0;
}

static int note_role_request(void *context, const struct request_row *row)
{
	*(uint32_t *)context += row->id;
	return 0;
}

static int open_writing(const struct office *office, struct register_db **ret)
{
	return register_open(office->root, OFFICE_NOW, ret);
}

static int open_reading(const struct office *office, struct register_db **ret)
{
	return register_open_reading(office->root, ret);
}

/* What the second version added to it. */
static const char version_2[] =
	"CREATE TABLE known (user TEXT NOT NULL, secret TEXT NOT NULL, role TEXT NOT NULL,"
	" since INTEGER NOT NULL, PRIMARY KEY (user, secret)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX grants_by_role ON grants (role); PRAGMA user_version = 2";

static const struct opening {
	const char *name, *more;
	int (*open)(const struct office *office, struct register_db **ret);
} openings[] = {
	{ "a register of the first version is opened", "", open_writing },
	{ "a register of the first version is looked at", "", open_reading },
	{ "a register of the second version is opened", version_2, open_writing },
	{ "a register of the second version is looked at", version_2, open_reading },
};

static void test_earlier_version(void **state)
{
	const struct register_query all = { .user = NULL };
	const struct opening *row = *state;
	struct office office;
	uint32_t ids = 0;

	office_open(&office);
	put_register(&office, version_1);
	run_sql(&office, row->more);
	assert_int_equal(row->open(&office, &office.db), 0);
	assert_int_equal(register_grants(office.db, &all, note_grant, &ids), 0);
	assert_int_equal(ids, 7);
	assert_int_equal(register_requests(office.db, &all, note_role_request, &ids), 0);
	assert_int_equal(ids, 7 + 3 + 4);
	register_close(office.db);
	assert_int_equal(register_open(office.root, OFFICE_NOW, &office.db), 0);
	assert_true(office_holds(&office, "luis", "dba", 1));
	assert_int_equal(register_device_grants(office.db, &all, NULL, NULL), 0);
	office_close(&office);
}

/* Neither what a later version wrote nor what is none is touched. */
static void test_later_version(void **state)
{
	struct office office;

	(void)state;
	office_open(&office);
	run_sql(&office, "PRAGMA user_version = 4");
	register_close(take(office.db, NULL));
	assert_int_equal(register_open(office.root, OFFICE_NOW, &office.db), -EBADMSG);
	assert_int_equal(register_open_reading(office.root, &office.db), -EBADMSG);
	run_sql(&office, "PRAGMA user_version = 1; PRAGMA application_id = 1");
	assert_int_equal(register_open(office.root, OFFICE_NOW, &office.db), -EBADMSG);
	office_close(&office);
}

int main(void)
{
	static const struct CMUnitTest plain[] = {
		cmocka_unit_test(test_later_version),
	};
	static struct CMUnitTest tests[ARRAY_SIZE(plain) + ARRAY_SIZE(openings)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		tests[n++] = plain[i];
	for (size_t i = 0; i < ARRAY_SIZE(openings); i++)
		tests[n++] =
			(struct CMUnitTest){ .name = openings[i].name,
					     .test_func = test_earlier_version,
					     .initial_state = (void *)(uintptr_t)&openings[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
