/* SPDX-License-Identifier: MIT */
/* connection.c - tests: when a client is answered, and when he is hung up on, by the clock. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include <sereno/scoped.h>

#include "connection.h"

#define START 1000000
#define HOUR  3600000

/* No policy is there: each request that could be looked at is answered as unavailable. */
struct scene {
	int client;
	struct connection connection;
	struct pollfd polled[2];
};

static int set_up(void **state)
{
	const struct caller caller = { .uid = 1, .name = "daemon" };
	struct scene *scene = calloc(1, sizeof(*scene));
	int ends[2];

	assert_non_null(scene);
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
	scene->client = ends[0];
	connection_begin(&scene->connection, "/nonexistent", ends[1], &caller, START);
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	/* whatever it waits for */
	for (unsigned i = 0; i < 3 && scene->connection.stage != STAGE_FREE; i++)
		connection_step(&scene->connection, scene->polled, START + HOUR);
	close_p(&scene->client);
	free(scene);
	return 0;
}

static void step(struct scene *scene, int64_t now)
{
	connection_poll(&scene->connection, scene->polled);
	assert_true(poll(scene->polled, 2, 0) >= 0);
	connection_step(&scene->connection, scene->polled, now);
}

static void say(const struct scene *scene, const struct channel_request *request)
{
	uint8_t bytes[CHANNEL_MESSAGE_MAX];
	const ssize_t n = channel_request_encode(request, bytes);

	assert_true(n > 0);
	assert_int_equal(send(scene->client, bytes, (size_t)n, MSG_NOSIGNAL), n);
}

/* 0: nothing is there; -1: hung up. */
static int heard(const struct scene *scene)
{
	uint8_t bytes[CHANNEL_MESSAGE_MAX];
	struct channel_reply reply;
	const ssize_t n = recv(scene->client, bytes, sizeof(bytes), 0);

	if (n < 0)
		return errno == EAGAIN ? 0 : -1;
	if (n == 0)
		return -1;
	assert_int_equal(channel_reply_decode(bytes, (size_t)n, &reply), 0);
	return (int)reply.answer;
}

static const struct channel_request status = { .kind = CHANNEL_STATUS };

static void refusals_are_held_back(void **state)
{
	struct scene *scene = *state;

	say(scene, &status);
	step(scene, START + 10);
	assert_int_equal(scene->connection.stage, STAGE_HOLD_BACK);
	assert_int_equal(connection_until(&scene->connection), START + 260);
	step(scene, START + 259);
	assert_int_equal(heard(scene), 0);
	step(scene, START + 260);
	assert_int_equal(heard(scene), CHANNEL_UNAVAILABLE);
	assert_int_equal(scene->connection.stage, STAGE_LISTEN);
}

/* Who asks twice waits twice. */
static void one_after_the_other(void **state)
{
	struct scene *scene = *state;

	say(scene, &status);
	say(scene, &status);
	step(scene, START);
	step(scene, START + 250);
	assert_int_equal(heard(scene), CHANNEL_UNAVAILABLE);
	step(scene, START + 251);
	assert_int_equal(scene->connection.stage, STAGE_HOLD_BACK);
	assert_int_equal(connection_until(&scene->connection), START + 501);
}

static void silence_ends(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(connection_until(&scene->connection),
			 START + CHANNEL_CONVERSATION_SEC * 1000);
	step(scene, START + CHANNEL_CONVERSATION_SEC * 1000 - 1);
	assert_int_equal(scene->connection.stage, STAGE_LISTEN);
	step(scene, START + CHANNEL_CONVERSATION_SEC * 1000);
	assert_int_equal(scene->connection.stage, STAGE_FREE);
	assert_int_equal(heard(scene), -1);
}

/* Talking does not prolong it. */
static void talk_ends(void **state)
{
	struct scene *scene = *state;

	say(scene, &status);
	step(scene, START + CHANNEL_CONVERSATION_SEC * 1000 - 1);
	assert_int_equal(scene->connection.stage, STAGE_HOLD_BACK);
	step(scene, START + CHANNEL_CONVERSATION_SEC * 1000 + 249);
	assert_int_equal(heard(scene), CHANNEL_UNAVAILABLE);
	say(scene, &status);
	step(scene, START + CHANNEL_CONVERSATION_SEC * 1000 + 250);
	assert_int_equal(scene->connection.stage, STAGE_FREE);
}

static void eight_requests(void **state)
{
	struct scene *scene = *state;

	for (int64_t i = 0; i < CHANNEL_MESSAGES_MAX; i++) {
		assert_int_equal(scene->connection.stage, STAGE_LISTEN);
		say(scene, &status);
		step(scene, START + i * 1000);
		step(scene, START + i * 1000 + 250);
		assert_int_equal(heard(scene), CHANNEL_UNAVAILABLE);
	}
	assert_int_equal(scene->connection.stage, STAGE_FREE);
	assert_int_equal(heard(scene), -1);
}

/* Else he could ask as fast as he connects. */
static void who_hangs_up_keeps_his_place(void **state)
{
	struct scene *scene = *state;

	say(scene, &status);
	step(scene, START);
	close_p(&scene->client);
	scene->client = -1;
	step(scene, START + 1);
	assert_int_equal(scene->connection.stage, STAGE_HOLD_BACK);
	step(scene, START + 250);
	assert_int_equal(scene->connection.stage, STAGE_FREE);
}

static void who_goes_is_gone(void **state)
{
	struct scene *scene = *state;

	close_p(&scene->client);
	scene->client = -1;
	step(scene, START + 1);
	assert_int_equal(scene->connection.stage, STAGE_FREE);
}

static void nonsense_ends_it(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(send(scene->client, "?", 1, MSG_NOSIGNAL), 1);
	step(scene, START);
	assert_int_equal(heard(scene), CHANNEL_UNKNOWN);
	assert_int_equal(scene->connection.stage, STAGE_FREE);
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCENE(refusals_are_held_back), IN_SCENE(one_after_the_other),
		IN_SCENE(silence_ends),		  IN_SCENE(talk_ends),
		IN_SCENE(eight_requests),	  IN_SCENE(who_hangs_up_keeps_his_place),
		IN_SCENE(who_goes_is_gone),	  IN_SCENE(nonsense_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
