/* SPDX-License-Identifier: MIT */
/*
 * codes_refusals.c - how long each kind of refusal takes, beside the peers.
 *
 * codes_refusals FOLDER: whole authentications by PAM, one of each kind in turn, without the delay
 * of libpam, which is some seconds and jittered. The fixed time after the code at which our module
 * answers is in ours: see pam_sereno_otp(8).
 */
#include "codes_arena.h"
#include "figure.h"

#define ROUNDS 31
#define SPREAD 1.1

enum refusal { UNKNOWN, NOT_ENROLLED, WRONG, REPLAYED, THROTTLED, REFUSALS };

static const char *const names[REFUSALS] = { "unknown", "not-enrolled", "wrong", "replayed",
					     "throttled" };

/* Nobody else has to do with the user of each. */
static const char *const users[REFUSALS] = { "nosuchuser", "u15", "u2", "u3", "u4" };

static const char attempts[] = "allow: 5, within: 15m, then: {delay: 30s}, allow-per-user: 50";
static const char address[] = "198.51.100.7";

static int type_code(const struct arena *arena, enum contestant who, enum refusal refusal,
		     const char *typed)
{
	struct arena_login login = {
		.by = who, .user = users[refusal], .rhost = address, .typed = typed
	};

	return arena_log_in(arena, &login);
}

/* What the last round left behind does not count, and the state of each is what its name says. */
static void prepare(const struct arena *arena, enum contestant who)
{
	pretence->wall += 7200;
	if (type_code(arena, who, REPLAYED, arena_show(0).text) != PAM_SUCCESS)
		errx(1, "%s refuses a right code", contestant_names[who]);
	for (unsigned i = 0; i < 5; i++)
		(void)type_code(arena, who, THROTTLED, arena_show_wrong(i).text);
}

static double time_refusal(const struct arena *arena, enum contestant who, enum refusal refusal)
{
	const struct arena_code code =
		refusal == REPLAYED ? arena_show(0) : arena_show_wrong(refusal);
	const double start = figure_now_us();

	if (type_code(arena, who, refusal, code.text) == PAM_SUCCESS)
		errx(1, "%s: %s: let in", contestant_names[who], names[refusal]);
	return figure_now_us() - start;
}

/* The longest median by the shortest. */
static double spread(const struct arena *arena, enum contestant who)
{
	static double samples[REFUSALS][ROUNDS];
	double least = 0, most = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		prepare(arena, who);
		for (enum refusal refusal = 0; refusal < REFUSALS; refusal++)
			samples[refusal][round] = time_refusal(arena, who, refusal);
	}
	for (enum refusal refusal = 0; refusal < REFUSALS; refusal++) {
		const double median = figure_median(samples[refusal], ROUNDS);
		char name[80];

		(void)snprintf(name, sizeof(name), "refusal-%s-%s", names[refusal],
			       contestant_names[who]);
		figure_beside(name, median, "us");
		least = refusal == 0 || median < least ? median : least;
		most = median > most ? median : most;
	}
	return most / least;
}

int main(int n, char **arguments)
{
	struct arena arena;
	bool met;

	if (n != 2)
		errx(2, "usage: codes_refusals FOLDER");
	pretence_begin();
	arena_make(&arena, arguments[1], MEASURED, attempts);
	figure_beside("longest-refusal-by-shortest-pam_oath", spread(&arena, OATH), "times");
	figure_beside("longest-refusal-by-shortest-google-authenticator", spread(&arena, GOOGLE),
		      "times");
	met = figure_print("longest-refusal-by-shortest", spread(&arena, OURS), "times", SPREAD);
	arena_remove(&arena);
	return !met;
}
