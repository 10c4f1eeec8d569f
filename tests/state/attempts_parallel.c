/* SPDX-License-Identifier: MIT */
/*
 * attempts_parallel.c - tests: never more checks than allowed, however many try at once.
 *
 * Clients are processes that wait for one another before they begin. What they were granted and
 * what is being checked at each moment is counted in memory that all of them share.
 */
#include "attempts_play.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define TRIES 3

/* What a client does with what he was granted. */
enum manner {
	FAILS,	  /* settles with failure */
	DIES,	  /* is killed before he settles */
	VARIES,	  /* one or the other */
	IS_RIGHT, /* settles with success */
};

/* Where the clients come from. */
enum spread {
	ONE_PLACE,
	KNOWN_PLACE, /* one that he has come from */
	EVERYWHERE,
};

struct crowd {
	const char *name;
	unsigned clients;
	struct step who;
	enum spread spread;
	enum manner manner;
	unsigned granted; /* expected; 0: as many as it turns out, but no more at a time than
			     allowed */
};

static const struct attempt_limits limits = { 3, 900, THEN_DELAY, 30, 240, 50 };

/* clang-format off */
static const struct crowd crowds[] = {
	{ "1 client is wrong",                  1,   { ANA },    ONE_PLACE,   FAILS,    3 },
	{ "10 clients are wrong",               10,  { ANA },    ONE_PLACE,   FAILS,    3 },
	{ "30 clients are wrong",               30,  { ANA },    ONE_PLACE,   FAILS,    3 },
	{ "100 clients are wrong",              100, { ANA },    ONE_PLACE,   FAILS,    3 },
	{ "100 clients are killed",             100, { ANA },    ONE_PLACE,   DIES,     3 },
	{ "100 clients are wrong or killed",    100, { ANA },    ONE_PLACE,   VARIES,   3 },
	{ "100 clients where he is known",      100, { ANA },    KNOWN_PLACE, VARIES,   3 },
	{ "100 clients as root",                100, { ROOT },   ONE_PLACE,   VARIES,   3 },
	{ "100 clients under no account's name", 100, { NOBODY }, ONE_PLACE,  VARIES,   3 },
	{ "100 clients unlock",                 100, { ANA, .class = ATTEMPT_UNLOCK }, ONE_PLACE, VARIES, 3 },
	{ "100 clients from 100 origins",       100, { ANA },    EVERYWHERE,  FAILS,    50 },
	{ "100 clients killed in 100 origins",  100, { ANA },    EVERYWHERE,  VARIES,   50 },
	{ "10 clients from 10 origins",         10,  { ANA },    EVERYWHERE,  FAILS,    30 },
	{ "30 clients are right",               30,  { ANA },    ONE_PLACE,   IS_RIGHT, 0 },
	{ "30 clients are right where he is known", 30, { ANA }, KNOWN_PLACE, IS_RIGHT, 0 },
};
/* clang-format on */

struct count {
	atomic_uint granted, refused, failed, checking, most;
};

static struct count *count_new(void)
{
	void *page = mmap(NULL, sizeof(struct count), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(page != MAP_FAILED);
	return page;
}

static void note_most(struct count *count, unsigned checking)
{
	unsigned most = atomic_load(&count->most);

	while (checking > most && !atomic_compare_exchange_weak(&count->most, &most, checking))
		;
}

struct client {
	const struct crowd *crowd;
	struct play play;
	struct attempt_subject subject;
	unsigned number;
	struct count *count;
};

static struct client client_of(const struct crowd *crowd, const char *root, unsigned number)
{
	struct client client = {
		.crowd = crowd,
		.play = play_begin(root, &limits),
		.subject = step_subject(&crowd->who),
		.number = number,
	};
	char from[32];

	snprintf(from, sizeof(from), "198.51.100.%u", crowd->spread == EVERYWHERE ? number : 200);
	assert_int_equal(origin_parse(from, &client.subject.origin), 0);
	return client;
}

static void check_password(struct client *client)
{
	note_most(client->count, atomic_fetch_add(&client->count->checking, 1) + 1);
	if (client->crowd->manner == DIES ||
	    (client->crowd->manner == VARIES && client->number % 2 == 0))
		raise(SIGKILL);
	atomic_fetch_sub(&client->count->checking, 1);
}

static void try_once(struct client *client)
{
	const enum attempt_outcome outcome =
		client->crowd->manner == IS_RIGHT ? ATTEMPT_SUCCEEDED : ATTEMPT_FAILED;
	struct attempt_charge *charge = &client->play.charges[0];
	enum attempt_answer answer;
	uint32_t wait;
	int r;

	r = attempt_charge(client->play.root, &limits, &client->subject, &client->play.clock,
			   charge, &answer, &wait);
	if (r < 0) {
		atomic_fetch_add(&client->count->failed, 1);
		return;
	}
	if (answer == ATTEMPT_REFUSED) {
		atomic_fetch_add(&client->count->refused, 1);
		return;
	}
	atomic_fetch_add(&client->count->granted, 1);
	check_password(client);
	r = attempt_settle(client->play.root, &limits, charge, outcome, &client->play.clock);
	if (r < 0)
		atomic_fetch_add(&client->count->failed, 1);
}

static void run_client(struct client *client, int gate)
{
	char byte;

	while (read(gate, &byte, 1) < 0)
		; /* until nobody holds the other end any more */
	for (unsigned i = 0; i < TRIES; i++)
		try_once(client);
	_exit(0);
}

/* All begin at once, when the gate is closed behind the last of them. */
static void run_crowd(const struct crowd *crowd, const char *root, struct count *count)
{
	int gate[2];
	pid_t pid;

	assert_int_equal(pipe(gate), 0);
	for (unsigned i = 0; i < crowd->clients; i++) {
		struct client client = client_of(crowd, root, i + 1);

		client.count = count;
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			close(gate[1]);
			run_client(&client, gate[0]);
		}
	}
	close(gate[0]);
	close(gate[1]);
	for (unsigned i = 0; i < crowd->clients; i++)
		assert_true(wait(NULL) > 0);
}

static void come_from_there(const struct crowd *crowd, const char *root)
{
	struct client client = client_of(crowd, root, 1);
	enum attempt_answer answer;
	uint32_t wait;

	assert_int_equal(attempt_charge(root, &limits, &client.subject, &client.play.clock,
					&client.play.charges[0], &answer, &wait),
			 0);
	assert_int_equal(attempt_settle(root, &limits, &client.play.charges[0], ATTEMPT_SUCCEEDED,
					&client.play.clock),
			 0);
}

static void crowd_is_held(void **state)
{
	struct scene *scene = *state;
	const struct crowd *crowd = scene->row;
	struct count *count = count_new();

	if (crowd->spread == KNOWN_PLACE)
		come_from_there(crowd, scene->root);
	run_crowd(crowd, scene->root, count);
	assert_int_equal(count->failed, 0);
	if (crowd->granted > 0)
		assert_int_equal(count->granted, crowd->granted);
	else
		assert_true(count->granted >= limits.allow && count->most <= limits.allow);
	assert_int_equal(munmap(count, sizeof(*count)), 0);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(crowds)];

	for (size_t i = 0; i < ARRAY_SIZE(crowds); i++)
		tests[i] = a_test(crowds[i].name, crowd_is_held, &crowds[i]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
