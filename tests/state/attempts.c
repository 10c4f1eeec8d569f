/* SPDX-License-Identifier: MIT */
/* attempts.c - tests: scripts of who tries what, from where, and when, with made-up clocks. */
#include "attempts_play.h"

#define SCRIPT_MAX 40
#define HOME	   "192.0.2.10"
#define OFFICE	   "192.0.2.20"
#define AWAY	   "198.51.100.1"
#define FAR	   "203.0.113.1"
#define COMMA	   ,

struct script {
	const char *name;
	const struct attempt_limits *limits;
	struct step steps[SCRIPT_MAX];
};

/* clang-format off */
static const struct script scripts[] = {
	/* One origin */
	{ "as many as allowed, then a wait", &delays, {
		WRONG(ANA, HOME, 3), REFUSED(ANA, HOME, 30) } },
	{ "the wait runs down", &delays, {
		WRONG(ANA, HOME, 3), PASS(10), REFUSED(ANA, HOME, 20), PASS(19), REFUSED(ANA, HOME, 1), PASS(1),
		WRONG(ANA, HOME, 1) } },
	{ "what is refused does not count", &delays, {
		WRONG(ANA, HOME, 3), REFUSED(ANA, HOME, 30), REFUSED(ANA, HOME, 30), REFUSED(ANA, HOME, 30),
		PASS(30), RIGHT(ANA, HOME) } },
	{ "after a wait one failure doubles it", &delays, {
		WRONG(ANA, HOME, 3), PASS(30), WRONG(ANA, HOME, 1), REFUSED(ANA, HOME, 60), PASS(60),
		WRONG(ANA, HOME, 1), REFUSED(ANA, HOME, 120) } },
	{ "doubling ends where the policy says", &delays, {
		WRONG(ANA, HOME, 3), PASS(30), WRONG(ANA, HOME, 1), PASS(60), WRONG(ANA, HOME, 1), PASS(120),
		WRONG(ANA, HOME, 1), REFUSED(ANA, HOME, 240), PASS(240),
		WRONG(ANA, HOME, 1), REFUSED(ANA, HOME, 240) } },
	{ "a delay that does not grow", &same_delays, {
		WRONG(ANA, HOME, 3), PASS(30), WRONG(ANA, HOME, 1), REFUSED(ANA, HOME, 30), PASS(30),
		WRONG(ANA, HOME, 1), REFUSED(ANA, HOME, 30) } },
	{ "after a wait one at a time", &delays, {
		WRONG(ANA, HOME, 3), PASS(30), OPEN(ANA, HOME, 0), REFUSED(ANA, HOME, 1), FAIL(0),
		REFUSED(ANA, HOME, 60) } },
	{ "a window's length after the wait all is forgotten", &delays, {
		WRONG(ANA, HOME, 3), PASS(30 + 899), WRONG(ANA, HOME, 1), REFUSED(ANA, HOME, 60),
		PASS(60 + 900), WRONG(ANA, HOME, 3), REFUSED(ANA, HOME, 30) } },
	{ "success clears failures", &delays, {
		WRONG(ANA, HOME, 2), RIGHT(ANA, HOME), WRONG(ANA, HOME, 3), REFUSED(ANA, HOME, 30) } },
	{ "success after a wait begins anew", &delays, {
		WRONG(ANA, HOME, 3), PASS(30), RIGHT(ANA, HOME), WRONG(ANA, HOME, 3), REFUSED(ANA, HOME, 30) } },
	{ "failures are counted for the window", &delays, {
		WRONG(ANA, HOME, 2), PASS(899), WRONG(ANA, HOME, 1), REFUSED(ANA, HOME, 30) } },
	{ "and forgotten at most a quarter later", &delays, {
		WRONG(ANA, HOME, 2), PASS(900 + 225), WRONG(ANA, HOME, 2), RIGHT(ANA, HOME) } },
	{ "the window slides", &delays, {
		WRONG(ANA, HOME, 1), PASS(500), WRONG(ANA, HOME, 1), PASS(700), WRONG(ANA, HOME, 1), PASS(100),
		WRONG(ANA, HOME, 1), REFUSED(ANA, HOME, 30) } },
	{ "users are apart", &delays, {
		WRONG(ANA, HOME, 3), REFUSED(ANA, HOME, 30), WRONG(BERTA, HOME, 3), REFUSED(BERTA, HOME, 30) } },
	{ "origins are apart", &delays, {
		WRONG(ANA, HOME, 3), WRONG(ANA, AWAY, 3), REFUSED(ANA, HOME, 30), REFUSED(ANA, AWAY, 30) } },
	{ "lines are apart", &delays, {
		WRONG(ANA, "seat", 3), REFUSED(ANA, "seat", 30), WRONG(ANA, "serial", 3),
		REFUSED(ANA, "serial", 30), RIGHT(ANA, HOME) } },
	{ "what cannot be told is one origin", &delays, {
		WRONG(ANA, "unknown", 3), REFUSED(ANA, "unknown", 30), RIGHT(ANA, "seat") } },
	{ "one IPv6 network of 64 bits is one origin", &delays, {
		WRONG(ANA, "2001:db8:0:1::1", 1), WRONG(ANA, "2001:db8:0:1:ffff::2", 1),
		WRONG(ANA, "2001:db8:0:1:8000::", 1), REFUSED(ANA, "2001:db8:0:1::4", 30),
		WRONG(ANA, "2001:db8:0:2::1", 3), REFUSED(ANA, "2001:db8:0:2::2", 30) } },
	{ "IPv4 in IPv6 is IPv4", &delays, {
		WRONG(ANA, "::ffff:192.0.2.10", 2), WRONG(ANA, HOME, 1), REFUSED(ANA, HOME, 30) } },

	/* Locks */
	{ "a lock ends by itself", &locks, {
		WRONG(ANA, HOME, 3), REFUSED(ANA, HOME, 600), PASS(599), REFUSED(ANA, HOME, 1), PASS(1),
		WRONG(ANA, HOME, 3), REFUSED(ANA, HOME, 600) } },
	{ "a lock until unlocked", &locks_for_good, {
		WRONG(ANA, HOME, 3), REFUSED(ANA, HOME, FOREVER), PASS(100000000), REFUSED(ANA, HOME, FOREVER),
		RIGHT(ANA, AWAY), CLEAR(ANA), WRONG(ANA, HOME, 3), REFUSED(ANA, HOME, FOREVER) } },
	{ "root waits where others are locked", &locks_for_good, {
		WRONG(ROOT, "seat", 3), REFUSED(ROOT, "seat", 30), PASS(30), WRONG(ROOT, "seat", 1),
		REFUSED(ROOT, "seat", 30), PASS(30), RIGHT(ROOT, "seat") } },
	{ "a lock ends when the policy has delays", &delays, {
		LIMITS(&locks_for_good), WRONG(ANA, HOME, 3), REFUSED(ANA, HOME, FOREVER), LIMITS(&delays),
		PASS(301), WRONG(ANA, HOME, 1), REFUSED(ANA, HOME, 60) } },

	/* Open charges */
	{ "no more in flight than allowed", &delays, {
		OPEN(ANA, HOME, 0), OPEN(ANA, HOME, 1), OPEN(ANA, HOME, 2), REFUSED(ANA, HOME, 1),
		FAIL(1), REFUSED(ANA, HOME, 1), FAIL(0), REFUSED(ANA, HOME, 1), FAIL(2), REFUSED(ANA, HOME, 30) } },
	{ "right ones at once do not keep each other out for long", &delays, {
		OPEN(ANA, HOME, 0), OPEN(ANA, HOME, 1), OPEN(ANA, HOME, 2), REFUSED(ANA, HOME, 1),
		SUCCEED(0), OPEN(ANA, HOME, 3), SUCCEED(1), SUCCEED(2), SUCCEED(3), WRONG(ANA, HOME, 3) } },
	{ "success leaves others' open charges", &delays, {
		OPEN(ANA, HOME, 0), OPEN(ANA, HOME, 1), WRONG(ANA, HOME, 1), SUCCEED(0), OPEN(ANA, HOME, 2),
		OPEN(ANA, HOME, 3), REFUSED(ANA, HOME, 1), FAIL(1), FAIL(2), FAIL(3), REFUSED(ANA, HOME, 30) } },
	{ "a charge not settled fails after its time", &delays, {
		OPEN(ANA, HOME, 0), OPEN(ANA, HOME, 1), OPEN(ANA, HOME, 2), PASS(59), REFUSED(ANA, HOME, 1), PASS(1),
		OPEN(ANA, HOME, 3), REFUSED(ANA, HOME, 1) } },
	{ "and makes him wait from when it was made", &locks, {
		OPEN(ANA, HOME, 0), OPEN(ANA, HOME, 1), OPEN(ANA, HOME, 2), PASS(60), REFUSED(ANA, HOME, 540) } },
	{ "success that comes too late takes nothing back", &locks, {
		OPEN(ANA, HOME, 0), WRONG(ANA, HOME, 1), PASS(60), SUCCEED(0), WRONG(ANA, HOME, 1),
		REFUSED(ANA, HOME, 600) } },
	{ "failure that comes too late counts once", &locks, {
		OPEN(ANA, HOME, 0), PASS(70), FAIL(0), FAIL(0), WRONG(ANA, HOME, 1), OPEN(ANA, HOME, 1), FAIL(1),
		REFUSED(ANA, HOME, 600) } },
	{ "a charge is settled once", &delays, {
		OPEN(ANA, HOME, 0), OPEN(ANA, HOME, 1), OPEN(ANA, HOME, 2), SUCCEED(0), SUCCEED(0), SUCCEED(0),
		OPEN(ANA, HOME, 3), REFUSED(ANA, HOME, 1) } },

	/* Known origins and strangers */
	{ "strangers do not keep him out where he comes from", &delays, {
		RIGHT(ANA, HOME), WRONG(ANA, AWAY, 3), WRONG(ANA, FAR, 3), WRONG(ANA, "198.51.100.2", 3),
		WRONG(ANA, "198.51.100.3", 1), REFUSED(ANA, "198.51.100.4", 30),
		WRONG(ANA, HOME, 2), RIGHT(ANA, HOME) } },
	{ "nor at the seat", &delays, {
		WRONG(ANA, AWAY, 3), WRONG(ANA, FAR, 3), WRONG(ANA, "198.51.100.2", 3), WRONG(ANA, "198.51.100.3", 1),
		REFUSED(ANA, "198.51.100.4", 30), WRONG(ANA, "seat", 2), RIGHT(ANA, "seat") } },
	{ "what happens where he comes from does not count for strangers", &delays, {
		RIGHT(ANA, HOME), WRONG(ANA, HOME, 3), WRONG(ANA, "seat", 3), WRONG(ANA, AWAY, 3), WRONG(ANA, FAR, 3),
		WRONG(ANA, "198.51.100.2", 3), WRONG(ANA, "198.51.100.3", 1), REFUSED(ANA, "198.51.100.4", 30) } },
	{ "open charges count in the total", &delays, {
		OPEN(ANA, "198.51.100.1", 1), OPEN(ANA, "198.51.100.2", 2), OPEN(ANA, "198.51.100.3", 3),
		OPEN(ANA, "198.51.100.4", 4), OPEN(ANA, "198.51.100.5", 5), OPEN(ANA, "198.51.100.6", 6),
		OPEN(ANA, "198.51.100.7", 7), OPEN(ANA, "198.51.100.8", 8), OPEN(ANA, "198.51.100.9", 9),
		OPEN(ANA, "198.51.100.10", 10), REFUSED(ANA, "198.51.100.11", 1), SUCCEED(4),
		OPEN(ANA, "198.51.100.12", 11), REFUSED(ANA, "198.51.100.13", 1), OPEN(ANA, "198.51.100.4", 12) } },
	{ "success where he is new takes back its failures alone", &delays, {
		WRONG(ANA, AWAY, 2), WRONG(ANA, FAR, 3), WRONG(ANA, "198.51.100.2", 3), WRONG(ANA, "198.51.100.3", 1),
		RIGHT(ANA, AWAY), WRONG(ANA, "198.51.100.4", 3), REFUSED(ANA, "198.51.100.5", 30) } },
	{ "three origins are known", &delays, {
		RIGHT(ANA, "192.0.2.1"), RIGHT(ANA, "192.0.2.2"), RIGHT(ANA, "192.0.2.3"), RIGHT(ANA, "192.0.2.1"),
		RIGHT(ANA, "192.0.2.4"), /* 2 is forgotten */
		WRONG(ANA, AWAY, 3), WRONG(ANA, FAR, 3), WRONG(ANA, "198.51.100.2", 3), WRONG(ANA, "198.51.100.3", 1),
		REFUSED(ANA, "192.0.2.2", 30), WRONG(ANA, "192.0.2.1", 1), WRONG(ANA, "192.0.2.3", 1),
		WRONG(ANA, "192.0.2.4", 1) } },
	{ "an origin that is forgotten keeps its count", &delays, {
		RIGHT(ANA, "192.0.2.1"), WRONG(ANA, "192.0.2.1", 2), RIGHT(ANA, "192.0.2.2"), RIGHT(ANA, "192.0.2.3"),
		RIGHT(ANA, "192.0.2.4"), WRONG(ANA, "192.0.2.1", 1), REFUSED(ANA, "192.0.2.1", 30) } },
	{ "a charge is settled though its origin became known", &delays, {
		OPEN(ANA, HOME, 0), OPEN(ANA, HOME, 1), SUCCEED(0), FAIL(1), WRONG(ANA, HOME, 2),
		REFUSED(ANA, HOME, 30) } },
	{ "a charge is settled though its origin was forgotten", &delays, {
		RIGHT(ANA, HOME), OPEN(ANA, HOME, 0), RIGHT(ANA, "192.0.2.1"), RIGHT(ANA, "192.0.2.2"),
		RIGHT(ANA, "192.0.2.3"), FAIL(0), WRONG(ANA, HOME, 2), REFUSED(ANA, HOME, 30) } },
	{ "one origin has ten accounts' worth of attempts at all", &delays, {
		WRONG(.user = "a" COMMA .uid = 2001 COMMA .known = true, AWAY, 3),
		WRONG(.user = "b" COMMA .uid = 2002 COMMA .known = true, AWAY, 3),
		WRONG(.user = "c" COMMA .uid = 2003 COMMA .known = true, AWAY, 3),
		WRONG(.user = "d" COMMA .uid = 2004 COMMA .known = true, AWAY, 3),
		WRONG(.user = "e" COMMA .uid = 2005 COMMA .known = true, AWAY, 3),
		WRONG(.user = "f" COMMA .uid = 2006 COMMA .known = true, AWAY, 3),
		WRONG(.user = "g", AWAY, 3), WRONG(.user = "h", AWAY, 3), WRONG(.user = "i", AWAY, 3),
		WRONG(.user = "j", AWAY, 3), REFUSED(BERTA, AWAY, 30), REFUSED(.user = "k", AWAY, 30),
		RIGHT(BERTA, FAR), RIGHT(BERTA, "seat") } },

	/* Names without an account */
	{ "a name without an account is refused as any other", &delays, {
		WRONG(NOBODY, AWAY, 3), REFUSED(NOBODY, AWAY, 30), PASS(30), WRONG(NOBODY, AWAY, 1),
		REFUSED(NOBODY, AWAY, 60) } },
	{ "and not for what another was wrong", &delays, {
		WRONG(NOBODY, AWAY, 3), WRONG(OTHER, AWAY, 3), REFUSED(OTHER, AWAY, 30), WRONG(NOBODY, "seat", 3),
		REFUSED(NOBODY, "seat", 30), WRONG(OTHER, "seat", 3) } },

	/* Unlocking */
	{ "unlocking counts apart", &delays, {
		UNLOCK_WRONG(ANA, 3), UNLOCK_REFUSED(ANA, 30), WRONG(ANA, "seat", 2), RIGHT(ANA, "seat"),
		UNLOCK_REFUSED(ANA, 30), PASS(30), UNLOCK_RIGHT(ANA) } },
	{ "unlocking makes no origin known", &delays, {
		{ .deed = DEED_RIGHT, ANA, .from = HOME, .class = ATTEMPT_UNLOCK },
		WRONG(ANA, AWAY, 3), WRONG(ANA, FAR, 3), WRONG(ANA, "198.51.100.2", 3), WRONG(ANA, "198.51.100.3", 1),
		REFUSED(ANA, HOME, 30) } },

	/* Clocks */
	{ "a wait goes on after a reboot", &locks, {
		WRONG(ANA, HOME, 3), REBOOT(100, 100), REFUSED(ANA, HOME, 500) } },
	{ "so it does where he is known, and for unlocking", &locks, {
		RIGHT(ANA, HOME), WRONG(ANA, HOME, 3), UNLOCK_WRONG(ANA, 3), REBOOT(100, 100),
		REFUSED(ANA, HOME, 500), UNLOCK_REFUSED(ANA, 500) } },
	{ "a wall clock that went back shortens nothing but the time since boot", &locks, {
		WRONG(ANA, HOME, 3), REBOOT(100, -1000000), REFUSED(ANA, HOME, 580) } },
	{ "nor many of them", &locks, {
		WRONG(ANA, HOME, 3), REBOOT(1, -5), REBOOT(1, -5), REFUSED(ANA, HOME, 580) } },
	{ "a wall clock far ahead ends it, and nothing else happens", &locks, {
		WRONG(ANA, HOME, 3), REBOOT(1, 4000000000), WRONG(ANA, HOME, 3), REFUSED(ANA, HOME, 600) } },
	{ "a lock until unlocked survives it all", &locks_for_good, {
		WRONG(ANA, HOME, 3), REBOOT(100, 100), REFUSED(ANA, HOME, FOREVER), REBOOT(1, 4000000000),
		REFUSED(ANA, HOME, FOREVER) } },
	{ "within one boot the wall clock does not count", &locks, {
		WRONG(ANA, HOME, 3), { .deed = DEED_PASS, .wall = 10000 }, REFUSED(ANA, HOME, 600),
		{ .deed = DEED_PASS, .wall = -90000 }, REFUSED(ANA, HOME, 600) } },
	{ "failures are remembered over a reboot", &delays, {
		WRONG(ANA, HOME, 2), REBOOT(100, 100), WRONG(ANA, HOME, 1), REFUSED(ANA, HOME, 30) } },
	{ "open charges have failed after a reboot", &delays, {
		OPEN(ANA, HOME, 0), OPEN(ANA, HOME, 1), REBOOT(100, 100), WRONG(ANA, HOME, 1), REFUSED(ANA, HOME, 30) } },

	/* Unlocking by an administrator */
	{ "clearing forgets waits everywhere", &locks_for_good, {
		RIGHT(ANA, HOME), WRONG(ANA, HOME, 3), WRONG(ANA, AWAY, 3), WRONG(ANA, "seat", 3), UNLOCK_WRONG(ANA, 3),
		CLEAR(ANA), WRONG(ANA, HOME, 2), WRONG(ANA, AWAY, 2), WRONG(ANA, "seat", 2), UNLOCK_WRONG(ANA, 2) } },
	{ "clearing is for one user", &locks, {
		WRONG(ANA, HOME, 3), WRONG(BERTA, HOME, 3), CLEAR(ANA), RIGHT(ANA, HOME), REFUSED(BERTA, HOME, 600) } },
	{ "a charge from before it takes nothing back", &delays, {
		OPEN(ANA, HOME, 0), CLEAR(ANA), OPEN(ANA, HOME, 1), OPEN(ANA, HOME, 2), OPEN(ANA, HOME, 3), SUCCEED(0),
		REFUSED(ANA, HOME, 1) } },
	{ "known origins stay known", &delays, {
		RIGHT(ANA, HOME), CLEAR(ANA), WRONG(ANA, AWAY, 3), WRONG(ANA, FAR, 3), WRONG(ANA, "198.51.100.2", 3),
		WRONG(ANA, "198.51.100.3", 1), REFUSED(ANA, "198.51.100.4", 30), RIGHT(ANA, HOME) } },
};
/* clang-format on */

static void play_script(void **state)
{
	struct scene *scene = *state;
	const struct script *script = scene->row;
	struct play play = play_begin(scene->root, script->limits);

	play_all(&play, script->steps);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(scripts)];

	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++)
		tests[i] = a_test(scripts[i].name, play_script, &scripts[i]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
