/* SPDX-License-Identifier: MIT */
/*
 * attempts_faults.c - tests: every call below a charge and its settlement fails, in every place it
 * is made. Never is more checked than allowed; afterwards all works again.
 */
#include "slot_wraps.h"

#include "attempts_play.h"

#define TABLE "var/lib/sereno/attempts/origins"
#define AWAY  "198.51.100.1"

/* Who tries, and what a torn bucket of the table may give him. */
struct client {
	const char *name, *name_torn;
	struct step step;
	unsigned more_if_torn;
};

/* clang-format off */
static const struct client clients[] = {
	{ "at a line", "at a line, torn",       { ANA, .from = "seat" },  0 },
	{ "a stranger", "a stranger, torn",      { ANA, .from = AWAY },    1 },
	{ "root", "root, torn",            { ROOT, .from = "seat" }, 0 },
	{ "root, away", "root, away, torn",      { ROOT, .from = AWAY },   1 },
	{ "without account", "without account, torn", { NOBODY, .from = AWAY }, 1 },
	{ "unlocking", "unlocking, torn",       { ANA, .from = "seat", .class = ATTEMPT_UNLOCK }, 0 },
};
/* clang-format on */

#define TRIES 4

static unsigned descriptors(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 128; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static unsigned fail_often(struct play *play, const struct step *step)
{
	const struct attempt_subject subject = step_subject(step);
	enum attempt_answer answer;
	unsigned granted = 0;
	uint32_t wait;

	for (unsigned i = 0; i < TRIES; i++) {
		if (attempt_charge(play->root, play->limits, &subject, &play->clock,
				   &play->charges[0], &answer, &wait) < 0)
			continue;
		if (answer == ATTEMPT_REFUSED)
			continue;
		granted++;
		(void)attempt_settle(play->root, play->limits, &play->charges[0], ATTEMPT_FAILED,
				     &play->clock);
	}
	return granted;
}

static void start_over(struct scene *scene)
{
	const char *var = scene_path(scene, "var");

	if (access(var, F_OK) == 0)
		assert_int_equal(nftw(var, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

/* One fault somewhere, then none. Returns whether it happened. */
static bool hold(struct scene *scene, const struct client *client, unsigned more)
{
	struct play play = play_begin(scene->root, &delays);
	struct step right[] = { client->step, { 0 } };
	const unsigned before = descriptors();
	unsigned granted;

	granted = fail_often(&play, &client->step);
	disarm();
	granted += fail_often(&play, &client->step);
	if (granted > delays.allow + more)
		fail_msg("%s %u, manner %u, error %d: %u granted", call_names[plan.call], plan.nth,
			 plan.manner, plan.error, granted);
	assert_int_equal(descriptors(), before);
	play.clock.boot_sec += 2000;
	right[0].deed = DEED_RIGHT;
	play_all(&play, right);
	return plan.struck > 0;
}

static void sweep(void **state)
{
	static const int errors[] = { EIO, ENOSPC, EROFS, ENOMEM };
	struct scene *scene = *state;
	const struct client *client = scene->row;
	unsigned faults = 0;
	bool struck;

	for (enum call call = 0; call < CALLS; call++) {
		struck = true;
		for (unsigned n = 1; struck; n++) {
			start_over(scene);
			arm(call, n, n % 2 ? FAIL_ONCE : FAIL_FROM_THEN_ON,
			    errors[n % ARRAY_SIZE(errors)]);
			struck = hold(scene, client, 0);
			faults += struck;
		}
	}
	assert_true(faults > 50); /* they did strike */
}

static void torn(void **state)
{
	struct scene *scene = *state;
	const struct client *client = scene->row;
	bool struck = true;

	for (unsigned n = 1; struck; n++) {
		start_over(scene);
		arm(CALL_PWRITE, n, CUT_SHORT_THEN_FAIL, EIO);
		struck = hold(scene, client, client->more_if_torn);
	}
}

/* Somebody holds the table: strangers are refused in time, the owner at his seat is not. */
static void table_is_held(void **state)
{
	struct scene *scene = *state;
	struct play play = play_begin(scene->root, &delays);
	struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	const struct attempt_subject stranger = step_subject(&clients[1].step);
	const struct step before[] = { WRONG(ANA, AWAY, 1), { 0 } };
	const struct step after[] = { WRONG(ANA, "seat", 1), { 0 } };
	scoped_fd int fd = -1;
	enum attempt_answer answer;
	uint32_t wait;

	play_all(&play, before);
	fd = open(scene_path(scene, TABLE), O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_OFD_SETLK, &range), 0);
	memset(&plan, 0, sizeof(plan));
	assert_int_equal(attempt_charge(play.root, &delays, &stranger, &play.clock,
					&play.charges[0], &answer, &wait),
			 -EBUSY);
	assert_in_range(plan.slept_nsec, 1900000000, 2100000000);
	play_all(&play, after);
}

int main(void)
{
	struct CMUnitTest tests[2 * ARRAY_SIZE(clients) + 1];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(clients); i++) {
		tests[n++] = a_test(clients[i].name, sweep, &clients[i]);
		tests[n++] = a_test(clients[i].name_torn, torn, &clients[i]);
	}
	tests[n++] = a_test("the table is held", table_is_held, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
