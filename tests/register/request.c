/* SPDX-License-Identifier: MIT */
/* request.c - roles asked for: who may ask, who may answer, and what then holds. */
#include "office.h"

static int ask(const struct office *office, const char *user, const char *role, uint64_t for_sec,
	       uint32_t *ret)
{
	const struct access_request request = { .uid = 1500, .subject = { .user = user } };
	const struct register_person person = { .policy = office->policy, .request = &request };
	const struct request_wish wish = { role, for_sec };
	const struct act act = act_of(user, 0);

	return register_request(office->db, &person, &act, &wish, ret);
}

static int decide_as(const struct office *office, struct act act, uint32_t id,
		     enum register_decision decision)
{
	const struct access_request request = { .uid = 1500, .subject = { .user = act.user } };
	const struct register_person person = { .policy = office->policy, .request = &request };

	return register_decide(office->db, &person, &act, id, decision);
}

static int approve(const struct office *office, const char *user, int64_t after, uint32_t id)
{
	return decide_as(office, act_of(user, after), id, DECISION_APPROVE);
}

static const struct asked {
	const char *name, *user, *role;
	uint64_t for_sec;
	int result;
} askers[] = {
	{ "a holder may ask", "luis", "dba", HOUR, 0 },
	{ "to the longest", "luis", "dba", 4 * HOUR, 0 },
	{ "not longer", "luis", "dba", 4 * HOUR + 1, REFUSED_TOO_LONG },
	{ "nor for ever", "luis", "dba", UINT64_MAX, REFUSED_TOO_LONG },
	{ "not for no time", "luis", "dba", 0, REFUSED_OVER },
	{ "another role's holder", "mar", "dba", HOUR, REFUSED_NOT_ASKER },
	{ "nobody", "bea", "dba", HOUR, REFUSED_NOT_ASKER },
	{ "a role that is not on request", "luis", "auditor", HOUR, REFUSED_NOT_ON_REQUEST },
	{ "no role", "luis", "none", HOUR, REFUSED_NO_ROLE },
	{ "what he may ask for, and his own excludes", "kai", "dba", HOUR, REFUSED_EXCLUDED },
	{ "a program's", "luis", "bots", HOUR, REFUSED_UNATTENDED },
};

static void test_asked(void **state)
{
	const struct asked *row = *state;
	struct office office;
	uint32_t id = 99;

	office_open(&office);
	assert_int_equal(ask(&office, row->user, row->role, row->for_sec, &id), row->result);
	assert_int_equal(id, row->result == 0 ? 1 : 99);
	assert_false(office_holds(&office, row->user, "dba", 0));
	office_close(&office);
}

static const struct answered {
	const char *name, *user;
	int64_t after;
	uid_t uid;
	int result;
} deciders[] = {
	{ "a holder of the approvers' role", "mar", 60, 1500, 0 },
	{ "the asker", "luis", 60, 1500, REFUSED_OWN_REQUEST },
	{ "a colleague who holds the asker's role", "marta", 60, 1500, 0 },
	{ "a holder of no such role", "bea", 60, 1500, REFUSED_NOT_APPROVER },
	{ "root", "mar", 60, 0, REFUSED_NOT_APPROVER },
	{ "too late", "mar", 2 * DAY, 1500, REFUSED_DECIDED },
	{ "in time", "mar", 2 * DAY - 1, 1500, 0 },
};

static void test_decided(void **state)
{
	const struct answered *row = *state;
	struct act act = act_of(row->user, row->after);
	struct decision decision;
	struct office office;
	uint32_t id;

	office_open(&office);
	act.uid = row->uid;
	assert_int_equal(ask(&office, "luis", "dba", HOUR, &id), 0);
	assert_int_equal(decide_as(&office, act, id, DECISION_APPROVE), row->result);
	assert_int_equal(register_decision(office.db, id, &decision), 0);
	assert_int_equal(decision.grant, row->result == 0);
	if (row->result == 0) {
		assert_int_equal(decision.until, OFFICE_NOW + row->after + HOUR);
		assert_true(office_holds(&office, "luis", "dba", row->after + HOUR - 1));
		assert_false(office_holds(&office, "luis", "dba", row->after + HOUR));
	}
	office_close(&office);
}

