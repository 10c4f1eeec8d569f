/* SPDX-License-Identifier: MIT */
/* grant.c - roles granted, seen by logins, ended by time or by hand. */
#include <sys/stat.h>

#include "office.h"

static const struct refused {
	const char *name, *by, *user, *role;
	int64_t since, until;
	int result;
} refusals[] = {
	{ "no such role", "luis", "bea", "none", 0, HOUR, REFUSED_NO_ROLE },
	{ "to himself", "luis", "luis", "dba", 0, HOUR, REFUSED_OWN_GRANT },
	{ "to his other account", "ana", "ana-adm", "dba", 0, HOUR, REFUSED_OWN_GRANT },
	{ "a privileged role without an end", "luis", "bea", "disks", 0, 0, REFUSED_NO_END },
	{ "over already", "luis", "bea", "dba", -DAY, -HOUR, REFUSED_OVER },
	{ "over now", "luis", "bea", "dba", -DAY, 0, REFUSED_OVER },
	{ "ends before it begins", "luis", "bea", "dba", 2 * HOUR, HOUR, REFUSED_OVER },
	{ "a program's role", "luis", "bea", "bots", 0, HOUR, REFUSED_UNATTENDED },
	{ "a role that another one excludes", "luis", "kai", "dba", 0, HOUR, REFUSED_EXCLUDED },
	{ "no name", "luis", "", "dba", 0, HOUR, -EINVAL },
	{ "a name with a colon", "luis", "a:b", "dba", 0, HOUR, -EINVAL },
	{ "a name with a newline", "luis", "a\nb", "dba", 0, HOUR, -EINVAL },
	{ "nobody grants", "", "bea", "dba", 0, HOUR, -EINVAL },
};

static void test_refused(void **state)
{
	const struct refused *row = *state;
	const struct grant_wish wish = {
		row->user,
		row->role,
		OFFICE_NOW + row->since,
		row->until || row->since ? OFFICE_NOW + row->until : TIME_NO_END,
	};
	struct office office;
	uint32_t id = 99;

	office_open(&office);
	assert_int_equal(office_grant(&office, row->by, 0, &wish, &id), row->result);
	assert_int_equal(id, 99);
	assert_int_equal(grants_facts(policy_grants(office.policy))->n_grants, 0);
	office_close(&office);
}

static const struct grant_wish for_an_hour = { "bea", "dba", OFFICE_NOW, OFFICE_NOW + HOUR };

static void test_held_to_the_end(void **state)
{
	struct office office;
	uint32_t id = 0;

	(void)state;
	office_open(&office);
	assert_false(office_holds(&office, "bea", "dba", 0));
	assert_int_equal(office_grant(&office, "luis", 0, &for_an_hour, &id), 0);
	assert_int_equal(id, 1);
	assert_true(office_holds(&office, "bea", "dba", 0));
	assert_true(office_holds(&office, "bea", "dba", HOUR - 1));
	assert_false(office_holds(&office, "bea", "dba", HOUR));
	office_close(&office);
}

static void test_revoked(void **state)
{
	const struct act act = act_of("marta", 60);
	struct office office;
	uint32_t id;

	(void)state;
	office_open(&office);
	assert_int_equal(office_grant(&office, "luis", 0, &for_an_hour, &id), 0);
	assert_int_equal(office_grant(&office, "luis", 1, &for_an_hour, &id), 0);
	assert_int_equal(register_revoke_id(office.db, &act, id, NULL), 0);
	assert_true(office_holds(&office, "bea", "dba", 60));
	assert_int_equal(register_revoke(office.db, &act, "bea", "dba", NULL), 0);
	assert_false(office_holds(&office, "bea", "dba", 60));
	assert_int_equal(register_revoke(office.db, &act, "bea", "dba", NULL), REFUSED_UNKNOWN);
	assert_int_equal(register_revoke_id(office.db, &act, id, NULL), REFUSED_UNKNOWN);
	assert_int_equal(register_revoke_id(office.db, &act, 0, NULL), REFUSED_UNKNOWN);
	office_close(&office);
}

static int never(void *context, uint32_t change)
{
	*(uint32_t *)context = change;
	return 1;
}

static void test_check_refuses(void **state)
{
	const struct act act = act_of("marta", 60);
	uint32_t asked = 0, id = 0;
	const struct register_check check = { never, &asked };
	struct office office;

	(void)state;
	office_open(&office);
	assert_int_equal(office_grant(&office, "luis", 0, &for_an_hour, &id), 0);
	assert_int_equal(register_revoke_id(office.db, &act, id, &check), REFUSED_CHECK);
	assert_int_equal(asked, id);
	assert_true(office_holds(&office, "bea", "dba", 60));
	office_close(&office);
}

/* What the last row told. */
struct told {
	size_t n;
	uint32_t id;
	int64_t until, at, revoked_at;
	uid_t uid;
	char text[128];
};

static int tell(void *context, const struct grant_row *row)
{
	struct told *told = context;

	*told = (struct told){
		.n = told->n + 1,
		.id = row->id,
		.until = row->until,
		.at = row->made.at,
		.revoked_at = row->revoked.at,
		.uid = row->made.uid,
	};
	(void)snprintf(told->text, sizeof(told->text), "%s %s by %s: %s; %s", row->user, row->role,
		       row->made.user, row->made.reason,
		       row->revoked.user ? row->revoked.user : "-");
	return 0;
}

static size_t count(const struct office *office, const struct register_query *query,
		    struct told *told)
{
	*told = (struct told){ .n = 0 };
	assert_int_equal(register_grants(office->db, query, tell, told), 0);
	return told->n;
}

