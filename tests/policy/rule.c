/* SPDX-License-Identifier: MIT */
/* rule.c - tests of what a sound policy is read as. */
#include "reading.h"

static const char text[] =
	"sereno: 1\n"
	"document: {title: Rules, reviewed: 2026-01-15, review-every: 1y}\n"
	"observe: [root]\n"
	"timezone: Europe/Madrid\n"
	"origins:\n"
	"  office: [10.20.0.0/16, 'fd00:20::/32', seat]\n"
	"  none: []\n"
	"hosts: {databases: [pg-01, 'pg-1*', 'db?.example.org']}\n"
	"services: {elevate: [sudo, su, polkit-1]}\n"
	"times: {working-day: [Mon-Fri 07:00-21:00]}\n"
	"accounts:\n"
	"  min-uid: 500\n"
	"  break-glass: {members: [rescue], from: [serial]}\n"
	"  persons: {ana: [ana, ana-adm]}\n"
	"roles:\n"
	"  zeta:\n"
	"    owner: marta\n"
	"    members: [ana-adm, luis, luis]\n"
	"    members-of: [staff]\n"
	"    except: [pepe]\n"
	"    excludes: [alpha]\n"
	"    until: 2026-12-31\n"
	"    allow:\n"
	"      - {services: [elevate, sshd], from: [office, jobs], hosts: [databases, '*.dmz']}\n"
	"      - services: [su-l]\n"
	"        from: [anywhere, none]\n"
	"        hours: [working-day, Sat 09:00-14:00]\n"
	"        second-factor: required\n"
	"        since: 2026-10-25T02:30\n"
	"        until: 2026-10-25T03:30\n"
	"  alpha:\n"
	"    unattended: yes\n"
	"    members: [bot]\n"
	"    allow:\n"
	"      - {services: [sshd], from: [10.1.0.0/16]}\n"
	"root: {direct-login: [], min-administrators: 3}\n";

static int set_up(void **state)
{
	*state = must_read(text);
	return 0;
}

static int tear_down(void **state)
{
	model_free(*state);
	return 0;
}

static void reads_every_key(void **state)
{
	const struct model *model = *state;
	const struct role *zeta = &model->roles[0];

	assert_string_equal(model->document.title, "Rules");
	assert_null(model->document.owner);
	assert_true(model->document.has_reviewed);
	assert_int_equal(model->document.reviewed.day, 15);
	assert_int_equal(model->document.review_every_sec, 365 * 86400);
	assert_int_equal(model->document.at.line, 2);
	assert_int_equal(model->observe, OBSERVE_ROOT);
	assert_string_equal(model->timezone, "Europe/Madrid");
	assert_int_equal(model->min_uid, 500);
	assert_int_equal(model->break_glass.n, 1);
	assert_int_equal(model->break_glass_from.n, 1);
	assert_int_equal(model->break_glass_from.item[0].kind, FROM_SERIAL);
	assert_int_equal(model->direct_login.n, 0);
	assert_int_equal(model->min_administrators, 3);
	assert_int_equal(model->n_persons, 1);
	assert_string_equal(model->persons[0].accounts.item[1].text, "ana-adm");

	assert_int_equal(model->n_roles, 2);
	assert_string_equal(zeta->name.text, "zeta");
	assert_int_equal(zeta->name.at.line, 16);
	assert_string_equal(zeta->owner.text, "marta");
	assert_int_equal(zeta->members.n, 2); /* luis counts once */
	assert_int_equal(zeta->members_of.n, 1);
	assert_int_equal(zeta->except.n, 1);
	assert_int_equal(zeta->excludes.n, 1);
	assert_false(zeta->unattended);
	assert_true(model->roles[1].unattended);
	assert_null(model->roles[1].owner.text);
}

static void reads_dates_in_the_zone(void **state)
{
	const struct model *model = *state;
	const struct role *zeta = &model->roles[0];

	assert_int_equal(zeta->valid.since, TIME_NO_START);
	assert_int_equal(zeta->valid.until, 1798758000); /* 2027-01-01T00:00+01:00 */
	assert_int_equal(zeta->rules[0].valid.until, TIME_NO_END);
	assert_int_equal(zeta->rules[1].valid.since, 1792891800); /* the second 02:30, +01:00 */
	assert_int_equal(zeta->rules[1].valid.until, 1792895400);
}

