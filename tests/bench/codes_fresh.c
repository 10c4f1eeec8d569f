/* SPDX-License-Identifier: MIT */
/*
 * codes_fresh.c - one login with a code in a fresh process that has loaded nothing but libpam.
 *
 * codes_fresh ROOT SERVICE USER CODE TIME
 */
#include "codes_arena.h"

int main(int n, char **arguments)
{
	struct arena arena = { .users = 0 };
	struct arena_login login = { .rhost = "198.51.100.7" };
	int length;

	if (n != 6)
		errx(2, "usage: codes_fresh ROOT SERVICE USER CODE TIME");
	length = snprintf(arena.root, sizeof(arena.root), "%s", arguments[1]);
	if (length < 0 || (size_t)length >= sizeof(arena.root))
		errx(2, "%s: too long", arguments[1]);
	arena_join(arena.stacks, &arena, "pam.d");
	while (strcmp(contestants[login.by], arguments[2]) != 0)
		if (++login.by == CONTESTANTS)
			errx(2, "%s?", arguments[2]);
	login.user = arguments[3];
	login.typed = arguments[4];
	pretence->wall = strtoll(arguments[5], NULL, 10);
	return arena_log_in(&arena, &login) != PAM_SUCCESS;
}
