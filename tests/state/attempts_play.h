/* SPDX-License-Identifier: MIT */
/* attempts_play.h - for the tests of attempts: scripts of who tries what, from where, and when. */
#ifndef SERENO_TESTS_ATTEMPTS_PLAY_H
#define SERENO_TESTS_ATTEMPTS_PLAY_H

#include "slot_scene.h"

#include <sereno/attempts.h>

#define FOREVER	    UINT32_MAX
#define MAX_CHARGES 64

/* The people of the scripts. */
#define ANA		.user = "ana", .uid = 1000, .known = true
#define BERTA		.user = "berta", .uid = 1001, .known = true
#define ROOT		.user = "root", .uid = 0, .known = true, .never_locked = true
#define BREAK_GLASS_ANA .user = "ana", .uid = 1000, .known = true, .never_locked = true
#define NOBODY		.user = "nnobody"
#define OTHER		.user = "somebody-else"

enum deed {
	DEED_END,
	DEED_RIGHT,   /* charge, and settle with success */
	DEED_WRONG,   /* charge, and settle with failure */
	DEED_OPEN,    /* charge; @number keeps it */
	DEED_REFUSED, /* try to charge: @wait */
	DEED_SUCCEED, /* settle @number */
	DEED_FAIL,
	DEED_PASS,   /* @seconds go by */
	DEED_REBOOT, /* down for @seconds, of which the wall clock sees @wall */
	DEED_CLEAR,  /* an administrator unlocks */
	DEED_LIMITS, /* another policy from now on */
};

struct step {
	enum deed deed;
	const char *user;
	uid_t uid;
	bool known, never_locked;
	const char *from;
	enum attempt_class class;
	unsigned number, times;
	uint32_t wait;
	int64_t seconds, wall;
	const struct attempt_limits *limits;
};

/* clang-format off */
#define RIGHT(who, where)		{ .deed = DEED_RIGHT, who, .from = where }
#define WRONG(who, where, n)		{ .deed = DEED_WRONG, who, .from = where, .times = n }
#define OPEN(who, where, n)		{ .deed = DEED_OPEN, who, .from = where, .number = n }
#define REFUSED(who, where, sec)	{ .deed = DEED_REFUSED, who, .from = where, .wait = sec }
#define UNLOCK_RIGHT(who)		{ .deed = DEED_RIGHT, who, .from = "seat", .class = ATTEMPT_UNLOCK }
#define UNLOCK_WRONG(who, n)		{ .deed = DEED_WRONG, who, .from = "seat", .class = ATTEMPT_UNLOCK, .times = n }
#define UNLOCK_REFUSED(who, sec)	{ .deed = DEED_REFUSED, who, .from = "seat", .class = ATTEMPT_UNLOCK, .wait = sec }
#define SUCCEED(n)			{ .deed = DEED_SUCCEED, .number = n }
#define FAIL(n)				{ .deed = DEED_FAIL, .number = n }
#define PASS(sec)			{ .deed = DEED_PASS, .seconds = sec }
#define REBOOT(sec, seen)		{ .deed = DEED_REBOOT, .seconds = sec, .wall = seen }
#define CLEAR(who)			{ .deed = DEED_CLEAR, who }
#define LIMITS(which)			{ .deed = DEED_LIMITS, .limits = which }

static const struct attempt_limits delays UNUSED = { 3, 900, THEN_DELAY, 30, 240, 10 };
static const struct attempt_limits same_delays UNUSED = { 3, 900, THEN_DELAY, 30, 30, 10 };
static const struct attempt_limits locks UNUSED = { 3, 900, THEN_LOCK, 600, 0, 10 };
static const struct attempt_limits locks_for_good UNUSED = { 3, 900, THEN_LOCK_UNTIL_UNLOCKED, 0, 0, 10 };
/* clang-format on */

/* One script being played. */
struct play {
	const char *root;
	const struct attempt_limits *limits;
	struct attempt_clock clock;
	struct attempt_charge charges[MAX_CHARGES];
	size_t step;
};

static UNUSED struct play play_begin(const char *root, const struct attempt_limits *limits)
{
	return (struct play){
		.root = root,
		.limits = limits,
		.clock = { .boot_sec = 5000, .wall_sec = 1700000000, .boot_id = { 1 } },
	};
}

static UNUSED struct attempt_subject step_subject(const struct step *step)
{
	struct attempt_subject subject = {
		.user = step->user,
		.uid = step->uid,
		.known = step->known,
		.never_locked = step->never_locked,
		.class = step->class,
	};

	if (step->from)
		assert_int_equal(origin_parse(step->from, &subject.origin), 0);
	return subject;
}

static UNUSED void play_charge(struct play *play, const struct step *step,
			       enum attempt_answer expected, unsigned number)
{
	const struct attempt_subject subject = step_subject(step);
	enum attempt_answer answer;
	uint32_t wait;

	assert_int_equal(attempt_charge(play->root, play->limits, &subject, &play->clock,
					&play->charges[number], &answer, &wait),
			 0);
	if (answer != expected || wait != step->wait)
		fail_msg("step %zu: %s from %s: answer %u, wait %u; expected %u, %u", play->step,
			 step->user, step->from, answer, wait, expected, step->wait);
}

static UNUSED void play_settle(struct play *play, unsigned number, enum attempt_outcome outcome)
{
	assert_int_equal(attempt_settle(play->root, play->limits, &play->charges[number], outcome,
					&play->clock),
			 0);
}

static UNUSED void play_reboot(struct play *play, const struct step *step)
{
	play->clock.boot_id[0]++;
	play->clock.boot_sec = 20;
	play->clock.wall_sec += step->wall;
}

static UNUSED void play_step(struct play *play, const struct step *step)
{
	const unsigned times = step->times > 0 ? step->times : 1;

	switch (step->deed) {
	case DEED_RIGHT:
	case DEED_WRONG:
		for (unsigned i = 0; i < times; i++) {
			play_charge(play, step, ATTEMPT_CHARGED, MAX_CHARGES - 1);
			play_settle(play, MAX_CHARGES - 1,
				    step->deed == DEED_RIGHT ? ATTEMPT_SUCCEEDED : ATTEMPT_FAILED);
		}
		break;
	case DEED_OPEN:
		play_charge(play, step, ATTEMPT_CHARGED, step->number);
		break;
	case DEED_REFUSED:
		play_charge(play, step, ATTEMPT_REFUSED, MAX_CHARGES - 1);
		break;
	case DEED_SUCCEED:
		play_settle(play, step->number, ATTEMPT_SUCCEEDED);
		break;
	case DEED_FAIL:
		play_settle(play, step->number, ATTEMPT_FAILED);
		break;
	case DEED_PASS:
		play->clock.boot_sec += (uint64_t)step->seconds;
		play->clock.wall_sec += step->seconds;
		break;
	case DEED_REBOOT:
		play_reboot(play, step);
		break;
	case DEED_CLEAR:
		assert_int_equal(attempt_clear(play->root, step->uid), 0);
		break;
	case DEED_LIMITS:
		play->limits = step->limits;
		break;
	case DEED_END:
		break;
	}
}

static UNUSED void play_all(struct play *play, const struct step *steps)
{
	for (play->step = 0; steps[play->step].deed != DEED_END; play->step++)
		play_step(play, &steps[play->step]);
}

#endif