static void reads_rules(void **state)
{
	const struct model *model = *state;
	const struct rule *first = &model->roles[0].rules[0], *second = first + 1;

	assert_int_equal(model->roles[0].n_rules, 2);
	assert_int_equal(first->number, 1);
	assert_int_equal(first->at.line, 24);
	assert_int_equal(second->number, 2);
	assert_int_equal(second->at.line, 25);
	assert_int_equal(first->hours.n, 0);
	assert_int_equal(second->hours.n, 2);
	assert_int_equal(second->calendar.n, 6);
	assert_int_equal(second->calendar.span[5].start, 5 * 1440 + 540);
	assert_false(first->second_factor);
	assert_true(second->second_factor);
	assert_int_equal(first->from.item[0].kind, FROM_NAME);
	assert_string_equal(model->origins[first->from.item[0].origin].name.text, "office");
}

static void finds_names(void **state)
{
	const struct model *model = *state;

	assert_int_equal(model_find_role(model, "zeta"), 0);
	assert_int_equal(model_find_role(model, "alpha"), 1);
	assert_int_equal(model_find_role(model, "Alpha"), -1);
	assert_int_equal(model_find_role(model, ""), -1);
	assert_int_equal(model_find_services(model, "elevate"), 0);
	assert_int_equal(model_find_services(model, "sshd"), -1);
	assert_int_equal(model_find_hosts(model, "databases"), 0);
	assert_int_equal(model_find_hosts(model, "office"), -1);
}

static void knows_its_services(void **state)
{
	const struct model *model = *state;
	const struct rule *first = &model->roles[0].rules[0], *second = first + 1;

	assert_true(model_rule_has_service(model, first, "sshd"));
	assert_true(model_rule_has_service(model, first, "sudo"));
	assert_true(model_rule_has_service(model, first, "sudo-i"));
	assert_true(model_rule_has_service(model, first, "su-l"));
	assert_false(model_rule_has_service(model, first, "elevate"));
	assert_false(model_rule_has_service(model, first, "login"));
	assert_true(model_rule_has_service(model, second, "su"));
	assert_false(model_rule_has_service(model, second, "sudo"));
}

static void knows_its_hosts(void **state)
{
	const struct model *model = *state;
	const struct rule *first = &model->roles[0].rules[0], *second = first + 1;

	assert_true(model_rule_has_host(model, first, "pg-01"));
	assert_true(model_rule_has_host(model, first, "PG-01"));
	assert_true(model_rule_has_host(model, first, "pg-17"));
	assert_true(model_rule_has_host(model, first, "pg-1"));
	assert_true(model_rule_has_host(model, first, "pg-01.example.org"));
	assert_true(model_rule_has_host(model, first, "db1.example.org"));
	assert_false(model_rule_has_host(model, first, "db1"));
	assert_false(model_rule_has_host(model, first, "db12.example.org"));
	assert_true(model_rule_has_host(model, first, "gate.dmz"));
	assert_false(model_rule_has_host(model, first, "gate.dmz.example.org"));
	assert_false(model_rule_has_host(model, first, "databases"));
	assert_false(model_rule_has_host(model, first, ""));
	assert_true(model_rule_has_host(model, second, "any"));
}

static bool fits(const struct model *model, const struct from_list *list, const char *from)
{
	struct origin origin;

	assert_int_equal(origin_parse(from, &origin), 0);
	return model_from_fits(model, list, &origin);
}

static void knows_its_origins(void **state)
{
	const struct model *model = *state;
	const struct from_list *first = &model->roles[0].rules[0].from;
	const struct from_list *second = &model->roles[0].rules[1].from;

	assert_true(fits(model, first, "10.20.3.4"));
	assert_true(fits(model, first, "::ffff:10.20.3.4"));
	assert_true(fits(model, first, "fd00:20::1"));
	assert_true(fits(model, first, "seat"));
	assert_true(fits(model, first, "jobs"));
	assert_false(fits(model, first, "serial"));
	assert_false(fits(model, first, "10.21.0.1"));
	assert_false(fits(model, first, "unknown"));
	assert_true(fits(model, second, "unknown"));
	assert_true(fits(model, second, "serial"));
	assert_false(fits(model, &model->direct_login, "seat"));
}