static void test_list(void **state)
{
	const struct grant_wish lasting = { "zoe", "sysadmin", OFFICE_NOW, TIME_NO_END };
	const struct act act = act_of("marta", 60);
	struct office office;
	struct told told;
	uint32_t id;

	(void)state;
	office_open(&office);
	assert_int_equal(office_grant(&office, "luis", 0, &for_an_hour, &id), 0);
	assert_int_equal(office_grant(&office, "luis", 5, &lasting, &id), 0);
	assert_int_equal(count(&office, &(struct register_query){ .user = "bea" }, &told), 1);
	assert_string_equal(told.text, "bea dba by luis: so; -");
	assert_int_equal(told.until, OFFICE_NOW + HOUR);
	assert_int_equal(told.uid, 1500);
	assert_int_equal(count(&office, &(struct register_query){ .role = "sysadmin" }, &told), 1);
	assert_int_equal(told.at, OFFICE_NOW + 5);
	assert_true(told.until == TIME_NO_END);
	assert_int_equal(
		count(&office, &(struct register_query){ .open_at = OFFICE_NOW + HOUR }, &told), 1);
	assert_int_equal(told.id, 2);
	assert_int_equal(count(&office, &(struct register_query){ .id = 1 }, &told), 1);
	assert_int_equal(count(&office, &(struct register_query){ .user = "x' OR 1" }, &told), 0);
	assert_int_equal(register_revoke_id(office.db, &act, 2, NULL), 0);
	assert_int_equal(count(&office, &(struct register_query){ .role = "sysadmin" }, &told), 1);
	assert_string_equal(told.text, "zoe sysadmin by luis: so; marta");
	assert_int_equal(told.revoked_at, OFFICE_NOW + 60);
	office_close(&office);
}

/* The clock goes back a day: what ended has ended, whoever changes the register then. */
static void test_clock_back(void **state)
{
	const struct grant_wish other = { "zoe", "dba", OFFICE_NOW - DAY, OFFICE_NOW + DAY };
	struct office office;
	uint32_t id;

	(void)state;
	office_open(&office);
	assert_int_equal(office_grant(&office, "luis", 0, &for_an_hour, &id), 0);
	assert_int_equal(office_grant(&office, "luis", 2 * HOUR, &other, &id), 0);
	assert_false(office_holds(&office, "bea", "dba", 0));
	assert_int_equal(office_grant(&office, "luis", 2 * HOUR - DAY, &other, &id), 0);
	assert_false(office_holds(&office, "bea", "dba", 2 * HOUR - DAY));
	assert_false(office_holds(&office, "bea", "dba", 0));
	assert_true(office_holds(&office, "zoe", "dba", 2 * HOUR));
	office_close(&office);
}

static void path_of(const struct office *office, const char *name, char path[static 128])
{
	assert_true(snprintf(path, 128, "%s/var/lib/sereno/%s", office->root, name) < 128);
}

/* Whoever opens the register finds what was not published, or lost, and publishes it. */
static void test_published_anew(void **state)
{
	struct office office;
	char path[128];
	uint32_t id;

	(void)state;
	office_open(&office);
	assert_int_equal(office_grant(&office, "luis", 0, &for_an_hour, &id), 0);
	path_of(&office, "grants.1.cdb", path);
	assert_int_equal(truncate(path, 2000), 0);
	register_close(office.db);
	assert_int_equal(register_open(office.root, OFFICE_NOW, &office.db), 0);
	assert_true(office_holds(&office, "bea", "dba", 0));
	register_close(office.db);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(register_open(office.root, OFFICE_NOW, &office.db), 0);
	assert_true(office_holds(&office, "bea", "dba", 0));
	office_close(&office);
}

static void test_who_may_read(void **state)
{
	struct office office;
	struct register_db *other;
	struct stat st;
	char path[128];

	(void)state;
	office_open(&office);
	path_of(&office, "register.db", path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(chmod(path, 0602), 0);
	assert_int_equal(register_open(office.root, OFFICE_NOW, &other), -EPERM);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(register_open_reading(office.root, &other), 0);
	register_close(other);
	path_of(&office, "grants.1.cdb", path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0444);
	office_close(&office);
}

static void test_not_a_register(void **state)
{
	struct office office;
	struct register_db *other;
	char path[128];
	FILE *file;

	(void)state;
	office_open(&office);
	register_close(office.db);
	path_of(&office, "register.db", path);
	file = fopen(path, "we");
	assert_non_null(file);
	for (size_t i = 0; i < 1000; i++)
		assert_true(fputs("no register\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(register_open(office.root, OFFICE_NOW, &other), -EBADMSG);
	assert_int_equal(register_open_reading(office.root, &other), -EBADMSG);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(register_open_reading(office.root, &other), -ENOENT);
	assert_int_equal(register_open(office.root, OFFICE_NOW, &office.db), 0);
	office_close(&office);
}

int main(void)
{
	static struct CMUnitTest tests[ARRAY_SIZE(refusals) + 8] = {
		cmocka_unit_test(test_held_to_the_end), cmocka_unit_test(test_revoked),
		cmocka_unit_test(test_check_refuses),	cmocka_unit_test(test_list),
		cmocka_unit_test(test_clock_back),	cmocka_unit_test(test_published_anew),
		cmocka_unit_test(test_who_may_read),	cmocka_unit_test(test_not_a_register),
	};

	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		tests[8 + i] = (struct CMUnitTest){
			.name = refusals[i].name,
			.test_func = test_refused,
			.initial_state = (void *)(uintptr_t)&refusals[i],
		};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
