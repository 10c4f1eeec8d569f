/* SPDX-License-Identifier: MIT */
/*
 * sereno_media.c - the program sereno-media: follows who sits where, and what he may have plugged
 * in.
 *
 *   sereno-media [--root=DIR] [--grace=SECONDS]
 *
 * It listens to nobody but logind: who talks to users never has the rights that this has.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sereno/scoped.h>

#include "release.h"
#include "watch.h"

#define ROOT_OPTION  "--root="
#define GRACE_OPTION "--grace="
#define EXIT_USAGE   2

/* Seconds, two digits at most. */
static int read_grace(const char *text, unsigned *ret)
{
	const size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 2 || text[digits] != '\0')
		return -EINVAL;
	*ret = (unsigned)strtoul(text, NULL, 10);
	return 0;
}

static int read_settings(int argc, char **argv, struct watch_settings *ret)
{
	struct watch_settings settings = { "", RELEASE_GRACE_SEC };
	const size_t root = sizeof(ROOT_OPTION) - 1, grace = sizeof(GRACE_OPTION) - 1;

	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], ROOT_OPTION "/", root + 1) == 0)
			settings.root = argv[i] + root;
		else if (strncmp(argv[i], GRACE_OPTION, grace) != 0 ||
			 read_grace(argv[i] + grace, &settings.grace_sec) < 0)
			return -EINVAL;
	}
	*ret = settings;
	return 0;
}

int main(int argc, char **argv)
{
	struct watch_settings settings;
	int r;

	if (read_settings(argc, argv, &settings) < 0) {
		(void)fputs("usage: sereno-media [--root=DIR] [--grace=SECONDS]\n", stderr);
		return EXIT_USAGE;
	}
	r = watch_run(&settings);
	if (r < 0)
		(void)fprintf(stderr, "sereno-media: %s\n", strerror(-r));
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
