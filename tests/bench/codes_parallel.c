/* SPDX-License-Identifier: MIT */
/*
 * codes_parallel.c - one code typed by many at once, and many users at once, beside the peers.
 *
 * codes_parallel FOLDER: clients are processes that begin at the same moment, before the stack is
 * read, each at an address of his own and with attempts to spare, so that every code is looked at.
 */
#include "codes_crowd.h"
#include "figure.h"

#define ROUNDS	      200
#define USERS	      8
#define FORGOTTEN_SEC 7200 /* after which no failure counts any more */
#define USER_ROUNDS   100

static const char attempts[] = "allow: 20, within: 15m, then: {delay: 30s}, allow-per-user: 100";

static void type_code(struct crowd *crowd, unsigned client, unsigned user)
{
	char name[16];
	struct arena_login login = {
		.by = crowd->by, .user = name, .rhost = "198.51.100.7", .typed = crowd->code[0].text
	};

	arena_name(user, name);
	crowd->in[client] = arena_log_in(crowd->arena, &login) == PAM_SUCCESS;
}

static void as_one_user(struct crowd *crowd, unsigned client)
{
	type_code(crowd, client, 0);
}

static void each_himself(struct crowd *crowd, unsigned client)
{
	type_code(crowd, client, client);
}

/* In how many of the rounds it was not exactly one who got in; in *@ret_none, nobody. */
static unsigned race(const struct arena *arena, enum contestant who, unsigned clients,
		     unsigned *ret_none)
{
	struct crowd *crowd = crowd_new(arena, who, clients, as_one_user);
	unsigned several = 0;

	*ret_none = 0;
	crowd_gather(crowd);
	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned in;

		pretence->wall += FORGOTTEN_SEC;
		crowd->code[0] = arena_show(0);
		crowd_go(crowd);
		in = crowd_count(crowd, crowd->in);
		several += in > 1;
		*ret_none += in == 0;
	}
	crowd_dismiss(crowd);
	return several;
}

static bool race_all(const struct arena *arena, unsigned clients)
{
	bool met = true;

	for (enum contestant who = OATH; who < CONTESTANTS; who++) {
		char several[64], none[64];
		unsigned n_none, n_several;

		n_several = race(arena, who, clients, &n_none);
		(void)snprintf(several, sizeof(several), "one-code-%u-at-once-several-in-%s",
			       clients, contestant_names[who]);
		(void)snprintf(none, sizeof(none), "one-code-%u-at-once-nobody-in-%s", clients,
			       contestant_names[who]);
		if (who == OURS) {
			met = figure_print(several, n_several, "rounds", 0);
			met = figure_print(none, n_none, "rounds", 0) && met;
			continue;
		}
		figure_beside(several, n_several, "rounds");
		figure_beside(none, n_none, "rounds");
	}
	return met;
}

/* Everybody types his code once, which is right, and once more, which it is not any more. */
static bool log_in_all(const struct arena *arena, enum contestant who)
{
	struct crowd *crowd = crowd_new(arena, who, USERS, each_himself);
	unsigned refused = 0, again = 0;
	char name[2][64];

	crowd_gather(crowd);
	for (unsigned round = 0; round < USER_ROUNDS; round++) {
		bool first[CROWD_MAX];

		pretence->wall += STEP_SEC;
		crowd->code[0] = arena_show(0);
		crowd_go(crowd);
		refused += USERS - crowd_count(crowd, crowd->in);
		memcpy(first, crowd->in, sizeof(first));
		crowd_go(crowd);
		for (unsigned i = 0; i < USERS; i++)
			again += first[i] && crowd->in[i];
	}
	crowd_dismiss(crowd);
	(void)snprintf(name[0], sizeof(name[0]), "right-codes-refused-of-%u-%s",
		       USERS * USER_ROUNDS, contestant_names[who]);
	(void)snprintf(name[1], sizeof(name[1]), "codes-good-twice-of-%u-%s", USERS * USER_ROUNDS,
		       contestant_names[who]);
	if (who == OURS) {
		const bool met = figure_print(name[0], refused, "codes", 0);

		return figure_print(name[1], again, "codes", 0) && met;
	}
	figure_beside(name[0], refused, "codes");
	figure_beside(name[1], again, "codes");
	return true;
}

int main(int n, char **arguments)
{
	static const unsigned crowds[] = { 2, 8, CROWD_MAX };
	struct arena arena;
	bool met = true;

	if (n != 2)
		errx(2, "usage: codes_parallel FOLDER");
	pretence_begin();
	arena_make(&arena, arguments[1], MEASURED, attempts);
	for (size_t i = 0; i < ARRAY_SIZE(crowds); i++)
		met = race_all(&arena, crowds[i]) && met;
	for (enum contestant who = OATH; who < CONTESTANTS; who++)
		met = log_in_all(&arena, who) && met;
	arena_remove(&arena);
	return !met;
}
