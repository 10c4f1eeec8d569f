/* SPDX-License-Identifier: MIT */
/* groups.c - which Unix groups a role gives, to whom and when, and which it may not give. */
#include "fixture.h"

#include <sereno/groups.h>
#include <sereno/scoped.h>

static const char policy_text[] =
	"sereno: 1\n"
	"timezone: UTC\n"
	"accounts:\n"
	"  break-glass: {members: [rescue], from: [seat]}\n"
	"  persons: {ana: [ana, ana-adm], eva: [eva, eva-adm]}\n"
	"roles:\n"
	"  operator: {members: [bea, postgres, pepe], except: [pepe], gives-groups: [adm, log], allow: []}\n"
	"  dba:      {members: [bea], until: 2026-06-30, gives-groups: [dba, log], allow: []}\n"
	"  summer:   {members: [zoe], since: 2026-06-01, until: 2026-09-01, gives-groups: [adm], allow: []}\n"
	"  disks:    {members: [rob], until: 2027-01-01, privileged: yes, gives-groups: [disk], allow: []}\n"
	"  shift:    {members-of: [night], except: [pepe], gives-groups: [ops], allow: []}\n"
	"  auditor:  {members: [ana-adm, ada, eva-adm], excludes: [shift], gives-groups: [log], allow: []}\n"
	"  clerk:    {members-of: [evening], excludes: [writer], gives-groups: [adm], allow: []}\n"
	"  writer:   {members: [ana], gives-groups: [log], allow: []}\n"
	"  bots:     {unattended: yes, members: [bot], gives-groups: [adm], allow: []}\n"
	"  plain:    {members: [leo], allow: []}\n";

/* clang-format off */
static const struct row {
	const char *name, *user;
	uid_t uid; /* 0: the user is no local account */
	gid_t gid; /* a group he is in otherwise */
	const char *when, *gids;
} rows[] = {
	{ "each group of each role once",           "bea",      1500, 0,  "", "4 7 90000 " },
	{ "not those of a role that has ended",     "bea",      1500, 0,  "2026-07-01T00:00", "4 7 " },
	{ "to the last minute",                     "bea",      1500, 0,  "2026-06-30T23:59", "4 7 90000 " },
	{ "before the policy was compiled: no role with an end", "bea", 1500, 0, "2025-12-31T23:59", "4 7 " },
	{ "not before a role begins",               "zoe",      1500, 0,  "2026-05-31T23:59", "" },
	{ "when it begins",                         "zoe",      1500, 0,  "2026-06-01T00:00", "4 " },
	{ "as good as root, on purpose",            "rob",      1500, 0,  "", "6 " },
	{ "an account below min-uid that is named", "postgres", 110,  0,  "", "4 7 " },
	{ "except",                                 "pepe",     1500, 0,  "", "" },
	{ "except, by a Unix group",                "pepe",     1500, 70, "", "" },
	{ "by a Unix group",                        "tom",      1500, 70, "", "90001 " },
	{ "by another Unix group",                  "tom",      1500, 50, "", "" },
	{ "by a Unix group, below min-uid",         "tom",      110,  70, "", "" },
	{ "by a Unix group, uid 0",                 "tom",      1,    70, "", "" },
	{ "by a Unix group, in a directory",        "tom",      0,    70, "", "90001 " },
	{ "by a Unix group, a dynamic user",        "tom",      61200, 70, "", "" },
	{ "excluded roles, one by a Unix group",    "ada",      1500, 70, "", "" },
	{ "the excluding role alone",               "ada",      1500, 0,  "", "7 " },
	{ "the same, of several accounts",          "eva-adm",  1500, 0,  "", "" },
	{ "another account excludes by name",       "ana-adm",  1500, 71, "", "" },
	{ "excluding what is named alone",          "tom",      1500, 71, "", "4 " },
	{ "excluded by a Unix group, of several accounts", "ana", 1500, 0, "", "" },
	{ "a program",                              "bot",      1500, 0,  "", "4 " },
	{ "a program that holds another role too",  "bot",      1500, 70, "", "" },
	{ "a role that gives none",                 "leo",      1500, 0,  "", "" },
	{ "a role that gives none, and one that does", "leo",   1500, 70, "", "90001 " },
	{ "break-glass",                            "rescue",   1500, 70, "", "" },
	{ "nobody's name",                          "",         1500, 0,  "", "" },
};
/* clang-format on */

