/* SPDX-License-Identifier: MIT */
/* devices.c - tests: devices let in by people who may: who that is, until when, what ends it. */
#include "office.h"

#include <sys/wait.h>

#include <sereno/device_grants.h>
#include <sereno/register_devices.h>

#define ROLES                                                                                   \
	"sereno: 1\n"                                                                           \
	"timezone: UTC\n"                                                                       \
	"accounts: {persons: {ana: [ana, ana-adm]}}\n"                                          \
	"roles:\n"                                                                              \
	"  sysadmin: {members: [ana-adm, marta], allow: [{services: [login], from: [seat]}]}\n" \
	"  head: {members: [eva, marta], allow: [{services: [login], from: [seat]}]}\n"         \
	"  dba:\n"                                                                              \
	"    on-request: {by: [sysadmin], approved-by: [head], at-most: 4h}\n"                  \
	"    allow: [{services: [sshd], from: [seat]}]\n"                                       \
	"approvals: {by-request: 2d}\n"
#define BY_ONE	ROLES "media: {storage: deny, requests: {approved-by: [sysadmin]}}\n"
#define BY_EACH ROLES "media: {storage: deny, requests: {approved-by-each: [head, sysadmin]}}\n"
#define BY_NONE ROLES "media: {storage: deny}\n"

/* Who holds what, beside the policy's: who lost it since. */
static const char *lost;

static int held(void *context, const char *user, uid_t uid, const struct role_names *roles,
		uint64_t *ret)
{
	const struct office *office = context;
	const struct access_request request = { .uid = uid, .subject = { .user = user } };
	uint64_t mask = 0;

	for (size_t i = 0; i < roles->n; i++) {
		struct role_names one = { .n = 1 };
		int r;

		memcpy(one.name[0], roles->name[i], sizeof(one.name[0]));
		r = policy_holds_one(office->policy, &request, OFFICE_NOW, &one);
		if (r < 0)
			return r;
		mask |= r ? UINT64_C(1) << i : 0;
	}
	*ret = lost && strcmp(user, lost) == 0 ? 0 : mask;
	return 0;
}

static void open_with(struct office *office, const char *text)
{
	office_open(office);
	policy_close(office->policy);
	office_policy(office, text);
	assert_int_equal(policy_open(office->root, &office->policy), 0);
	lost = NULL;
}

static struct device_wish stick_for(const char *user, uid_t uid)
{
	return (struct device_wish){
		.device = { .identity = { 1, 2, 3 },
			    .vendor = 0x0951,
			    .product = 0x1666,
			    .kinds = 1u << KIND_STORAGE,
			    .name = "Kingston DataTraveler \xe2\x80\xae\"'",
			    .serial = "60A44C41" },
		.user = user,
		.uid = uid,
		.access = MEDIA_READ_ONLY,
		.for_sec = HOUR,
	};
}

static int approve_wish(struct office *office, struct act act, const struct device_wish *wish,
			uint32_t *ret)
{
	const struct register_approvers approvers = { office->policy, held, office };

	return register_device_approve(office->db, &approvers, &act, wish, ret);
}

static int approve(struct office *office, const char *by, int64_t after)
{
	const struct device_wish wish = stick_for("luis", 1004);
	uint32_t id;

	return approve_wish(office, act_of(by, after), &wish, &id);
}

static int decide(struct office *office, const char *by, int64_t after,
		  enum register_decision decision)
{
	const struct register_approvers approvers = { office->policy, held, office };
	const struct act act = act_of(by, after);

	return register_device_decide(office->db, &approvers, &act, 1, decision);
}

/* What luis gets of the stick at that moment, by what is published. */
static enum media_access given(const struct office *office, int64_t after)
{
	const struct media_subject subject = { .present = true, .user = "luis", .uid = 1004 };
	const struct device_facts facts = { .kinds = 1u << KIND_STORAGE, .identity = { 1, 2, 3 } };
	scoped(policy_close_p) struct policy *policy = NULL;
	scoped(media_free_p) struct media_case *media = NULL;
	struct media_verdict verdict;

	assert_int_equal(policy_open(office->root, &policy), 0);
	assert_int_equal(media_load(policy, office->root, &facts, &media), 0);
	media_judge(media, &facts, &subject, OFFICE_NOW + after, &verdict);
	return verdict.access;
}

