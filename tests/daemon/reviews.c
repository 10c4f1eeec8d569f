/* SPDX-License-Identifier: MIT */
/* reviews.c - tests: who owns a role sees its list and signs it through serenod, and who does not.
 * Needs root, for several users; without, nothing is tested. */
#include "role_talk.h"

#include <sereno/register.h>
#include <sereno/reviewer.h>

#define HEX	    "5f3c0a9b1d2e4f605f3c0a9b1d2e4f605f3c0a9b1d2e4f605f3c0a9b1d2e4f60"
#define SERVED_MSEC 150

/* A text of ours and its length; the final NUL of a literal is the first byte of the end mark. */
#define SAYS(said) .text = said, .length = sizeof(said) - 1

/* What draws the lists, as far as serenod sees it. */
struct drawer {
	const char *text;
	size_t length;
	bool echoes; /* what it is asked, before the text */
	bool hangs;
};

static void draw(int fd, const struct drawer *drawer)
{
	struct reviewer_question question;
	struct pollfd gone = { .fd = fd }; /* with serenod */
	char asked[512];
	int n = 0;

	if (read(fd, &question, sizeof(question)) != (ssize_t)sizeof(question))
		_exit(1);
	if (drawer->echoes)
		n = snprintf(asked, sizeof(asked), "%u %s/%s %u %u\n", question.kind,
			     question.owner, question.role, question.as_json, question.columns);
	if (n > 0 && write(fd, asked, (size_t)n) != n)
		_exit(1);
	if (drawer->length > 0 &&
	    write(fd, drawer->text, drawer->length) != (ssize_t)drawer->length)
		_exit(1);
	if (drawer->hangs)
		(void)poll(&gone, 1, 20000);
	_exit(0);
}

static void start_drawer(struct house *house, const struct drawer *drawer)
{
	const int listener = house_listen(house, REVIEWER_SOCKET, SOCK_STREAM);

	house->verifier = fork(); /* nobody asks for a password here */
	assert_true(house->verifier >= 0);
	if (house->verifier == 0) {
		(void)signal(SIGCHLD, SIG_IGN);
		for (;;) {
			const int fd = accept(listener, NULL, NULL);

			if (fd >= 0 && fork() == 0)
				draw(fd, drawer);
			(void)close(fd);
		}
	}
	(void)close(listener);
}

static void open_review(const struct house *house)
{
	const struct act act = { "mail", uid_of("mail"), time(NULL), "" };
	const struct review_part parts[] = { { "dba", "games" }, { "employee", house->name } };
	scoped(register_close_p) struct register_db *db = NULL;
	uint32_t id;

	assert_int_equal(register_open(house->root, act.at, &db), 0);
	assert_int_equal(register_review_open(db, &act, act.at + DAY_SEC, parts, 2, &id), 0);
}

static struct channel_request signature(const char *digest)
{
	struct channel_request request = { .kind = CHANNEL_SIGN };

	set_text(request.role, sizeof(request.role), "dba");
	set_text(request.reason, sizeof(request.reason), digest);
	return request;
}

static int note_signed(void *context, const struct review_row *row)
{
	if (strcmp(row->role, "dba") == 0)
		*(bool *)context = row->signed_by.user && row->signed_by.uid == uid_of("games") &&
				   strcmp(row->signed_by.reason, "sha256:" HEX " users=3") == 0;
	return 0;
}

static bool is_signed(const struct house *house)
{
	const struct register_query all = { 0 };
	scoped(register_close_p) struct register_db *db = NULL;
	bool found = false;

	assert_int_equal(register_open_reading(house->root, &db), 0);
	assert_int_equal(register_reviews(db, &all, note_signed, &found), 0);
	return found;
}