static uid_t answer; /* of find_uid(), which has no context */

static int find_uid(const char *user, uid_t *ret)
{
	(void)user;
	if (answer == 0)
		return -ENOENT;
	*ret = answer == 1 ? 0 : answer;
	return 0;
}

static int cannot_read(const char *user, uid_t *ret)
{
	(void)user;
	(void)ret;
	return -EIO;
}

static void assert_gids(struct policy *policy, const struct group_asker *asker, int64_t now,
			const char *expected)
{
	scoped_free gid_t *gids = NULL;
	char text[256] = "";
	size_t n = 0, used = 0;

	assert_int_equal(policy_given_groups(policy, asker, now, &gids, &n), 0);
	for (size_t i = 0; i < n; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%u ", gids[i]);
	assert_string_equal(text, expected);
}

static void test_row(void **state)
{
	const struct row *row = *state;
	const struct group_asker asker = { row->user, &row->gid, row->gid != 0, find_uid };
	struct fixture fixture;

	fixture_open(&fixture, policy_text);
	assert_int_equal(policy_verify(fixture.policy), 0);
	answer = row->uid;
	assert_gids(fixture.policy, &asker, fixture_time(row->when), row->gids);
	fixture_close(&fixture);
}

static void test_no_answer(void **state)
{
	const gid_t gid = 70;
	const struct group_asker group = { "tom", &gid, 1, cannot_read };
	const struct group_asker named = { "bea", NULL, 0, cannot_read };
	struct fixture fixture;
	gid_t *gids = NULL;
	size_t n;

	(void)state;
	fixture_open(&fixture, policy_text);
	assert_int_equal(policy_given_groups(fixture.policy, &group, FIXTURE_NOW, &gids, &n), -EIO);
	assert_null(gids);
	assert_gids(fixture.policy, &named, FIXTURE_NOW, "4 7 90000 ");
	fixture_close(&fixture);
}

static void test_on_trial(void **state)
{
	const struct group_asker asker = { "bea", NULL, 0, find_uid };
	scoped_free char *text = NULL;
	struct fixture fixture;

	(void)state;
	assert_true(asprintf(&text, "%sobserve: [roles]\n", policy_text) > 0);
	fixture_open(&fixture, text);
	assert_gids(fixture.policy, &asker, FIXTURE_NOW, "");
	fixture_close(&fixture);
}

static void test_names(void **state)
{
	char name[OWN_GROUP_NAME_MAX + 1] = "before";
	struct fixture fixture;
	gid_t gid = 1;

	(void)state;
	fixture_open(&fixture, policy_text);
	assert_int_equal(policy_own_group(fixture.policy, "dba", &gid), 1);
	assert_int_equal(gid, 90000);
	assert_int_equal(policy_own_group(fixture.policy, "ops", &gid), 1);
	assert_int_equal(gid, 90001);
	assert_int_equal(policy_own_group(fixture.policy, "adm", &gid), 0);
	assert_int_equal(policy_own_group(fixture.policy, "", &gid), 0);
	assert_int_equal(policy_own_gid(fixture.policy, 4, name), 0);
	assert_int_equal(policy_own_gid(fixture.policy, 90002, name), 0);
	assert_string_equal(name, "before");
	assert_int_equal(policy_own_gid(fixture.policy, 90001, name), 1);
	assert_string_equal(name, "ops");
	fixture_close(&fixture);
}

/* clang-format off */
static const struct fault_row {
	const char *name, *role, *says;
} fault_rows[] = {
	{ "root",                   "gives-groups: [root]", "group root is never given" },
	{ "another name for gid 0", "gives-groups: ['null']", "number of root's group" },
	{ "as good as root",        "gives-groups: [disk]", "needs privileged: yes, and until" },
	{ "as good as root, and the host has none", "gives-groups: [docker]", "needs privileged: yes" },
	{ "as good as root, by its number", "gives-groups: [plates]", "has number 6 here" },
	{ "privileged for ever",    "privileged: yes, gives-groups: [disk]", "has no end" },
	{ "privileged, root all the same", "privileged: yes, until: 2027-01-01, gives-groups: ['null']", "number of root's" },
	{ "privileged for nothing", "privileged: yes, until: 2027-01-01", "gives no groups" },
	{ "a new one",              "gives-groups: [fresh]", "sereno makes it, with number 90001" },
	{ "a name for no group",    "gives-groups: [Fresh]", "makes none of that name" },
	{ "a long name",            "gives-groups: [abcdefghijklmnopqrstuvwxyz-789012]", "makes none of that name" },
	{ "no number left",         "gives-groups: [toomany]", "all its numbers" },
	{ "in a container",         "gives-groups: [container]", "in a container" },
	{ "one of the host's, among ours", "gives-groups: [squat]", "keeps for its own groups" },
	{ "asked for and given",    "members-of: [log], gives-groups: [log]", "members-of: names other groups" },
	{ "asked for and given, by another name", "members-of: [plates], privileged: yes, until: 2027-01-01, gives-groups: [disk]",
	  "members-of: names other groups" },
	{ "ours, asked for",        "members-of: [dba], gives-groups: [dba]", "members-of: names other groups" },
};
/* clang-format on */

static void test_fault(void **state)
{
	const struct fault_row *row = *state;
	struct diag_list diags = { 0 };
	scoped_free char *text = NULL;
	struct model *model = NULL;
	struct fixture fixture;
	bool said = false;
	int r;

	fixture_make(&fixture);
	assert_true(
		asprintf(
			&text,
			"sereno: 1\ntimezone: UTC\nroles: {one: {members: [bea], allow: [], %s}}\n",
			row->role) > 0);
	r = model_read("", text, strlen(text), FIXTURE_NOW, &model, &diags);
	if (r == 0)
		r = fixture_compile(&fixture, model, text, &diags);
	fixture_print(&diags);
	for (size_t i = 0; i < diags.n; i++)
		said = said || strstr(diags.item[i].text, row->says);
	assert_true(said);
	assert_int_equal(r, diags.faults > 0 ? -EINVAL : 0);
	diag_clear(&diags);
	fixture.model = model;
	fixture.policy = NULL;
	fixture_close(&fixture);
}

/* clang-format off */
static const struct name_row {
	const char *name, *group;
	bool good;
} name_rows[] = {
	{ "plain", "dba", true }, { "digits", "a0-_", true }, { "underscore", "_a", true },
	{ "32 bytes", "abcdefghijklmnopqrstuvwxyz-78901", true },
	{ "33 bytes", "abcdefghijklmnopqrstuvwxyz-789012", false },
	{ "nothing", "", false }, { "capital", "Dba", false }, { "digit first", "0a", false },
	{ "hyphen first", "-a", false }, { "colon", "a:b", false }, { "line feed", "a\nb", false },
	{ "space", "a b", false }, { "not ASCII", "\xc3\xb1", false },
};
/* clang-format on */

static void test_name(void **state)
{
	const struct name_row *row = *state;

	assert_int_equal(own_group_name(row->group), row->good);
}

#define PER_ROW(i, table, function)                    \
	((struct CMUnitTest){ .name = (table)[i].name, \
			      .test_func = (function), \
			      .initial_state = (void *)(uintptr_t) & (table)[i] })

int main(void)
{
	struct CMUnitTest
		tests[ARRAY_SIZE(rows) + ARRAY_SIZE(fault_rows) + ARRAY_SIZE(name_rows) + 3];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[n++] = PER_ROW(i, rows, test_row);
	for (size_t i = 0; i < ARRAY_SIZE(fault_rows); i++)
		tests[n++] = PER_ROW(i, fault_rows, test_fault);
	for (size_t i = 0; i < ARRAY_SIZE(name_rows); i++)
		tests[n++] = PER_ROW(i, name_rows, test_name);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_no_answer);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_on_trial);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_names);
	return cmocka_run_group_tests_name("groups that roles give", tests, NULL, NULL);
}