static const struct approver {
	const char *name, *by;
	int64_t after;
	uid_t uid;
	struct device_wish wish;
	int result;
} approvers[] = {
	{ "who holds the role", "marta", 60, 1500, { .user = "luis", .uid = 1004 }, 0 },
	{ "who holds another", "eva", 60, 1500, { .user = "luis" }, REFUSED_NOT_APPROVER },
	{ "who holds none", "luis", 60, 1500, { .user = "zoe" }, REFUSED_NOT_APPROVER },
	{ "root", "marta", 60, 0, { .user = "luis" }, REFUSED_NOT_APPROVER },
	{ "for himself", "marta", 60, 1500, { .user = "marta" }, REFUSED_OWN_DEVICE },
	{ "for his other account", "ana-adm", 60, 1500, { .user = "ana" }, REFUSED_OWN_DEVICE },
	{ "for no time",
	  "marta",
	  60,
	  1500,
	  { .user = "luis", .for_sec = UINT64_MAX },
	  REFUSED_FOR_EVER },
	{ "for nobody", "marta", 60, 1500, { .user = "" }, -EINVAL },
	{ "nothing",
	  "marta",
	  60,
	  1500,
	  { .user = "luis", .access = MEDIA_READ_WRITE + 1 },
	  -EINVAL },
};

static void test_approver(void **state)
{
	const struct approver *row = *state;
	struct device_wish wish = stick_for(row->wish.user, row->wish.uid);
	struct act act = act_of(row->by, row->after);
	struct office office;
	uint32_t id = 99;

	open_with(&office, BY_ONE);
	act.uid = row->uid;
	if (row->wish.for_sec)
		wish.for_sec = row->wish.for_sec;
	if (row->wish.access)
		wish.access = row->wish.access;
	assert_int_equal(approve_wish(&office, act, &wish, &id), row->result);
	assert_int_equal(id, row->result == 0 ? 1 : 99);
	assert_int_equal(given(&office, row->after),
			 row->result == 0 ? MEDIA_READ_ONLY : MEDIA_DENY);
	office_close(&office);
}

static void test_ends(void **state)
{
	struct office office;

	(void)state;
	open_with(&office, BY_ONE);
	assert_int_equal(approve(&office, "marta", 60), 0);
	assert_int_equal(given(&office, 60 + HOUR - 1), MEDIA_READ_ONLY);
	assert_int_equal(given(&office, 60 + HOUR), MEDIA_DENY);
	office_close(&office);
}

/* It ended, somebody opened the register, and the clock went back a day. */
static void test_clock_back(void **state)
{
	struct office office;

	(void)state;
	open_with(&office, BY_ONE);
	assert_int_equal(approve(&office, "marta", DAY), 0);
	assert_int_equal(given(&office, DAY), MEDIA_READ_ONLY);
	assert_int_equal(given(&office, 0), MEDIA_DENY);
	register_close(office.db);
	assert_int_equal(register_open(office.root, OFFICE_NOW + DAY + HOUR, &office.db), 0);
	assert_int_equal(given(&office, DAY), MEDIA_DENY);
	assert_int_equal(approve(&office, "ana-adm", 0), REFUSED_OVER);
	assert_int_equal(given(&office, 0), MEDIA_DENY);
	office_close(&office);
}

static void test_each(void **state)
{
	struct office office;

	(void)state;
	open_with(&office, BY_EACH);
	assert_int_equal(approve(&office, "marta", 60), 0);
	assert_int_equal(approve(&office, "marta", 61), REFUSED_SAID_YES);
	assert_int_equal(given(&office, 61), MEDIA_DENY);
	assert_int_equal(decide(&office, "luis", 62, DECISION_APPROVE), REFUSED_OWN_DEVICE);
	assert_int_equal(decide(&office, "ana-adm", 63, DECISION_APPROVE), 0);
	assert_int_equal(given(&office, 63), MEDIA_READ_ONLY);
	assert_int_equal(decide(&office, "eva", 64, DECISION_APPROVE), REFUSED_DECIDED);
	office_close(&office);
}

