/* SPDX-License-Identifier: MIT */
/*
 * codes_guesses.c - how many of the wrong codes typed at once are looked at, and whether a stranger
 * can keep the owner out, beside the peers.
 *
 * codes_guesses FOLDER. Looked at is a code of ours when liboath has computed one to compare it
 * with; of google-authenticator when it says that it was invalid; pam_oath looks at all.
 */
#include "codes_crowd.h"
#include "figure.h"

#include <dlfcn.h>
#include <liboath/oath.h>

#define BURSTS	      20
#define ALLOWED	      5
#define OWNER_ROUNDS  20
#define FORGOTTEN_SEC 7200 /* after which no failure counts any more */

static const char attempts[] = "allow: 5, within: 15m, then: {delay: 30s}, allow-per-user: 50";
static const char owner_address[] = "198.51.100.7", stranger_address[] = "203.0.113.9";

/* How often this process had liboath compute a code. */
static unsigned computed;

/* Stands before the one in liboath, which it calls. */
EXPORT int oath_totp_generate2(const char *secret, size_t length, time_t now, unsigned step,
			       time_t start, unsigned digits, int flags, char *code)
{
	__typeof__(oath_totp_generate2) *generate;
	void *symbol = dlsym(RTLD_NEXT, "oath_totp_generate2");

	if (!symbol)
		errx(1, "%s", dlerror());
	memcpy(&generate, &symbol, sizeof(generate)); /* an object pointer in the interface */
	computed++;
	return generate(secret, length, now, step, start, digits, flags, code);
}

static int type_code(const struct arena *arena, enum contestant who, const char *address,
		     const char *typed)
{
	struct arena_login login = { .by = who, .user = "u0", .rhost = address, .typed = typed };

	return arena_log_in(arena, &login);
}

static void guess(struct crowd *crowd, unsigned client)
{
	computed = pretence_refused = 0;
	crowd->in[client] = type_code(crowd->arena, crowd->by, stranger_address,
				      crowd->code[client].text) == PAM_SUCCESS;
	crowd->looked_at[client] = crowd->by == OATH || computed > 0 || pretence_refused > 0;
}

/* The most of a burst that was looked at; in *@ret_in, how often the right code got in after it. */
static unsigned burst(const struct arena *arena, enum contestant who, unsigned *ret_in)
{
	struct crowd *crowd = crowd_new(arena, who, CROWD_MAX, guess);
	unsigned most = 0;

	*ret_in = 0;
	crowd_gather(crowd);
	for (unsigned round = 0; round < BURSTS; round++) {
		unsigned n;

		pretence->wall += FORGOTTEN_SEC;
		for (unsigned i = 0; i < CROWD_MAX; i++)
			crowd->code[i] = arena_show_wrong(i);
		crowd_go(crowd);
		n = crowd_count(crowd, crowd->looked_at);
		most = n > most ? n : most;
		*ret_in +=
			type_code(arena, who, stranger_address, arena_show(0).text) == PAM_SUCCESS;
	}
	crowd_dismiss(crowd);
	return most;
}

static bool burst_all(const struct arena *arena)
{
	bool met = true;

	for (enum contestant who = OATH; who < CONTESTANTS; who++) {
		char name[80];
		unsigned in, looked_at;

		looked_at = burst(arena, who, &in);
		if (looked_at == 0)
			errx(1, "%s: no code was looked at", contestant_names[who]);
		(void)snprintf(name, sizeof(name), "looked-at-of-%u-at-once-%s", CROWD_MAX,
			       contestant_names[who]);
		if (who == OURS)
			met = figure_print(name, looked_at, "codes", ALLOWED);
		else
			figure_beside(name, looked_at, "codes");
		(void)snprintf(name, sizeof(name), "right-code-in-after-%u-bursts-%s", BURSTS,
			       contestant_names[who]);
		if (who == OURS)
			met = figure_print(name, in, "times", 0) && met;
		else
			figure_beside(name, in, "times");
	}
	return met;
}

struct stranger {
	const struct arena *arena;
	enum contestant who;
};

static void try_once(void *context)
{
	const struct stranger *stranger = context;

	if (type_code(stranger->arena, stranger->who, stranger_address, arena_show_wrong(0).text) ==
	    PAM_SUCCESS)
		errx(1, "a wrong code is right");
}

/* How often the owner is refused when a stranger tries once while he types. */
static unsigned disturb(const struct arena *arena, enum contestant who)
{
	struct stranger stranger = { arena, who };
	unsigned refused = 0;

	for (unsigned round = 0; round < OWNER_ROUNDS; round++) {
		struct arena_code code;
		struct arena_login login = { .by = who,
					     .user = "u0",
					     .rhost = owner_address,
					     .typed = code.text,
					     .when_asked = try_once,
					     .context = &stranger };

		pretence->wall += FORGOTTEN_SEC;
		code = arena_show(0);
		refused += arena_log_in(arena, &login) != PAM_SUCCESS;
	}
	return refused;
}

static bool disturb_all(const struct arena *arena)
{
	bool met = true;

	for (enum contestant who = OATH; who < CONTESTANTS; who++) {
		const unsigned refused = disturb(arena, who);
		char name[80];

		(void)snprintf(name, sizeof(name), "owner-refused-of-%u-beside-a-stranger-%s",
			       OWNER_ROUNDS, contestant_names[who]);
		if (who == OURS)
			met = figure_print(name, refused, "times", 0);
		else
			figure_beside(name, refused, "times");
	}
	return met;
}

int main(int n, char **arguments)
{
	struct arena arena;
	bool met;

	if (n != 2)
		errx(2, "usage: codes_guesses FOLDER");
	if (!oath_check_version("2.6.0")) /* also keeps it linked, and ours visible to modules */
		errx(1, "an old liboath");
	pretence_begin();
	arena_make(&arena, arguments[1], MEASURED, attempts);
	met = burst_all(&arena);
	met = disturb_all(&arena) && met;
	arena_remove(&arena);
	return !met;
}
