/* SPDX-License-Identifier: MIT */
/*
 * guard.c - what counting attempts adds to a login, beside what pam_faillock's pair adds.
 *
 * One login each in turn, many rounds, in this process and in a fresh one; a figure is the
 * difference of medians to a login without either. pam_faillock is measured with the tally file
 * that it leaves behind after a user's first failure. Ours are calls, not a module: what loading
 * one takes is in the peer's figure alone.
 */
#include <spawn.h>
#include <stdint.h>
#include <sys/wait.h>

#include <sereno/attempts.h>

#include "faillock.h"
#include "figure.h"

#define ROUNDS	     3000
#define FRESH_ROUNDS 400
#define ALLOWED	     1.5 /* times what the peer adds */

static const struct attempt_limits limits = { 3, 900, THEN_DELAY, 30, 3600, 50 };

enum contestant { PERMIT, FAILLOCK, GUARD, STRANGER, CONTESTANTS };

static const char *const names[CONTESTANTS] = { "permit", "faillock", "guard", "stranger" };

static struct attempt_subject subject_from(const char *from)
{
	struct attempt_subject subject = { .user = FAILLOCK_USER, .uid = 1, .known = true };

	if (origin_parse(from, &subject.origin) < 0)
		errx(1, "%s", from);
	return subject;
}

static void count(const struct bench_place *place, const struct attempt_subject *subject)
{
	struct attempt_charge charge;
	enum attempt_answer answer;
	struct attempt_clock now;
	uint32_t wait;
	int r;

	r = attempt_clock_now(&now);
	if (r == 0)
		r = attempt_charge(place->root, &limits, subject, &now, &charge, &answer, &wait);
	if (r == 0)
		r = attempt_clock_now(&now);
	if (r == 0)
		r = attempt_settle(place->root, &limits, &charge, ATTEMPT_SUCCEEDED, &now);
	if (r < 0 || answer != ATTEMPT_CHARGED)
		errx(1, "counting: %s", strerror(-r));
}

/* The @round-th login of a stranger comes from where nobody was before. */
static void log_in(const struct bench_place *place, enum contestant who, unsigned round)
{
	struct attempt_subject subject;
	char from[32];

	(void)snprintf(from, sizeof(from), "10.%u.%u.9", round / 256 % 256, round % 256);
	subject = subject_from(who == STRANGER ? from : "198.51.100.7");
	if (who == GUARD || who == STRANGER)
		count(place, &subject);
	if (place_login(place, who == FAILLOCK ? "pair" : "permit") != PAM_SUCCESS)
		errx(1, "%s: refused", names[who]);
}

static void log_in_afresh(char *program, struct bench_place *place, enum contestant who,
			  unsigned round)
{
	char number[16];
	char *const arguments[] = { program, place->root, (char *)(uintptr_t)names[who], number,
				    NULL };
	char *const environment[] = { NULL };
	pid_t pid;
	int status;

	(void)snprintf(number, sizeof(number), "%u", round);
	if (posix_spawn(&pid, "/proc/self/exe", NULL, NULL, arguments, environment) != 0)
		errx(1, "posix_spawn");
	if (waitpid(pid, &status, 0) < 0 || status != 0)
		errx(1, "%s: failed in a fresh process", names[who]);
}

static void time_all(char *program, struct bench_place *place, unsigned rounds, double medians[])
{
	static double samples[CONTESTANTS][ROUNDS];

	for (unsigned round = 0; round < rounds; round++) {
		for (unsigned who = 0; who < CONTESTANTS; who++) {
			const double start = figure_now_us();

			if (program)
				log_in_afresh(program, place, (enum contestant)who, round);
			else
				log_in(place, (enum contestant)who, round);
			samples[who][round] = figure_now_us() - start;
		}
	}
	for (unsigned who = 0; who < CONTESTANTS; who++)
		medians[who] = figure_median(samples[who], rounds);
}

static bool report(const char *where, const double medians[])
{
	const double peer = medians[FAILLOCK] - medians[PERMIT];
	const double ours = medians[GUARD] - medians[PERMIT];
	char name[64];

	for (unsigned who = 0; who < CONTESTANTS; who++) {
		(void)snprintf(name, sizeof(name), "login-%s-%s", where, names[who]);
		figure_beside(name, medians[who], "us");
	}
	(void)snprintf(name, sizeof(name), "guard-adds-%s-stranger", where);
	figure_beside(name, medians[STRANGER] - medians[PERMIT], "us");
	(void)snprintf(name, sizeof(name), "guard-adds-%s", where);
	figure_beside(name, ours, "us");
	(void)snprintf(name, sizeof(name), "faillock-adds-%s", where);
	figure_beside(name, peer, "us");
	(void)snprintf(name, sizeof(name), "guard-to-faillock-%s", where);
	return figure_print(name, ours / peer, "ratio", ALLOWED);
}

/* A failure of long ago, of which pam_faillock keeps the file. */
static void leave_tally(struct bench_place *place)
{
	char path[PATH_SIZE];

	(void)place_login(place, "failed");
	place_join(path, place->tally, FAILLOCK_USER);
	if (access(path, F_OK) < 0)
		err(1, "%s: pam_faillock has counted nothing", path);
}

static enum contestant contestant_of(const char *name)
{
	for (unsigned who = 0; who < CONTESTANTS; who++)
		if (strcmp(names[who], name) == 0)
			return (enum contestant)who;
	errx(2, "%s?", name);
}

/* guard ROOT NAME ROUND: one login, in the fresh process that this is. */
static int be_fresh(char **arguments)
{
	struct bench_place place;
	const int n = snprintf(place.root, sizeof(place.root), "%s", arguments[1]);

	if (n < 0 || (size_t)n >= sizeof(place.root))
		return 1;
	place_join(place.stacks, place.root, "pam.d");
	place_join(place.tally, place.root, "tally");
	log_in(&place, contestant_of(arguments[2]), (unsigned)strtoul(arguments[3], NULL, 10));
	return 0;
}

int main(int n, char **arguments)
{
	struct bench_place place;
	double medians[CONTESTANTS];
	bool met;

	if (n == 4)
		return be_fresh(arguments);
	place_make(&place);
	leave_tally(&place);
	time_all(NULL, &place, ROUNDS, medians);
	met = report("here", medians);
	time_all(arguments[0], &place, FRESH_ROUNDS, medians);
	met = report("fresh", medians) && met;
	place_remove(&place);
	return !met;
}