/* Two of one role are not one of each, whoever of them could stand for two. */
static void test_two_of_one(void **state)
{
	struct office office;

	(void)state;
	open_with(&office, BY_EACH);
	assert_int_equal(approve(&office, "ana-adm", 60), 0);
	lost = "marta";
	assert_int_equal(decide(&office, "marta", 61, DECISION_APPROVE), REFUSED_NOT_APPROVER);
	lost = "ana-adm";
	assert_int_equal(decide(&office, "eva", 62, DECISION_APPROVE), 0);
	assert_int_equal(given(&office, 62), MEDIA_DENY);
	lost = NULL;
	assert_int_equal(decide(&office, "marta", 63, DECISION_APPROVE), 0);
	assert_int_equal(given(&office, 63), MEDIA_READ_ONLY);
	office_close(&office);
}

/* The first one who said yes has left before the second one does. */
static void test_approver_left(void **state)
{
	const struct departure_wish wish = { "eva", GRANTS_NO_UID, OFFICE_NOW + 70, NULL, 0 };
	const struct act act = act_of("marta", 70);
	struct office office;
	uint32_t departure;

	(void)state;
	open_with(&office, BY_EACH);
	assert_int_equal(approve(&office, "eva", 60), 0);
	assert_int_equal(register_departure_begin(office.db, &act, &wish, &departure), 0);
	assert_int_equal(decide(&office, "ana-adm", 90, DECISION_APPROVE), 0);
	assert_int_equal(given(&office, 90), MEDIA_DENY);
	assert_int_equal(decide(&office, "marta", 91, DECISION_APPROVE), 0);
	assert_int_equal(given(&office, 91), MEDIA_READ_ONLY);
	office_close(&office);
}

static int note_request(void *context, const struct device_request_row *row)
{
	*(enum request_state *)context = row->state;
	assert_string_equal(row->device.name, "Kingston DataTraveler \xe2\x80\xae\"'");
	return 0;
}

static enum request_state state_of(const struct office *office)
{
	const struct register_query one = { .id = 1 };
	enum request_state state = REQUEST_VOID;

	assert_int_equal(register_device_requests(office->db, &one, note_request, &state), 0);
	return state;
}

/* Whom it was for leaves: what he was given, and what was still to be approved, is over. */
static void test_leaves(void **state)
{
	const struct departure_wish wish = { "luis", 1004, OFFICE_NOW + 70, NULL, 0 };
	const struct act act = act_of("marta", 70);
	struct office office;
	uint32_t departure;

	(void)state;
	open_with(&office, BY_EACH);
	assert_int_equal(approve(&office, "eva", 60), 0);
	assert_int_equal(register_departure_begin(office.db, &act, &wish, &departure), 0);
	assert_int_equal(state_of(&office), REQUEST_WITHDRAWN);
	assert_int_equal(approve(&office, "ana-adm", 80), REFUSED_DEPARTED);
	office_close(&office);

	open_with(&office, BY_ONE);
	assert_int_equal(approve(&office, "ana-adm", 60), 0);
	assert_int_equal(given(&office, 65), MEDIA_READ_ONLY);
	assert_int_equal(register_departure_begin(office.db, &act, &wish, &departure), 0);
	assert_int_equal(given(&office, 70), MEDIA_DENY);
	assert_int_equal(register_device_revoke_all(office.db, &act, "luis"), 0);
	assert_int_equal(register_device_revoke_all(office.db, &act, "luis"), REFUSED_UNKNOWN);
	assert_int_equal(register_departure_undo(office.db, &act, departure), 0);
	assert_int_equal(given(&office, 70), MEDIA_DENY);
	office_close(&office);
}

static void test_revoked(void **state)
{
	const struct act stranger = act_of("eva", 60), root = act_of("mar", 60);
	struct act his = act_of("luis", 60);
	struct office office;
	struct register_approvers who;

	(void)state;
	open_with(&office, BY_ONE);
	who = (struct register_approvers){ office.policy, held, &office };
	assert_int_equal(approve(&office, "marta", 0), 0);
	assert_int_equal(register_device_revoke(office.db, &who, &stranger, 1),
			 REFUSED_NOT_APPROVER);
	assert_int_equal(register_device_revoke(office.db, &who, &his, 1), REFUSED_NOT_APPROVER);
	his.uid = 1004;
	assert_int_equal(given(&office, 60), MEDIA_READ_ONLY);
	assert_int_equal(register_device_revoke(office.db, &who, &his, 1), 0);
	assert_int_equal(given(&office, 60), MEDIA_DENY);
	assert_int_equal(register_device_revoke(office.db, NULL, &root, 1), REFUSED_UNKNOWN);
	assert_int_equal(approve(&office, "marta", 0), 0);
	assert_int_equal(register_device_revoke(office.db, NULL, &root, 2), 0);
	assert_int_equal(given(&office, 60), MEDIA_DENY);
	office_close(&office);
}

