/* SPDX-License-Identifier: MIT */
/* granted.c - roles that the register grants, and people who have departed, decided together with
 * the policy. */
#include "fixture.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

#include <sereno/access.h>
#include <sereno/grants.h>
#include <sereno/groups.h>
#include <sereno/role_terms.h>
#include <sereno/scoped.h>

#define STAFF 50

static const char policy_text[] =
	"sereno: 1\n"
	"timezone: UTC\n"
	"accounts:\n"
	"  break-glass: {members: [rescue], from: [seat]}\n"
	"  persons: {ana: [ana, ana-adm]}\n"
	"roles:\n"
	"  staff:    {members-of: [staff], allow: [{services: [login], from: [seat]}]}\n"
	"  sysadmin: {members: [luis, ana-adm], allow: [{services: [login], from: [seat]}]}\n"
	"  auditor:  {members: [marta], excludes: [sysadmin], allow: [{services: [cups], from: [seat]}]}\n"
	"  dba:      {on-request: {by: [sysadmin], approved-by: [auditor, staff], at-most: 4h, approvers: 2},\n"
	"             except: [pepe], until: 2026-06-30, gives-groups: [adm], allow: [{services: [sshd], from: [seat]}]}\n"
	"  bots:     {unattended: yes, members: [bot], allow: [{services: [sshd], from: [10.0.0.1]}]}\n"
	"root: {direct-login: [seat]}\n";

#define PUBLISHED "2026-02-01T12:00"

static const struct {
	uint32_t id;
	const char *user, *role, *since, *until;
} granted[] = {
	{ 17, "bea", "dba", "2026-02-01T10:00", "2026-02-01T18:00" },
	{ 18, "bea", "dba", "2026-02-01T17:00", "2026-02-01T20:00" },
	{ 19, "bea", "dba", "2026-02-02T10:00", "2026-02-02T12:00" },
	{ 20, "luis", "auditor", "2026-02-03T10:00", "2026-02-03T12:00" },
	{ 21, "ana", "auditor", "2026-02-03T10:00", "2026-02-03T12:00" },
	{ 22, "pepe", "dba", "2026-02-01T10:00", NULL },
	{ 23, "zoe", "gone", "2026-02-01T10:00", NULL },
	{ 24, "tom", "dba", "2026-02-01T10:00", NULL },
	{ 25, "bot", "dba", "2026-02-03T10:00", "2026-02-03T12:00" },
	{ 26, "uwe", "dba", "2026-01-10T10:00", "2026-02-01T12:00" },
	{ 27, "left", "dba", "2026-02-01T10:00", NULL },
	{ 28, "www", "dba", "2026-02-01T10:00", "2026-02-03T10:00" },
};

static const struct {
	uint32_t id;
	const char *user;
	uid_t uid;
	const char *since;
} departed[] = {
	{ 1, "left", 1700, "2026-01-15T00:00" },
	{ 2, "goes", 1701, "2026-02-10T17:00" },
	{ 3, "toor", 0, "2026-01-15T00:00" },
	{ 4, "rescue", GRANTS_NO_UID, "2026-02-10T17:00" },
	{ 5, "marta", GRANTS_NO_UID, "2026-02-10T17:00" },
	{ 6, "www", 33, "2026-02-10T17:00" },
};

