/* SPDX-License-Identifier: MIT */
/* known.c - who knows which shared secrets, also when the roles are gone. */
#include "office.h"

#include <sqlite3.h>

#include <sereno/register_known.h>

#define ROOM 256

static int add(void *context, const struct known *row)
{
	char *text = context;
	const size_t used = strlen(text);

	(void)snprintf(text + used, ROOM - used, "%s by %s; ", row->secret, row->role);
	return 0;
}

static void assert_knows(const struct office *office, const char *user, const char *wanted)
{
	char text[ROOM] = "";

	assert_int_equal(register_known(office->db, user, add, text), 0);
	assert_string_equal(text, wanted);
}

/* By name, or by any grant there ever was; the first role is the one that is told. */
static void test_learn(void **state)
{
	const struct grant_wish wish = { "bea", "dba", OFFICE_NOW, OFFICE_NOW + HOUR };
	const struct known known[] = { { "luis", "sysadmin", "grub" },
				       { "luis", "sysadmin", "bmc" },
				       { "luis", "keeper", "grub" },
				       { NULL, "dba", "vault" } };
	struct office office;
	int64_t learned = -1;
	uint32_t id;

	(void)state;
	office_open(&office);
	assert_int_equal(register_learned(office.db, &learned), 0);
	assert_int_equal(learned, 0);
	assert_int_equal(office_grant(&office, "marta", 0, &wish, &id), 0);
	assert_int_equal(register_learn(office.db, OFFICE_NOW + DAY, known, ARRAY_SIZE(known)), 0);
	assert_int_equal(register_learn(office.db, OFFICE_NOW + DAY, known, 1), 0);
	assert_knows(&office, "luis", "bmc by sysadmin; grub by sysadmin; ");
	assert_knows(&office, "bea", "vault by dba; ");
	assert_knows(&office, "marta", "");
	assert_int_equal(register_learned(office.db, &learned), 0);
	assert_int_equal(learned, OFFICE_NOW + DAY);
	office_close(&office);
}

/* All or nothing. */
static void test_refused(void **state)
{
	const struct known bad[] = { { "luis", "sysadmin", "grub" }, { "luis", "sysadmin", "" } };
	struct office office;

	(void)state;
	office_open(&office);
	assert_int_equal(register_learn(office.db, OFFICE_NOW, bad, 2), -EINVAL);
	assert_knows(&office, "luis", "");
	office_close(&office);
}

static void run_sql(const struct office *office, const char *sql)
{
	char path[128];
	sqlite3 *handle;

	(void)snprintf(path, sizeof(path), "%s/var/lib/sereno/register.db", office->root);
	assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
	assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(handle), SQLITE_OK);
}

/* The tables of before are added to, and those of later left alone. */
static void test_versions(void **state)
{
	const struct known known = { "luis", "sysadmin", "grub" };
	const struct grant_wish wish = { "bea", "dba", OFFICE_NOW, OFFICE_NOW + HOUR };
	struct register_db *reading = NULL;
	struct office office;
	uint32_t id;

	(void)state;
	office_open(&office);
	assert_int_equal(office_grant(&office, "marta", 0, &wish, &id), 0);
	register_close(office.db);
	run_sql(&office,
		"DROP TABLE known; DROP INDEX grants_by_role; DROP TABLE device_decisions; "
		"DROP TABLE device_requests; DROP TABLE device_grants; PRAGMA user_version = 1");
	assert_int_equal(register_open_reading(office.root, &reading), 0);
	register_close(reading);
	assert_int_equal(register_open(office.root, OFFICE_NOW, &office.db), 0);
	assert_int_equal(register_learn(office.db, OFFICE_NOW, &known, 1), 0);
	assert_knows(&office, "luis", "grub by sysadmin; ");
	assert_true(office_holds(&office, "bea", "dba", 0));
	register_close(office.db);
	run_sql(&office, "PRAGMA user_version = 1000");
	assert_int_equal(register_open(office.root, OFFICE_NOW, &office.db), -EBADMSG);
	office.db = NULL;
	office_close(&office);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_learn),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