static void test_unanswered(void **state)
{
	const struct act act = act_of("marta", 2 * DAY + 60);
	struct office office;

	(void)state;
	open_with(&office, BY_EACH);
	assert_int_equal(approve(&office, "eva", 60), 0);
	assert_int_equal(decide(&office, "ana-adm", 2 * DAY + 60, DECISION_APPROVE),
			 REFUSED_DECIDED);
	assert_int_equal(register_device_void(office.db, &act, 2 * DAY), 0);
	assert_int_equal(state_of(&office), REQUEST_VOID);
	assert_int_equal(approve(&office, "eva", 2 * DAY + 61), 0);
	assert_int_equal(given(&office, 2 * DAY + 61), MEDIA_DENY);
	office_close(&office);
}

static void test_nobody_approves(void **state)
{
	struct office office;

	(void)state;
	open_with(&office, BY_NONE);
	assert_int_equal(approve(&office, "marta", 60), REFUSED_NO_APPROVERS);
	office_close(&office);
}

/* What a device calls itself was made one line before; nothing else is written down. */
static void test_one_line(void **state)
{
	struct device_wish wish = stick_for("luis", 1004);
	struct office office;
	uint32_t id;

	(void)state;
	open_with(&office, BY_ONE);
	wish.device.name = "two\nlines";
	assert_int_equal(approve_wish(&office, act_of("marta", 0), &wish, &id), -EINVAL);
	wish = stick_for("luis", 1004);
	wish.device.serial = "\033[2J";
	assert_int_equal(approve_wish(&office, act_of("marta", 0), &wish, &id), -EINVAL);
	office_close(&office);
}

static void say_in_a_child(const struct office *shared, const char *by)
{
	struct office office = *shared;
	int r;

	office.db = NULL;
	office.policy = NULL;
	if (policy_open(office.root, &office.policy) < 0 ||
	    register_open(office.root, OFFICE_NOW, &office.db) < 0)
		_exit(99);
	r = approve(&office, by, 60);
	_exit(r < 0 ? 98 : r);
}

/* Two say yes at the same time: one request, two approvals, one grant. */
static void test_at_once(void **state)
{
	static const char *const names[] = { "eva", "ana-adm" };
	const struct register_query all = { .user = NULL };
	enum request_state seen = REQUEST_VOID;
	struct office office;
	int status;

	(void)state;
	open_with(&office, BY_EACH);
	for (size_t i = 0; i < 2; i++) {
		const pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			say_in_a_child(&office, names[i]);
	}
	for (size_t i = 0; i < 2; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(register_device_requests(office.db, &all, note_request, &seen), 0);
	assert_int_equal(seen, REQUEST_GRANTED);
	assert_int_equal(given(&office, 60), MEDIA_READ_ONLY);
	office_close(&office);
}

int main(void)
{
	static const struct CMUnitTest plain[] = {
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_clock_back),
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_two_of_one),
		cmocka_unit_test(test_approver_left),
		cmocka_unit_test(test_leaves),
		cmocka_unit_test(test_revoked),
		cmocka_unit_test(test_unanswered),
		cmocka_unit_test(test_nobody_approves),
		cmocka_unit_test(test_one_line),
		cmocka_unit_test(test_at_once),
	};
	static struct CMUnitTest tests[ARRAY_SIZE(plain) + ARRAY_SIZE(approvers)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		tests[n++] = plain[i];
	for (size_t i = 0; i < ARRAY_SIZE(approvers); i++)
		tests[n++] =
			(struct CMUnitTest){ .name = approvers[i].name,
					     .test_func = test_approver,
					     .initial_state = (void *)(uintptr_t)&approvers[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