/* clang-format off */
static const struct signing {
	const char *name;
	struct drawer drawer;
	const char *digest;
	enum channel_answer answer;
	const char *event;
} signings[] = {
	{ "the list that was seen", { SAYS(HEX " 3\n\0" "0") }, HEX, CHANNEL_ACCEPTED,
	  "review.signed subject=\"games\" service=\"serenod\" origin=\"unknown\" rule=\"dba\" detail=\"sha256:" HEX " users=3\"" },
	{ "by its first digits", { SAYS(HEX " 3\n\0" "0") }, "5f3c0a9b1d2e4f60", CHANNEL_ACCEPTED,
	  "review.signed subject=\"games\"" },
	{ "too few digits", { SAYS(HEX " 3\n\0" "0") }, "5f3c0a9b1d2e4f6", CHANNEL_NOT_ALLOWED,
	  "review.refused subject=\"games\" service=\"serenod\" origin=\"unknown\" rule=\"dba\" detail=\"the list is another one" },
	{ "another list by now", { SAYS(HEX " 3\n\0" "0") }, "6f3c0a9b1d2e4f60", CHANNEL_NOT_ALLOWED,
	  "review.refused subject=\"games\"" },
	{ "more than a digest", { SAYS(HEX " 3\n\0" "0") }, HEX " 3", CHANNEL_NOT_ALLOWED,
	  "review.refused subject=\"games\"" },
	{ "no digest is drawn", { SAYS("no list at all 5f3c0a9b1d2e4f60\0" "0") }, "no list at all 5", CHANNEL_NOT_ALLOWED,
	  "review.refused subject=\"games\"" },
	{ "cut short", { SAYS(HEX " 3\n") }, HEX, CHANNEL_UNAVAILABLE, "state.unusable subject=\"games\"" },
	{ "nothing", { .length = 0 }, HEX, CHANNEL_UNAVAILABLE, "state.unusable subject=\"games\"" },
	{ "no such role of his", { SAYS(HEX " 3\n\0" "2") }, HEX, CHANNEL_UNAVAILABLE, "state.unusable subject=\"games\"" },
	{ "longer than it can be", { SAYS(HEX HEX " 3\n\0" "0") }, HEX, CHANNEL_UNAVAILABLE, "state.unusable subject=\"games\"" },
};
/* clang-format on */

static void test_signing(void **state)
{
	struct house *house = *state;
	const struct signing *row = house->row;
	struct channel_reply reply;

	begin(house);
	open_review(house);
	start_drawer(house, &row->drawer);
	assert_int_equal(say(house, &games, signature(row->digest), &reply), row->answer);
	assert_event(house, row->event);
	assert_event(house, "");
	assert_int_equal(is_signed(house), row->answer == CHANNEL_ACCEPTED);
}

static const struct stranger {
	const char *name;
	struct speaker speaker;
	const char *why;
} strangers[] = {
	{ "who owns another role",
	  { "daemon", "daemon", IN_TURN },
	  "no open review waits for your signature of this role" },
	{ "in the login of another",
	  { "games", "man", IN_TURN },
	  "who decides must have logged in as himself, not by su or sudo" },
	{ "in no login",
	  { "games", NULL, IN_TURN },
	  "the kernel knows no login that this runs in: log in as yourself to decide" },
	{ "by another process than has connected",
	  { "games", "games", BY_A_CHILD },
	  "the process that asks is not the one that has connected" },
	{ "without having been answered",
	  { "games", "games", ALONE },
	  "the process that asks is not the one that has connected" },
};

/* Nobody draws a list for them: there is nobody who could. */
static void test_strangers(void **state)
{
	struct house *house = *state;
	struct channel_reply reply;

	begin(house);
	open_review(house);
	for (size_t i = 0; i < ARRAY_SIZE(strangers); i++) {
		const struct stranger *row = &strangers[i];

		if (say(house, &row->speaker, signature(HEX), &reply) != CHANNEL_NOT_ALLOWED ||
		    strcmp(reply.why, row->why) != 0)
			fail_msg("%s: %d, %s", row->name, (int)reply.answer, reply.why);
		assert_event(house, "review.refused");
	}
	assert_false(is_signed(house));
}