static void sees_overlaps(void **state)
{
	const struct model *model = *state;
	const struct from_list *office_and_jobs = &model->roles[0].rules[0].from;
	const struct from_list *anywhere = &model->roles[0].rules[1].from;
	const struct from_list *elsewhere = &model->roles[1].rules[0].from;
	const struct from_list *serial = &model->break_glass_from;

	assert_true(model_from_overlaps(model, office_and_jobs, office_and_jobs, ORIGINS_ALL));
	assert_true(model_from_overlaps(model, office_and_jobs, anywhere, ORIGINS_ALL));
	assert_true(model_from_overlaps(model, anywhere, elsewhere, ORIGINS_ALL));
	assert_false(model_from_overlaps(model, office_and_jobs, elsewhere, ORIGINS_ALL));
	assert_false(model_from_overlaps(model, office_and_jobs, serial, ORIGINS_ALL));
	assert_false(model_from_overlaps(model, &model->direct_login, anywhere, ORIGINS_ALL));
	assert_true(model_from_overlaps(model, office_and_jobs, anywhere, 1u << ORIGIN_JOBS));
	assert_false(model_from_overlaps(model, office_and_jobs, anywhere, 1u << ORIGIN_SERIAL));
	assert_false(model_from_overlaps(model, anywhere, serial, 1u << ORIGIN_ADDRESS));
	assert_true(model_from_overlaps(model, anywhere, anywhere, 1u << ORIGIN_UNKNOWN));
}

/* What the key table says is the default is what the model has. */
static void left_out_is_the_default(void **state)
{
	struct model *out = must_read("sereno: 1\n");
	struct model *in = must_read(
		"sereno: 1\n"
		"observe: []\n"
		"accounts: {min-uid: 1000, break-glass: {members: [], from: [seat, serial]}}\n"
		"root: {direct-login: [seat, serial], min-administrators: 1}\n");

	(void)state;
	assert_int_equal(out->observe, in->observe);
	assert_int_equal(out->min_uid, in->min_uid);
	assert_int_equal(out->min_administrators, in->min_administrators);
	assert_int_equal(out->break_glass_from.n, 2);
	assert_int_equal(out->direct_login.n, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(out->break_glass_from.item[i].kind,
				 in->break_glass_from.item[i].kind);
		assert_int_equal(out->direct_login.item[i].kind, in->direct_login.item[i].kind);
	}
	assert_null(out->timezone);
	model_free(out);
	model_free(in);
}

static void flattens(void **state)
{
	static const char *const expected[] = {
		"sereno: 1",
		"observe: []",
		"roles.a.members: ana",
		"roles.a.members: luis",
		"roles.a.allow[1].services: sshd",
		"roles.a.allow[1].from: seat",
		"roles.a.allow[2].services: su",
		"roles.a.allow[2].from: seat",
		"roles.b: {}",
	};
	struct model *model = must_read("sereno: 1\nobserve: []\nroles:\n"
					"  a:\n    members: [ana, luis, ana]\n    allow:\n"
					"      - {services: [sshd], from: [seat]}\n"
					"      - {services: [su], from: [seat]}\n"
					"  b: {}\n");
	scoped_free char **lines = NULL;
	size_t n;

	(void)state;
	assert_int_equal(model_flatten(model, &lines, &n), 0);
	model_free(model);
	assert_int_equal(n, ARRAY_SIZE(expected));
	for (size_t i = 0; i < n; i++)
		assert_string_equal(lines[i], expected[i]);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_every_key),
		TEST(reads_dates_in_the_zone),
		TEST(reads_rules),
		TEST(finds_names),
		TEST(knows_its_services),
		TEST(knows_its_hosts),
		TEST(knows_its_origins),
		TEST(sees_overlaps),
		cmocka_unit_test(left_out_is_the_default),
		cmocka_unit_test(flattens),
	};

	return cmocka_run_group_tests_name("what a policy is read as", tests, NULL, NULL);
}
