/* SPDX-License-Identifier: MIT */
/*
 * codes_right.c - a right code, beside the peers, and with few and many users.
 *
 * codes_right FOLDER: whole authentications by PAM, pam_start() to pam_end(), one of each in turn,
 * many rounds; each round has a step of its own, each login in it a user who has not used it. State
 * is in FOLDER. What the modules are linked with is loaded in this process before, as
 * libcrypto is in sshd; what stands there as fresh has all that to load.
 */
#include "codes_arena.h"
#include "figure.h"

#include <spawn.h>

#define ROUNDS	     401
#define FRESH_ROUNDS 61
#define BLOCK	     10
#define BLOCKS	     41
#define FEW	     10
#define MANY	     100000
#define TO_GOOGLE    0.5
#define FLAT	     1.1

static const char attempts[] = "allow: 5, within: 15m, then: {delay: 30s}";

/* One of so many users, far apart. */
static unsigned user_of(const struct arena *arena, unsigned round)
{
	return round % MEASURED * (arena->users / MEASURED);
}

static void log_in(const struct arena *arena, enum contestant who, unsigned user)
{
	const struct arena_code code = arena_show(0);
	char name[16];
	struct arena_login login = {
		.by = who, .user = name, .rhost = "198.51.100.7", .typed = code.text
	};
	int r;

	arena_name(user, name);
	r = arena_log_in(arena, &login);
	if (r != PAM_SUCCESS)
		errx(1, "%s: %s refused: %s", contestant_names[who], name, pam_strerror(NULL, r));
}

static double time_login(const struct arena *arena, enum contestant who, unsigned round)
{
	const unsigned user = user_of(arena, round);
	const double start = figure_now_us();

	log_in(arena, who, user);
	return figure_now_us() - start;
}

/* The same in a process of its own, with what it has to load. */
static double time_afresh(const struct arena *arena, enum contestant who, unsigned round)
{
	const struct arena_code code = arena_show(0);
	char program[ARENA_PATH], name[16], wall[32];
	char *const arguments[] = {
		program, (char *)(uintptr_t)arena->root, (char *)(uintptr_t)contestants[who],
		name,	 (char *)(uintptr_t)code.text,	 wall,
		NULL
	};
	char *const environment[] = { NULL };
	double start;
	pid_t pid;
	int status;

	(void)snprintf(program, sizeof(program), "%s/tests/bench/codes_fresh", getenv("O"));
	(void)snprintf(wall, sizeof(wall), "%lld", (long long)pretence->wall);
	arena_name(user_of(arena, round), name);
	start = figure_now_us();
	if (posix_spawn(&pid, program, NULL, NULL, arguments, environment) != 0)
		errx(1, "%s", program);
	if (waitpid(pid, &status, 0) < 0 || status != 0)
		errx(1, "%s: failed in a fresh process", contestant_names[who]);
	return figure_now_us() - start;
}

typedef double time_one(const struct arena *arena, enum contestant who, unsigned round);

static void time_all(const struct arena *arena, time_one *one, unsigned rounds, double medians[])
{
	static double samples[CONTESTANTS][ROUNDS];

	for (unsigned round = 0; round < rounds; round++) {
		pretence->wall += STEP_SEC;
		for (unsigned who = 0; who < CONTESTANTS; who++)
			samples[who][round] = one(arena, (enum contestant)who, round);
	}
	for (unsigned who = 0; who < CONTESTANTS; who++)
		medians[who] = figure_median(samples[who], rounds);
}

static void report(const char *where, const double medians[])
{
	char name[64];

	for (unsigned who = 0; who < CONTESTANTS; who++) {
		(void)snprintf(name, sizeof(name), "right-code-%s-%s", where,
			       contestant_names[who]);
		figure_beside(name, medians[who], "us");
	}
}

/* The first login of a user makes the record of his attempts: once, and not measured. */
static void visit(const struct arena *arena, enum contestant who)
{
	pretence->wall += STEP_SEC;
	for (unsigned round = 0; round < MEASURED; round++)
		(void)time_login(arena, who, round);
}

static bool compare_peers(const struct arena *few)
{
	double medians[CONTESTANTS];

	for (unsigned who = 0; who < CONTESTANTS; who++)
		visit(few, (enum contestant)who);
	time_all(few, time_afresh, FRESH_ROUNDS, medians);
	report("fresh", medians);
	time_all(few, time_login, ROUNDS, medians);
	report("here", medians);
	return figure_print("right-code-to-google-authenticator", medians[OURS] / medians[GOOGLE],
			    "ratio", TO_GOOGLE);
}

static void time_block(const struct arena *arena, enum contestant who, double samples[])
{
	for (unsigned i = 0; i < BLOCK; i++) {
		pretence->wall += STEP_SEC;
		samples[i] = time_login(arena, who, i);
	}
}

/* The median with many users by that with few: blocks of each in turn. */
static double growth(const struct arena *few, const struct arena *many, enum contestant who,
		     unsigned blocks)
{
	static double at_few[BLOCKS * BLOCK], at_many[BLOCKS * BLOCK];
	const size_t n = (size_t)blocks * BLOCK;
	double grown;
	char name[64];

	for (unsigned block = 0; block < blocks; block++) {
		time_block(few, who, at_few + (size_t)block * BLOCK);
		time_block(many, who, at_many + (size_t)block * BLOCK);
	}
	grown = figure_median(at_many, n) / figure_median(at_few, n);
	(void)snprintf(name, sizeof(name), "right-code-%u-users-%s", few->users,
		       contestant_names[who]);
	figure_beside(name, at_few[n / 2], "us"); /* it is sorted now */
	(void)snprintf(name, sizeof(name), "right-code-%u-users-%s", many->users,
		       contestant_names[who]);
	figure_beside(name, at_many[n / 2], "us");
	return grown;
}

int main(int n, char **arguments)
{
	struct arena few, many;
	bool met;

	if (n != 2)
		errx(2, "usage: codes_right FOLDER");
	pretence_begin();
	arena_make(&few, arguments[1], FEW, attempts);
	met = compare_peers(&few);
	arena_make(&many, arguments[1], MANY, attempts);
	visit(&many, OURS);
	met = figure_print("many-users-to-few", growth(&few, &many, OURS, BLOCKS), "times", FLAT) &&
	      met;
	figure_beside("many-users-to-few-pam_oath", growth(&few, &many, OATH, 1), "times");
	arena_remove(&many);
	arena_remove(&few);
	return !met;
}
