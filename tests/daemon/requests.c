/* SPDX-License-Identifier: MIT */
/* requests.c - tests: roles asked for and given through serenod, and by whom not. Needs root, for
 * several users; without, nothing is tested. */
#include "house.h"

#include <grp.h>

#include <sqlite3.h>

#include <sereno/login.h>
#include <sereno/register.h>

#define POLICY                                                                             \
	"  asker: {members: [games, mail], allow: [{services: [sshd], from: [seat]}]}\n"   \
	"  auditor: {members: [man, mail, news, games], allow: [{services: [sshd], from: " \
	"[seat]}]}\n"                                                                      \
	"  dba:\n"                                                                         \
	"    on-request: {by: [asker], approved-by: [auditor], at-most: 4h}\n"             \
	"    allow: [{services: [sshd], from: [seat]}]\n"                                  \
	"approvals: {by-request: 2d}\n"
#define DAY_SEC	    86400
#define BUSY_MSEC   400 /* 250, and what two processes take to start */
#define SERVED_MSEC 60

/* How the messages are sent. */
enum manner {
	IN_TURN,    /* each after the reply to the one before */
	AT_ONCE,    /* without waiting for any */
	BY_A_CHILD, /* the last one by another process than has connected */
	ALONE,	    /* one alone */
};

struct speaker {
	const char *user, *login; /* NULL: in no login */
	enum manner manner;
};

static const struct speaker games = { "games", "games", IN_TURN };
static const struct speaker man = { "man", "man", IN_TURN };

static uid_t uid_of(const char *user)
{
	const struct passwd *entry = getpwnam(user);

	assert_non_null(entry);
	return entry->pw_uid;
}

/* The kernel lets root say it once more where it lets anybody. */
static bool log_in(const char *login)
{
	FILE *file = fopen("/proc/self/loginuid", "we");
	bool good = file && fprintf(file, "%u", login ? uid_of(login) : LOGIN_NONE) > 0;

	if (file)
		good &= fclose(file) == 0;
	return good;
}

static void send_message(int fd, const struct channel_request *request)
{
	uint8_t bytes[CHANNEL_MESSAGE_MAX];
	const ssize_t n = channel_request_encode(request, bytes);

	if (n < 0 || send(fd, bytes, (size_t)n, MSG_NOSIGNAL) != n)
		_exit(2);
}

static void hear_reply(int fd, struct channel_reply *ret)
{
	uint8_t bytes[CHANNEL_MESSAGE_MAX];
	const ssize_t n = recv(fd, bytes, sizeof(bytes), 0);

	if (n <= 0 || channel_reply_decode(bytes, (size_t)n, ret) < 0)
		_exit(3);
}

static void send_by_a_child(int fd, const struct channel_request *request)
{
	const pid_t pid = fork();

	if (pid == 0) {
		send_message(fd, request);
		_exit(0);
	}
	(void)waitpid(pid, NULL, 0);
}

static void converse(int fd, enum manner manner, const struct channel_request *last,
		     struct channel_reply *ret)
{
	const struct channel_request first = { .kind = CHANNEL_REQUESTS };

	if (manner != ALONE)
		send_message(fd, &first);
	if (manner == AT_ONCE)
		send_message(fd, last);
	if (manner != ALONE)
		hear_reply(fd, ret);
	if (manner == BY_A_CHILD)
		send_by_a_child(fd, last);
	else if (manner != AT_ONCE)
		send_message(fd, last);
	hear_reply(fd, ret);
}

static void speak(const struct house *house, const struct speaker *speaker,
		  const struct channel_request *last, int to)
{
	static struct channel_reply reply;
	const struct passwd *entry;
	int fd = -1;

	if (!log_in(speaker->login))
		_exit(77);
	entry = getpwnam(speaker->user); /* in memory that the login's was in, too */
	if (setgroups(0, NULL) < 0 || setresgid(entry->pw_gid, entry->pw_gid, entry->pw_gid) < 0 ||
	    setresuid(entry->pw_uid, entry->pw_uid, entry->pw_uid) < 0 ||
	    channel_open(house->root, &fd) < 0)
		_exit(1);
	converse(fd, speaker->manner, last, &reply);
	_exit(write(to, &reply, sizeof(reply)) == sizeof(reply) ? 0 : 4);
}

/* What serenod answers to the last message, sent by a process of that user's own. */
static enum channel_answer say(const struct house *house, const struct speaker *speaker,
			       struct channel_request last, struct channel_reply *reply)
{
	int ends[2], status = 0;
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		speak(house, speaker, &last, ends[1]);
	(void)close(ends[1]);
	for (size_t used = 0; used < sizeof(*reply);) {
		const ssize_t n = read(ends[0], (char *)reply + used, sizeof(*reply) - used);

		if (n <= 0)
			break;
		used += (size_t)n;
	}
	(void)close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
	return reply->answer;
}

static struct channel_request wish(const char *reason)
{
	struct channel_request request = { .kind = CHANNEL_ASK_ROLE, .for_sec = 3600 };

	set_text(request.role, sizeof(request.role), "dba");
	set_text(request.reason, sizeof(request.reason), reason);
	return request;
}

static struct channel_request answer_to(enum channel_kind kind, uint32_t id)
{
	struct channel_request request = { .kind = kind, .id = id };

	set_text(request.reason, sizeof(request.reason), "a reason");
	return request;
}