/* clang-format off */
static const struct row {
	const char *name, *user, *service, *at;
	enum access_outcome outcome;
	enum access_reason reason;
	uint32_t grant;
	const char *until;
	uid_t uid; /* 0: 1500; 1: number 0 */
	gid_t gid;
} rows[] = {
#define ALLOW ACCESS_ALLOW
#define DENY ACCESS_DENY
	{ "a grant holds", "bea", "sshd", "2026-02-01T13:00", ALLOW, REASON_RULE, .grant = 17, .until = "2026-02-01T20:00" },
	{ "the one that lasts longer is named", "bea", "sshd", "2026-02-01T17:30", ALLOW, REASON_RULE, .grant = 18, .until = "2026-02-01T20:00" },
	{ "to its last moment", "bea", "sshd", "2026-02-01T19:59", ALLOW, REASON_RULE, .grant = 18, .until = "2026-02-01T20:00" },
	{ "it has ended", "bea", "sshd", "2026-02-01T20:00", DENY, REASON_NO_ROLE, .grant = 0 },
	{ "the next one begins", "bea", "sshd", "2026-02-02T10:00", ALLOW, REASON_RULE, .grant = 19, .until = "2026-02-02T12:00" },
	{ "jobs too", "bea", "cron", "2026-02-01T13:00", ALLOW, REASON_ROLE, .grant = 17, .until = "2026-02-01T20:00" },
	{ "for its role alone", "bea", "login", "2026-02-01T13:00", DENY, REASON_NO_RULE, .grant = 0 },
	{ "a clock before it was published", "bea", "sshd", "2026-02-01T11:59", DENY, REASON_NO_ROLE, .grant = 0 },
	{ "within the role's own dates", "tom", "sshd", "2026-06-30T23:59", ALLOW, REASON_RULE, .grant = 24, .until = "2026-07-01T00:00" },
	{ "not after them", "tom", "sshd", "2026-07-01T00:00", DENY, REASON_NO_ROLE, .grant = 0 },
	{ "except", "pepe", "sshd", "2026-02-01T13:00", DENY, REASON_NO_ROLE, .grant = 0 },
	{ "a role that is no more", "zoe", "sshd", "2026-02-01T13:00", DENY, REASON_NO_ROLE, .grant = 0 },
	{ "over when it was published, a clock set back", "uwe", "sshd", "2026-02-01T11:00", DENY, REASON_NO_ROLE, .grant = 0 },
	{ "a member needs no grant", "luis", "login", "2026-02-01T13:00", ALLOW, REASON_RULE, .until = "2026-02-03T10:00" },
	{ "what it excludes is set aside", "luis", "login", "2026-02-03T11:00", DENY, REASON_EXCLUSION, .grant = 0 },
	{ "after it no more", "luis", "login", "2026-02-03T12:00", ALLOW, REASON_RULE, .until = NULL },
	{ "of another account of the person", "ana-adm", "login", "2026-02-03T11:00", DENY, REASON_EXCLUSION, .grant = 0 },
	{ "and before", "ana-adm", "login", "2026-02-03T09:59", ALLOW, REASON_RULE, .until = "2026-02-03T10:00" },
	{ "a program's, and a person's by a grant", "bot", "cron", "2026-02-03T11:00", DENY, REASON_EXCLUSION, .grant = 0 },
	{ "the program before it", "bot", "cron", "2026-02-03T09:00", ALLOW, REASON_ROLE, .until = "2026-02-03T10:00" },
	{ "governed by a grant", "www", "sshd", "2026-02-01T13:00", ALLOW, REASON_RULE, .grant = 28, .until = "2026-02-03T10:00", .uid = 34 },

	{ "departed, with a grant", "left", "sshd", "2026-02-01T13:00", DENY, REASON_DEPARTED, .grant = 0 },
	{ "departed, a job", "left", "cron", "2026-02-01T13:00", DENY, REASON_DEPARTED, .grant = 0 },
	{ "departed, the user manager", "left", "systemd-user", "2026-02-01T13:00", DENY, REASON_DEPARTED, .grant = 0 },
	{ "departed, by his number", "other", "login", "2026-02-01T13:00", DENY, REASON_DEPARTED, .uid = 1700, .gid = STAFF },
	{ "departed, a clock set back", "left", "cron", "2026-01-14T00:00", DENY, REASON_DEPARTED, .grant = 0 },
	{ "departed, number 0", "toor", "login", "2026-02-01T13:00", DENY, REASON_DEPARTED, .uid = 1 },
	{ "root is another", "root", "login", "2026-02-01T13:00", ALLOW, REASON_ROOT_LOGIN, .uid = 1 },
	{ "to depart: until then", "goes", "login", "2026-02-01T13:00", ALLOW, REASON_RULE, .until = "2026-02-10T17:00", .gid = STAFF },
	{ "to depart: to the moment", "goes", "login", "2026-02-10T17:00", DENY, REASON_DEPARTED, .gid = STAFF },
	{ "to depart: break-glass", "rescue", "login", "2026-02-01T13:00", ALLOW, REASON_BREAK_GLASS, .until = "2026-02-10T17:00" },
	{ "departed: break-glass", "rescue", "login", "2026-02-10T17:00", DENY, REASON_DEPARTED, .grant = 0 },
	{ "departed: not governed", "www", "login", "2026-02-10T17:00", DENY, REASON_DEPARTED, .uid = 33 },
	{ "a name like his", "lef", "login", "2026-02-01T13:00", ALLOW, REASON_RULE, .until = NULL, .gid = STAFF },
};
/* clang-format on */