/* The asker's other account approves for nobody but others. */
static void test_same_person(void **state)
{
	struct office office;
	uint32_t id;

	(void)state;
	office_open(&office);
	assert_int_equal(ask(&office, "ana-adm", "dba", HOUR, &id), 0);
	assert_int_equal(approve(&office, "ana", 60, id), REFUSED_OWN_REQUEST);
	assert_int_equal(approve(&office, "ana-adm", 60, id), REFUSED_OWN_REQUEST);
	office_close(&office);
}

static void test_two_approvers(void **state)
{
	struct decision decision;
	struct office office;
	uint32_t id;

	(void)state;
	office_open(&office);
	assert_int_equal(ask(&office, "luis", "vault", HOUR, &id), 0);
	assert_int_equal(approve(&office, "eva", 60, id), 0);
	assert_int_equal(register_decision(office.db, id, &decision), 0);
	assert_int_equal(decision.approvals, 1);
	assert_int_equal(decision.approvers, 2);
	assert_int_equal(decision.grant, 0);
	assert_false(office_holds(&office, "luis", "vault", 60));
	assert_int_equal(approve(&office, "eva", 61, id), REFUSED_SAID_YES);
	assert_int_equal(approve(&office, "eva-adm", 61, id), REFUSED_SAID_YES);
	assert_int_equal(approve(&office, "mar", 90, id), 0);
	assert_true(office_holds(&office, "luis", "vault", 90));
	assert_int_equal(approve(&office, "tom", 91, id), REFUSED_DECIDED);
	office_close(&office);
}

/* Who approved and has left meanwhile is no second pair of eyes. */
static void test_approver_left(void **state)
{
	const struct departure_wish wish = { "eva", GRANTS_NO_UID, OFFICE_NOW + 70, NULL, 0 };
	const struct act act = act_of("marta", 70);
	struct office office;
	uint32_t id, departure;

	(void)state;
	office_open(&office);
	assert_int_equal(ask(&office, "luis", "vault", HOUR, &id), 0);
	assert_int_equal(approve(&office, "eva", 60, id), 0);
	assert_int_equal(register_departure_begin(office.db, &act, &wish, &departure), 0);
	assert_int_equal(approve(&office, "mar", 90, id), 0);
	assert_false(office_holds(&office, "luis", "vault", 90));
	assert_int_equal(approve(&office, "tom", 91, id), 0);
	assert_true(office_holds(&office, "luis", "vault", 91));
	office_close(&office);
}

/* The policy in force becomes another one, where @from stands @to. */
static void change_policy(struct office *office, const char *from, const char *to)
{
	char text[sizeof(office_text) + 64];
	const char *at = strstr(office_text, from);
	int n;

	assert_non_null(at);
	n = snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - office_text), office_text, to,
		     at + strlen(from));
	assert_in_range(n, 1, sizeof(text) - 1);
	policy_close(office->policy);
	office->policy = NULL;
	office_policy(office, text);
	assert_int_equal(policy_open(office->root, &office->policy), 0);
}

static void test_approver_lost_role(void **state)
{
	struct decision decision;
	struct office office;
	uint32_t id;

	(void)state;
	office_open(&office);
	assert_int_equal(ask(&office, "luis", "vault", HOUR, &id), 0);
	assert_int_equal(approve(&office, "eva", 60, id), 0);
	change_policy(&office, "[mar, eva, eva-adm, tom]", "[mar, tom]");
	assert_int_equal(approve(&office, "mar", 90, id), 0);
	assert_false(office_holds(&office, "luis", "vault", 90));
	assert_int_equal(register_decision(office.db, id, &decision), 0);
	assert_int_equal(decision.approvals, 1);
	assert_int_equal(approve(&office, "tom", 91, id), 0);
	assert_true(office_holds(&office, "luis", "vault", 91));
	office_close(&office);
}

