/* SPDX-License-Identifier: MIT */
/*
 * groups.c - how long libc takes to list the groups of a user: groups USER EXPECTED ROUNDS.
 *
 * By whatever nsswitch.conf names, in this process, the module loaded before. Prints the median in
 * microseconds; a list of another length than EXPECTED is a failure.
 */
#include <err.h>
#include <grp.h>

#include "figure.h"

#define GROUPS_MAX 4096

static double list_once(const char *user, int expected)
{
	static gid_t groups[GROUPS_MAX];
	const double start = figure_now_us();
	int n = GROUPS_MAX, r;
	double took;

	r = getgrouplist(user, 12345, groups, &n);
	took = figure_now_us() - start;
	if (r != expected)
		errx(1, "%s is in %d groups, not in %d", user, r, expected);
	return took;
}

int main(int argc, char *argv[])
{
	const size_t rounds = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	double *took = calloc(rounds + 1, sizeof(*took));
	int expected;

	if (rounds == 0 || !took)
		errx(2, "groups USER EXPECTED ROUNDS");
	expected = (int)strtol(argv[2], NULL, 10);
	(void)list_once(argv[1], expected);
	for (size_t i = 0; i < rounds; i++)
		took[i] = list_once(argv[1], expected);
	printf("%.2f\n", figure_median(took, rounds));
	free(took);
	return 0;
}