struct scene {
	struct fixture fixture;
	char root[64];
};

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static struct grants_image *image_of(int64_t published)
{
	static struct granted grants[ARRAY_SIZE(granted)];
	static struct departure departures[ARRAY_SIZE(departed)];
	static struct grants_image image;
	struct timespec up;

	assert_int_equal(clock_gettime(CLOCK_BOOTTIME, &up), 0);
	for (size_t i = 0; i < ARRAY_SIZE(granted); i++) {
		struct grant *grant = &grants[i].grant;

		grants[i].user = granted[i].user;
		*grant = (struct grant){ .id = granted[i].id };
		(void)snprintf(grant->role, sizeof(grant->role), "%s", granted[i].role);
		grant->valid.since = fixture_time(granted[i].since);
		grant->valid.until =
			granted[i].until ? fixture_time(granted[i].until) : TIME_NO_END;
	}
	for (size_t i = 0; i < ARRAY_SIZE(departed); i++) {
		departures[i] = (struct departure){
			.id = departed[i].id,
			.uid = departed[i].uid,
			.since = fixture_time(departed[i].since),
		};
		(void)snprintf(departures[i].user, sizeof(departures[i].user), "%s",
			       departed[i].user);
	}
	image = (struct grants_image){
		.facts = { .serial = 5,
			   .published = published,
			   .boottime = up.tv_sec,
			   .n_grants = ARRAY_SIZE(grants),
			   .n_departures = ARRAY_SIZE(departures) },
		.grants = grants,
		.departures = departures,
	};
	return &image;
}

static void scene_open(struct scene *scene, const struct grants_image *image)
{
	char path[128];

	fixture_open(&scene->fixture, policy_text);
	(void)snprintf(scene->root, sizeof(scene->root), "%s", "/tmp/sereno-granted.XXXXXX");
	assert_non_null(mkdtemp(scene->root));
	(void)snprintf(path, sizeof(path), "%s/var", scene->root);
	assert_int_equal(mkdir(path, 0755), 0);
	(void)snprintf(path, sizeof(path), "%s/var/lib", scene->root);
	assert_int_equal(mkdir(path, 0755), 0);
	(void)snprintf(path, sizeof(path), "%s/var/lib/sereno", scene->root);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(grants_publish(scene->root, image), 0);
	assert_int_equal(policy_take_grants(scene->fixture.policy, scene->root), 0);
}