static void test_approver_by_grant(void **state)
{
	const struct grant_wish wish = { "bea", "auditor", OFFICE_NOW, OFFICE_NOW + 80 };
	struct office office;
	uint32_t id, grant;

	(void)state;
	office_open(&office);
	assert_int_equal(office_grant(&office, "marta", 0, &wish, &grant), 0);
	assert_int_equal(ask(&office, "luis", "vault", HOUR, &id), 0);
	assert_int_equal(approve(&office, "bea", 60, id), 0);
	assert_int_equal(approve(&office, "mar", 80, id), 0);
	assert_false(office_holds(&office, "luis", "vault", 80));
	assert_int_equal(approve(&office, "tom", 81, id), 0);
	assert_true(office_holds(&office, "luis", "vault", 81));
	office_close(&office);
}

/* Who said yes, lost the role and has it again says it again. */
static void test_approver_back(void **state)
{
	struct office office;
	uint32_t id;

	(void)state;
	office_open(&office);
	assert_int_equal(ask(&office, "luis", "vault", HOUR, &id), 0);
	assert_int_equal(approve(&office, "eva", 60, id), 0);
	change_policy(&office, "[mar, eva, eva-adm, tom]", "[mar, tom]");
	assert_int_equal(approve(&office, "mar", 90, id), 0);
	change_policy(&office, "[mar, eva, eva-adm, tom]", "[mar, eva]");
	assert_int_equal(approve(&office, "eva", 91, id), 0);
	assert_true(office_holds(&office, "luis", "vault", 91));
	office_close(&office);
}

static void test_asker_lost_role(void **state)
{
	struct office office;
	uint32_t id;

	(void)state;
	office_open(&office);
	assert_int_equal(ask(&office, "luis", "dba", HOUR, &id), 0);
	change_policy(&office, "[luis, ana-adm, marta]", "[ana-adm, marta]");
	assert_int_equal(approve(&office, "mar", 60, id), REFUSED_ASKER_LOST);
	assert_false(office_holds(&office, "luis", "dba", 60));
	assert_int_equal(decide_as(&office, act_of("mar", 61), id, DECISION_DENY), 0);
	office_close(&office);
}

struct asked_about {
	int answer;
	unsigned n;
	char users[2][16];
};

static int answer_for(void *context, const char *user, int64_t now, const struct role_names *roles)
{
	struct asked_about *asked = context;

	assert_int_equal(now, OFFICE_NOW + 90);
	assert_true(roles->n == 1);
	assert_in_range(asked->n, 0, 1);
	(void)snprintf(asked->users[asked->n++], sizeof(asked->users[0]), "%s", user);
	return asked->answer;
}

/* Groups count where the caller can ask about them, and nothing is decided where that fails. */
static void test_others_are_looked_up(void **state)
{
	const struct access_request request = { .uid = 1500, .subject = { .user = "mar" } };
	struct asked_about asked = { .answer = -EIO };
	const struct act act = act_of("mar", 90);
	struct register_person person = { .request = &request,
					  .other_holds = answer_for,
					  .context = &asked };
	struct office office;
	uint32_t id;

	(void)state;
	office_open(&office);
	assert_int_equal(ask(&office, "luis", "vault", HOUR, &id), 0);
	assert_int_equal(approve(&office, "eva", 60, id), 0);
	change_policy(&office, "[mar, eva, eva-adm, tom]", "[mar, tom]");
	person.policy = office.policy;
	assert_int_equal(register_decide(office.db, &person, &act, id, DECISION_APPROVE), -EIO);
	assert_false(office_holds(&office, "luis", "vault", 90));
	asked = (struct asked_about){ .answer = 1 };
	assert_int_equal(register_decide(office.db, &person, &act, id, DECISION_APPROVE), 0);
	assert_int_equal(asked.n, 2);
	assert_string_equal(asked.users[0], "luis");
	assert_string_equal(asked.users[1], "eva");
	assert_true(office_holds(&office, "luis", "vault", 90));
	office_close(&office);
}

