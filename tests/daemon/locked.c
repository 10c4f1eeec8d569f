/* SPDX-License-Identifier: MIT */
/* locked.c - tests: somebody keeps the register locked, and serenod serves all the same. Needs
 * root, for several users; without, nothing is tested. */
#include "role_talk.h"

#include <sqlite3.h>

#include <sereno/register.h>

#define BUSY_MSEC   400 /* 250, and what two processes take to start */
#define SERVED_MSEC 150

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
		IN_HOUSE(kept_locked),
		IN_HOUSE(others_are_served),
		IN_HOUSE(locked_for_a_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
