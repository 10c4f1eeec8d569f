/* SPDX-License-Identifier: MIT */
/* requests.c - tests: roles asked for and given through serenod, and by whom not. Needs root, for
 * several users; without, nothing is tested. */
#include "role_talk.h"

#include <sereno/register.h>

static void asked_and_given(void **state)
{
	struct house *house = *state;
	struct channel_reply reply;

	begin(house);
	assert_int_equal(say(house, &games, wish("ticket"), &reply), CHANNEL_ACCEPTED);
	assert_int_equal(reply.n_requests, 1);
	assert_int_equal(reply.request[0].id, 1);
	assert_true(reply.request[0].mine);
	assert_string_equal(reply.request[0].approver_roles, "auditor");
	assert_int_equal(reply.request[0].void_at, reply.request[0].made + 2 * DAY_SEC);
	assert_event(house, "request.made subject=\"games\" service=\"serenod\" origin=\"unknown\" "
			    "rule=\"dba\" detail=\"request 1\"");
	assert_int_equal(say(house, &man, answer_to(CHANNEL_APPROVE, 1), &reply), CHANNEL_ACCEPTED);
	assert_int_equal(reply.request[0].grant, 1);
	assert_int_equal(reply.request[0].state, CHANNEL_ROLE_GRANTED);
	assert_event(house, "request.approved subject=\"man\" target=\"games\"");
	assert_event(house, "role.granted subject=\"man\" target=\"games\"");
	assert_event(house, "");
	assert_int_equal(say(house, &man, answer_to(CHANNEL_APPROVE, 1), &reply),
			 CHANNEL_NOT_ALLOWED);
	assert_string_equal(reply.why, register_refusal_text(REFUSED_DECIDED));
	assert_event(house, "request.refused subject=\"man\"");
}

static void denied_and_withdrawn(void **state)
{
	struct house *house = *state;
	struct channel_reply reply;

	begin(house);
	assert_int_equal(say(house, &games, wish("one"), &reply), CHANNEL_ACCEPTED);
	assert_int_equal(say(house, &man, answer_to(CHANNEL_WITHDRAW, 1), &reply),
			 CHANNEL_NOT_ALLOWED);
	assert_string_equal(reply.why, register_refusal_text(REFUSED_UNKNOWN));
	drop_events(house);
	assert_int_equal(say(house, &man, answer_to(CHANNEL_DENY, 1), &reply), CHANNEL_ACCEPTED);
	assert_event(house, "request.denied subject=\"man\" target=\"games\"");
	assert_int_equal(say(house, &games, wish("two"), &reply), CHANNEL_ACCEPTED);
	drop_events(house);
	assert_int_equal(say(house, &games, answer_to(CHANNEL_WITHDRAW, 2), &reply),
			 CHANNEL_ACCEPTED);
	assert_event(house, "request.withdrawn subject=\"games\"");
	assert_int_equal(reply.request[0].state, CHANNEL_ROLE_WITHDRAWN);
}

static const struct stranger {
	const char *name;
	struct speaker speaker;
	enum channel_answer answer;
	const char *why;
} strangers[] = {
	{ "himself", { "man", "man", IN_TURN }, CHANNEL_ACCEPTED, "" },
	{ "in another's login",
	  { "man", "games", IN_TURN },
	  CHANNEL_NOT_ALLOWED,
	  "who decides must have logged in as himself, not by su or sudo" },
	{ "in root's login",
	  { "man", "root", IN_TURN },
	  CHANNEL_NOT_ALLOWED,
	  "who decides must have logged in as himself, not by su or sudo" },
	{ "in no login",
	  { "man", NULL, IN_TURN },
	  CHANNEL_NOT_ALLOWED,
	  "the kernel knows no login that this runs in: log in as yourself to decide" },
	{ "without having been answered",
	  { "man", "man", ALONE },
	  CHANNEL_NOT_ALLOWED,
	  "the process that asks is not the one that has connected" },
	{ "another process than has connected",
	  { "man", "man", BY_A_CHILD },
	  CHANNEL_NOT_ALLOWED,
	  "the process that asks is not the one that has connected" },
	{ "who has asked",
	  { "games", "games", IN_TURN },
	  CHANNEL_NOT_ALLOWED,
	  "nobody decides what he has asked for, nor what another account of his own has" },
	{ "who holds no role that approves",
	  { "daemon", "daemon", IN_TURN },
	  CHANNEL_NOT_ALLOWED,
	  "no role held now may decide this" },
};

static void who_decides(void **state)
{
	struct house *house = *state;
	struct channel_reply reply;

	begin(house);
	assert_int_equal(say(house, &games, wish("x"), &reply), CHANNEL_ACCEPTED);
	for (size_t i = ARRAY_SIZE(strangers); i-- > 0;) {
		const struct stranger *row = &strangers[i];
		const enum channel_answer answer =
			say(house, &row->speaker, answer_to(CHANNEL_APPROVE, 1), &reply);

		if (answer != row->answer || strcmp(reply.why, row->why) != 0)
			fail_msg("%s: %d, %s", row->name, (int)answer, reply.why);
	}
}