static void scene_close(struct scene *scene)
{
	fixture_close(&scene->fixture);
	assert_int_equal(nftw(scene->root, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static void judge_row(const struct scene *scene, const struct row *row,
		      struct access_verdict *verdict)
{
	const struct origin seat = { .kind = ORIGIN_SEAT };
	const struct access_request request = {
		.service = row->service,
		.uid = row->uid == 1 ? 0
		       : row->uid    ? row->uid
				     : 1500,
		.subject = { row->user, &row->gid, row->gid != 0 },
		.origins = &seat,
		.n_origins = 1,
	};
	scoped(access_free_p) struct access_case *access = NULL;

	assert_int_equal(access_load(scene->fixture.policy, &request, &access), 0);
	access_judge(access, fixture_time(row->at), 0, verdict);
}

static void test_row(void **state)
{
	const struct row *row = *state;
	struct access_verdict verdict;
	struct scene scene;

	scene_open(&scene, image_of(fixture_time(PUBLISHED)));
	judge_row(&scene, row, &verdict);
	assert_int_equal(verdict.outcome, row->outcome);
	assert_string_equal(access_reason_name(verdict.reason), access_reason_name(row->reason));
	assert_int_equal(verdict.grant, row->grant);
	if (row->outcome == ALLOW)
		assert_int_equal(verdict.until,
				 row->until ? fixture_time(row->until) : TIME_NO_END);
	if (row->outcome == ALLOW && strncmp(row->name, "to depart", strlen("to depart")) == 0)
		assert_int_equal(verdict.until_told, TIME_NO_END);
	scene_close(&scene);
}

static bool is_given(const struct scene *scene, const char *user, const char *at)
{
	const struct group_asker asker = { .user = user };
	scoped_free gid_t *gids = NULL;
	size_t n = 0;

	assert_int_equal(
		policy_given_groups(scene->fixture.policy, &asker, fixture_time(at), &gids, &n), 0);
	return n == 1 && gids[0] == 4;
}

/* A grant gives the groups of its role, for its time; nothing does to who has departed. */
static void test_groups(void **state)
{
	struct scene scene;

	(void)state;
	scene_open(&scene, image_of(fixture_time(PUBLISHED)));
	assert_true(is_given(&scene, "bea", "2026-02-01T13:00"));
	assert_false(is_given(&scene, "bea", "2026-02-01T20:00"));
	assert_false(is_given(&scene, "bea", "2026-02-01T11:00"));
	assert_false(is_given(&scene, "left", "2026-02-01T13:00"));
	assert_false(is_given(&scene, "luis", "2026-02-01T13:00"));
	scene_close(&scene);
}

/* What ended since the host is up stays over when the clock is set back. */
static void test_clock_back(void **state)
{
	const struct row row = { .user = "uwe", .service = "sshd", .at = "2026-02-01T11:59" };
	struct grants_image *image = image_of(fixture_time("2026-02-01T11:59"));
	struct access_verdict verdict;
	struct scene scene;

	(void)state;
	scene_open(&scene, image);
	judge_row(&scene, &row, &verdict);
	assert_int_equal(verdict.grant, 26);
	image->facts.boottime -= 61; /* so long ago it was published */
	assert_int_equal(grants_publish(scene.root, image), 0);
	assert_int_equal(policy_take_grants(scene.fixture.policy, scene.root), 0);
	judge_row(&scene, &row, &verdict);
	assert_int_equal(verdict.reason, REASON_NO_ROLE);
	scene_close(&scene);
}

static void test_terms(void **state)
{
	struct role_terms terms;
	struct scene scene;

	(void)state;
	scene_open(&scene, image_of(fixture_time(PUBLISHED)));
	assert_int_equal(policy_role_terms(scene.fixture.policy, "dba", &terms), 0);
	assert_true(terms.on_request);
	assert_int_equal(terms.approvers, 2);
	assert_int_equal(terms.at_most_sec, 4 * 3600);
	assert_int_equal(terms.approved_by.n, 2);
	assert_string_equal(terms.approved_by.name[1], "staff");
	assert_int_equal(policy_role_terms(scene.fixture.policy, "bots", &terms), 0);
	assert_false(terms.on_request);
	assert_true(terms.unattended);
	assert_int_equal(policy_role_terms(scene.fixture.policy, "none", &terms), -ENOENT);
	assert_int_equal(policy_request_expiry(scene.fixture.policy), 3 * 86400);
	scene_close(&scene);
}

static void test_persons(void **state)
{
	char role[MODEL_NAME_MAX + 1];
	struct policy *policy;
	struct scene scene;

	(void)state;
	scene_open(&scene, image_of(fixture_time(PUBLISHED)));
	policy = scene.fixture.policy;
	assert_int_equal(policy_is_same_person(policy, "ana", "ana-adm"), 1);
	assert_int_equal(policy_is_same_person(policy, "ana-adm", "ana"), 1);
	assert_int_equal(policy_is_same_person(policy, "ana", "ana"), 1);
	assert_int_equal(policy_is_same_person(policy, "ana", "luis"), 0);
	assert_int_equal(policy_role_conflicts(policy, "marta", "sysadmin", role), 1);
	assert_string_equal(role, "auditor");
	assert_int_equal(policy_role_conflicts(policy, "ana", "auditor", role), 1);
	assert_string_equal(role, "sysadmin");
	assert_int_equal(policy_role_conflicts(policy, "bea", "sysadmin", role), 0);
	scene_close(&scene);
}

static void test_holds(void **state)
{
	const struct role_names roles = { .n = 2, .name = { "dba", "auditor" } };
	const struct {
		const char *user, *at;
		int holds;
	} cases[] = {
		{ "bea", "2026-02-01T13:00", 1 },   { "bea", "2026-02-01T21:00", 0 },
		{ "marta", "2026-02-01T21:00", 1 }, { "marta", "2026-02-10T17:00", 0 },
		{ "luis", "2026-02-01T21:00", 0 },  { "left", "2026-02-01T13:00", 0 },
	};
	struct scene scene;

	(void)state;
	scene_open(&scene, image_of(fixture_time(PUBLISHED)));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct access_request request = { .uid = 1500,
							.subject = { .user = cases[i].user } };

		assert_int_equal(policy_holds_one(scene.fixture.policy, &request,
						  fixture_time(cases[i].at), &roles),
				 cases[i].holds);
	}
	scene_close(&scene);
}

/* All the roles that somebody holds, and until when these are they. */
static void test_roles_held(void **state)
{
	const struct {
		const char *user, *at, *roles, *until;
		gid_t gid;
	} cases[] = {
		{ "bea", "2026-02-01T13:00", "dba", "2026-02-01T17:00", 0 },
		{ "bea", "2026-02-01T17:30", "dba", "2026-02-01T18:00", 0 },
		{ "bea", "2026-02-01T21:00", "", "2026-02-02T10:00", 0 },
		{ "bea", "2026-02-01T13:00", "staff dba", "2026-02-01T17:00", STAFF },
		{ "luis", "2026-02-01T13:00", "sysadmin", "2026-02-03T10:00", 0 },
		{ "luis", "2026-02-03T10:00", "", "2026-02-03T12:00", 0 },
		{ "luis", "2026-02-03T12:00", "sysadmin", NULL, 0 },
		{ "ana-adm", "2026-02-03T11:00", "", "2026-02-03T12:00", 0 },
		{ "bot", "2026-02-03T11:00", "", "2026-02-03T12:00", 0 },
		{ "marta", "2026-02-01T13:00", "auditor", "2026-02-10T17:00", 0 },
		{ "marta", "2026-02-10T17:00", "", NULL, 0 },
		{ "goes", "2026-02-01T13:00", "staff", "2026-02-10T17:00", STAFF },
		{ "left", "2026-02-01T13:00", "", "2026-07-01T00:00", 0 },
		{ "rescue", "2026-02-01T13:00", "", "2026-02-10T17:00", 0 },
		{ "nobody-at-all", "2026-02-01T13:00", "", NULL, 0 },
	};
	struct scene scene;

	(void)state;
	scene_open(&scene, image_of(fixture_time(PUBLISHED)));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct access_request request = {
			.uid = 1500, .subject = { cases[i].user, &cases[i].gid, cases[i].gid != 0 }
		};
		struct role_names names;
		char text[256] = "";
		size_t length = 0;
		int64_t until;

		assert_int_equal(policy_roles_held(scene.fixture.policy, &request,
						   fixture_time(cases[i].at), &names, &until),
				 0);
		for (size_t k = 0; k < names.n; k++)
			length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s",
						   k ? " " : "", names.name[k]);
		assert_string_equal(text, cases[i].roles);
		assert_int_equal(until,
				 cases[i].until ? fixture_time(cases[i].until) : TIME_NO_END);
	}
	scene_close(&scene);
}

int main(void)
{
	static struct CMUnitTest tests[ARRAY_SIZE(rows) + 6] = {
		cmocka_unit_test(test_groups), cmocka_unit_test(test_clock_back),
		cmocka_unit_test(test_terms),  cmocka_unit_test(test_persons),
		cmocka_unit_test(test_holds),  cmocka_unit_test(test_roles_held),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[6 + i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = test_row,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