static void test_denied(void **state)
{
	struct office office;
	uint32_t id;

	(void)state;
	office_open(&office);
	assert_int_equal(ask(&office, "luis", "dba", HOUR, &id), 0);
	assert_int_equal(decide_as(&office, act_of("mar", 60), id, DECISION_DENY), 0);
	assert_int_equal(approve(&office, "marta", 61, id), REFUSED_DECIDED);
	assert_false(office_holds(&office, "luis", "dba", 61));
	assert_int_equal(approve(&office, "mar", 61, 77), REFUSED_UNKNOWN);
	office_close(&office);
}

static void test_withdrawn(void **state)
{
	const struct act mine = act_of("luis", 60), other = act_of("marta", 60);
	struct office office;
	uint32_t id;

	(void)state;
	office_open(&office);
	assert_int_equal(ask(&office, "luis", "dba", HOUR, &id), 0);
	assert_int_equal(ask(&office, "luis", "dba", HOUR, &id), REFUSED_ALREADY);
	assert_int_equal(register_withdraw(office.db, &other, id), REFUSED_UNKNOWN);
	assert_int_equal(register_withdraw(office.db, &mine, id), 0);
	assert_int_equal(approve(&office, "mar", 61, id), REFUSED_DECIDED);
	assert_int_equal(ask(&office, "luis", "dba", HOUR, &id), 0);
	office_close(&office);
}

static int note_state(void *context, const struct request_row *row)
{
	*(enum request_state *)context = row->state;
	return 0;
}

static void test_void(void **state)
{
	const struct register_query all = { .id = 1 }, open = { .open_at = 1 };
	enum request_state seen = REQUEST_GRANTED;
	const struct act act = act_of("marta", 3600);
	struct office office;
	uint32_t id;

	(void)state;
	office_open(&office);
	assert_int_equal(ask(&office, "luis", "dba", HOUR, &id), 0);
	assert_int_equal(register_void(office.db, &act, 3601), 0);
	assert_int_equal(register_requests(office.db, &open, note_state, &seen), 0);
	assert_int_equal(seen, REQUEST_OPEN);
	assert_int_equal(register_void(office.db, &act, 3600), 0);
	assert_int_equal(register_requests(office.db, &all, note_state, &seen), 0);
	assert_int_equal(seen, REQUEST_VOID);
	office_close(&office);
}

int main(void)
{
	static struct CMUnitTest tests[ARRAY_SIZE(askers) + ARRAY_SIZE(deciders) + 11] = {
		cmocka_unit_test(test_same_person),
		cmocka_unit_test(test_two_approvers),
		cmocka_unit_test(test_approver_left),
		cmocka_unit_test(test_approver_lost_role),
		cmocka_unit_test(test_approver_by_grant),
		cmocka_unit_test(test_approver_back),
		cmocka_unit_test(test_asker_lost_role),
		cmocka_unit_test(test_others_are_looked_up),
		cmocka_unit_test(test_denied),
		cmocka_unit_test(test_withdrawn),
		cmocka_unit_test(test_void),
	};
	size_t n = 11;

	for (size_t i = 0; i < ARRAY_SIZE(askers); i++)
		tests[n++] = (struct CMUnitTest){ .name = askers[i].name,
						  .test_func = test_asked,
						  .initial_state = (void *)(uintptr_t)&askers[i] };
	for (size_t i = 0; i < ARRAY_SIZE(deciders); i++)
		tests[n++] =
			(struct CMUnitTest){ .name = deciders[i].name,
					     .test_func = test_decided,
					     .initial_state = (void *)(uintptr_t)&deciders[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