/* Both wait in the socket before the first is looked at: nobody knows by then who sent them. */
static void before_it_is_heard(void **state)
{
	const struct speaker hasty = { "man", "man", AT_ONCE };
	struct house *house = *state;
	struct channel_reply reply;

	begin(house);
	assert_int_equal(say(house, &games, wish("x"), &reply), CHANNEL_ACCEPTED);
	assert_int_equal(kill(house->daemon, SIGSTOP), 0);
	if (fork() == 0) {
		(void)poll(NULL, 0, 200);
		(void)kill(house->daemon, SIGCONT);
		_exit(0);
	}
	assert_int_equal(say(house, &hasty, answer_to(CHANNEL_APPROVE, 1), &reply),
			 CHANNEL_NOT_ALLOWED);
	(void)wait(NULL);
}

static void open_register(struct house *house, int64_t at, struct register_db **db,
			  struct policy **policy)
{
	assert_int_equal(register_open(house->root, at, db), 0);
	assert_int_equal(policy_open(house->root, policy), 0);
}

/* Requests of @user's, made @at; taken back at once unless @open. */
static void make_requests(struct house *house, unsigned n, int64_t at, bool open)
{
	const struct access_request who = { .uid = uid_of("games"),
					    .subject = { .user = "games" } };
	const struct act act = { "games", who.uid, at, "long ago" };
	const struct request_wish dba = { "dba", 3600 };
	scoped(register_close_p) struct register_db *db = NULL;
	scoped(policy_close_p) struct policy *policy = NULL;
	struct register_person person = { .request = &who };
	uint32_t id = 0;

	open_register(house, at, &db, &policy);
	person.policy = policy;
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(register_request(db, &person, &act, &dba, &id), 0);
		if (!open)
			assert_int_equal(register_withdraw(db, &act, id), 0);
	}
}

static int note_state(void *context, const struct request_row *row)
{
	*(enum request_state *)context = row->state;
	return 0;
}

/* What nobody answered in time is void, and is written down so when somebody looks. */
static void unanswered(void **state)
{
	const struct register_query all = { .id = 1 };
	const struct channel_request everything = { .kind = CHANNEL_REQUESTS, .ended = true };
	struct house *house = *state;
	enum request_state found = REQUEST_OPEN;
	struct channel_reply reply;
	scoped(register_close_p) struct register_db *db = NULL;

	begin(house);
	make_requests(house, 1, time(NULL) - 2 * DAY_SEC, true);
	assert_int_equal(say(house, &man, answer_to(CHANNEL_APPROVE, 1), &reply),
			 CHANNEL_NOT_ALLOWED);
	assert_string_equal(reply.why, register_refusal_text(REFUSED_DECIDED));
	assert_int_equal(say(house, &games, everything, &reply), CHANNEL_ACCEPTED);
	assert_int_equal(reply.n_requests, 1);
	assert_int_equal(reply.request[0].state, CHANNEL_ROLE_VOID);
	assert_int_equal(register_open_reading(house->root, &db), 0);
	assert_int_equal(register_requests(db, &all, note_state, &found), 0);
	assert_int_equal(found, REQUEST_VOID);
}

/* Rows are never removed, so nobody makes as many as he likes. */
static void too_many_a_day(void **state)
{
	struct house *house = *state;
	struct channel_reply reply;

	begin(house);
	make_requests(house, 1, time(NULL) - DAY_SEC - 60, false);
	make_requests(house, 63, time(NULL) - 60, false);
	assert_int_equal(say(house, &games, wish("64th"), &reply), CHANNEL_ACCEPTED);
	assert_int_equal(say(house, &games, answer_to(CHANNEL_WITHDRAW, 65), &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(say(house, &games, wish("65th"), &reply), CHANNEL_NOT_ALLOWED);
	assert_string_equal(reply.why, "too many requests were made in a day");
}

static void page_by_page(void **state)
{
	struct channel_request next = { .kind = CHANNEL_REQUESTS, .ended = true };
	struct house *house = *state;
	struct channel_reply reply;
	uint32_t n = 0;

	begin(house);
	make_requests(house, 9, time(NULL) - 60, false);
	do {
		assert_int_equal(say(house, &man, next, &reply), CHANNEL_ACCEPTED);
		for (uint32_t i = 0; i < reply.n_requests; i++)
			assert_int_equal(reply.request[i].id, ++n);
		next.after = n;
	} while (reply.more);
	assert_int_equal(n, 9);
	next = (struct channel_request){ .kind = CHANNEL_REQUESTS, .ended = true };
	assert_int_equal(say(house, &(struct speaker){ "daemon", "daemon", IN_TURN }, next, &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(reply.n_requests, 0);
}

static void without_a_reason(void **state)
{
	struct channel_request request = wish("");
	struct house *house = *state;
	struct channel_reply reply;

	begin(house);
	assert_int_equal(say(house, &games, request, &reply), CHANNEL_UNKNOWN);
	request = answer_to(CHANNEL_DENY, 1);
	request.reason[0] = '\0';
	assert_int_equal(say(house, &man, request, &reply), CHANNEL_UNKNOWN);
}

static void damaged_register(void **state)
{
	struct house *house = *state;
	struct channel_reply reply;

	begin(house);
	house_file(house, "/var/lib/sereno/register.db", "this is no register at all");
	assert_int_equal(say(house, &games, wish("x"), &reply), CHANNEL_UNAVAILABLE);
	assert_event(house, "state.unusable subject=\"games\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_HOUSE(asked_and_given),  IN_HOUSE(denied_and_withdrawn),
		IN_HOUSE(who_decides),	    IN_HOUSE(before_it_is_heard),
		IN_HOUSE(unanswered),	    IN_HOUSE(too_many_a_day),
		IN_HOUSE(page_by_page),	    IN_HOUSE(without_a_reason),
		IN_HOUSE(damaged_register),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