static void read_all(int fd, char *text, size_t size)
{
	size_t used = 0;
	ssize_t n;

	while ((n = read(fd, text + used, size - 1 - used)) > 0)
		used += (size_t)n;
	assert_int_equal(n, 0);
	text[used] = '\0';
}

/* It is his to read, straight from who draws it, and nothing else. */
static void test_list(void **state)
{
	static const struct drawer drawer = { SAYS("the list\n\0"
						   "0"),
					      .echoes = true };
	struct channel_request request = { .kind = CHANNEL_REVIEW, .columns = 72 };
	struct house *house = *state;
	scoped_fd int fd = -1, list = -1;
	char text[512], wanted[128];
	struct channel_reply reply;

	begin(house);
	open_review(house);
	start_drawer(house, &drawer);
	set_text(request.role, sizeof(request.role), "employee");
	fd = house_open(house);
	assert_int_equal(channel_ask_for_list(fd, &request, &reply, &list), 0);
	assert_int_equal(reply.answer, CHANNEL_ACCEPTED);
	assert_true(list >= 0);
	assert_int_equal(send(list, "x", 1, MSG_NOSIGNAL), -1);
	assert_int_equal(errno, EPIPE);
	read_all(list, text, sizeof(text));
	(void)snprintf(wanted, sizeof(wanted), "1 %s/employee 0 72\nthe list\n", house->name);
	assert_string_equal(text, wanted);
	assert_int_equal(text[strlen(text) + 1], REVIEWER_WHOLE);
}

static void test_no_list(void **state)
{
	const struct channel_request request = { .kind = CHANNEL_REVIEW };
	struct house *house = *state;
	scoped_fd int fd = -1, list = -1;
	struct channel_reply reply;

	begin(house);
	fd = house_open(house);
	assert_int_equal(channel_ask_for_list(fd, &request, &reply, &list), 0);
	assert_int_equal(reply.answer, CHANNEL_NOT_ALLOWED);
	open_review(house);
	assert_int_equal(channel_ask_for_list(fd, &request, &reply, &list), 0);
	assert_int_equal(reply.answer, CHANNEL_UNAVAILABLE);
	assert_int_equal(list, -1);
}

static int64_t msec_now(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A list takes its time, and that of nobody else. */
static void test_slow(void **state)
{
	static const struct drawer drawer = { SAYS(HEX " 3\n"), .hangs = true };
	const struct channel_request status = { .kind = CHANNEL_STATUS }, sign = signature(HEX);
	struct house *house = *state;
	struct channel_reply reply;
	int64_t begun;
	pid_t signing;

	begin(house);
	open_review(house);
	start_drawer(house, &drawer);
	signing = fork();
	if (signing == 0)
		speak(house, &games, &sign, open("/dev/null", O_WRONLY | O_CLOEXEC));
	(void)poll(NULL, 0, 60);
	begun = msec_now();
	assert_int_equal(say(house, &(struct speaker){ "man", "man", ALONE }, status, &reply),
			 CHANNEL_ACCEPTED);
	assert_in_range(msec_now() - begun, 0, SERVED_MSEC);
	(void)kill(signing, SIGKILL);
	(void)waitpid(signing, NULL, 0);
	assert_false(is_signed(house));
}

int main(void)
{
	struct CMUnitTest tests[4 + ARRAY_SIZE(signings)] = {
		IN_HOUSE(test_strangers),
		IN_HOUSE(test_list),
		IN_HOUSE(test_no_list),
		IN_HOUSE(test_slow),
	};

	for (size_t i = 0; i < ARRAY_SIZE(signings); i++)
		tests[4 + i] =
			(struct CMUnitTest){ .name = signings[i].name,
					     .test_func = test_signing,
					     .setup_func = house_set_up,
					     .teardown_func = house_tear_down,
					     .initial_state = (void *)(uintptr_t)&signings[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