static void begin(struct house *house)
{
	if (getuid() != 0)
		skip();
	house_policy(house, POLICY);
	house_start(house);
}

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

static int64_t msec_now(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Somebody keeps the register locked until he is killed, or for @msec. */
static pid_t lock_register(const struct house *house, const char *how, int msec)
{
	int ends[2];
	char path[108], byte;
	sqlite3 *db;
	pid_t pid;

	path_in(house, "/var/lib/sereno/register.db", path);
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (sqlite3_open(path, &db) != SQLITE_OK ||
		    sqlite3_exec(db, how, NULL, NULL, NULL) != SQLITE_OK ||
		    write(ends[1], "", 1) != 1)
			_exit(1);
		(void)poll(NULL, 0, msec);
		_exit(0); /* locks go with it, and nothing was written */
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	(void)close(ends[0]);
	(void)close(ends[1]);
	return pid;
}

static void unlock_register(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}

static const struct locked {
	const char *name, *how;
	enum channel_kind kind;
	enum channel_answer answer;
} locks[] = {
	{ "asked", "BEGIN IMMEDIATE", CHANNEL_ASK_ROLE, CHANNEL_BUSY },
	{ "approved", "BEGIN IMMEDIATE", CHANNEL_APPROVE, CHANNEL_BUSY },
	{ "listed", "BEGIN IMMEDIATE", CHANNEL_REQUESTS, CHANNEL_ACCEPTED },
	{ "listed, by who lets nobody read", "BEGIN EXCLUSIVE", CHANNEL_REQUESTS, CHANNEL_BUSY },
};

/* Whoever keeps it keeps nobody waiting for longer than a moment, and changes nothing. */
static void kept_locked(void **state)
{
	struct house *house = *state;
	struct channel_reply reply;

	begin(house);
	assert_int_equal(say(house, &games, wish("one"), &reply), CHANNEL_ACCEPTED);
	drop_events(house);
	for (size_t i = 0; i < ARRAY_SIZE(locks); i++) {
		const struct locked *row = &locks[i];
		const bool asks = row->kind == CHANNEL_ASK_ROLE;
		const struct speaker alone = { asks ? "mail" : "man", asks ? "mail" : "man",
					       row->kind == CHANNEL_APPROVE ? IN_TURN : ALONE };
		struct channel_request request = asks ? wish("two") : answer_to(row->kind, 1);
		const pid_t keeper = lock_register(house, row->how, 10000);
		const int64_t begun = msec_now();
		enum channel_answer answer;

		if (row->kind == CHANNEL_REQUESTS)
			request = (struct channel_request){ .kind = CHANNEL_REQUESTS };
		answer = say(house, &alone, request, &reply);
		if (answer != row->answer || msec_now() - begun > BUSY_MSEC)
			fail_msg("%s: %d after %d ms", row->name, (int)answer,
				 (int)(msec_now() - begun));
		unlock_register(keeper);
	}
	assert_event(house, "");
	assert_int_equal(say(house, &man, answer_to(CHANNEL_APPROVE, 1), &reply), CHANNEL_ACCEPTED);
}

/* While some wait for the register, others are served at once. */
static void others_are_served(void **state)
{
	const struct channel_request status = { .kind = CHANNEL_STATUS };
	const struct speaker bystander = { "man", "man", ALONE }, mail = { "mail", "mail", ALONE };
	struct house *house = *state;
	const struct channel_request two = wish("two");
	struct channel_reply reply;
	pid_t keeper, waiting[4];
	int64_t begun;

	begin(house);
	assert_int_equal(say(house, &games, wish("one"), &reply), CHANNEL_ACCEPTED);
	keeper = lock_register(house, "BEGIN EXCLUSIVE", 10000);
	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++) {
		waiting[i] = fork();
		if (waiting[i] == 0)
			speak(house, &mail, &two, open("/dev/null", O_WRONLY | O_CLOEXEC));
	}
	(void)poll(NULL, 0, 60);
	begun = msec_now();
	assert_int_equal(say(house, &bystander, status, &reply), CHANNEL_ACCEPTED);
	assert_in_range(msec_now() - begun, 0, SERVED_MSEC);
	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++)
		(void)waitpid(waiting[i], NULL, 0);
	unlock_register(keeper);
}

/* Who keeps it for a moment is waited for. */
static void locked_for_a_moment(void **state)
{
	struct house *house = *state;
	struct channel_reply reply;
	pid_t keeper;

	begin(house);
	assert_int_equal(say(house, &games, wish("one"), &reply), CHANNEL_ACCEPTED);
	keeper = lock_register(house, "BEGIN EXCLUSIVE", 80);
	assert_int_equal(say(house, &man, answer_to(CHANNEL_APPROVE, 1), &reply), CHANNEL_ACCEPTED);
	assert_int_equal(reply.request[0].state, CHANNEL_ROLE_GRANTED);
	unlock_register(keeper);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_HOUSE(asked_and_given),   IN_HOUSE(denied_and_withdrawn),
		IN_HOUSE(who_decides),	     IN_HOUSE(before_it_is_heard),
		IN_HOUSE(unanswered),	     IN_HOUSE(too_many_a_day),
		IN_HOUSE(page_by_page),	     IN_HOUSE(without_a_reason),
		IN_HOUSE(damaged_register),  IN_HOUSE(kept_locked),
		IN_HOUSE(others_are_served), IN_HOUSE(locked_for_a_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
