/* SPDX-License-Identifier: MIT */
/*
 * grants.c - how long a login takes to see what is granted: grants ROOT N.
 *
 * Publishes N grants to as many users, and half of them as departures of others, below ROOT, where
 * /var/lib/sereno must be. Prints medians in microseconds: of opening, asking for one user's grants
 * and whether he has departed; of publishing.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/grants.h>
#include <sereno/scoped.h>

#include "figure.h"

#define ROUNDS	       2000
#define PUBLISH_ROUNDS 5

struct town {
	struct granted *grants;
	struct departure *departures;
	char (*names)[16];
	struct grants_image image;
};

static void build(struct town *town, uint32_t n)
{
	town->grants = calloc(n, sizeof(*town->grants));
	town->departures = calloc(n, sizeof(*town->departures));
	town->names = calloc(n, sizeof(*town->names));
	if (!town->grants || !town->departures || !town->names)
		err(1, "memory");
	for (uint32_t i = 0; i < n; i++) {
		(void)snprintf(town->names[i], sizeof(*town->names), "user%u", i);
		town->grants[i] = (struct granted){
			.user = town->names[i],
			.grant = { .id = i + 1, .role = "dba", .valid = { 0, TIME_NO_END } },
		};
		town->departures[i] = (struct departure){ .id = i + 1, .uid = 100000 + i };
		(void)snprintf(town->departures[i].user, sizeof(town->departures[i].user), "left%u",
			       i);
	}
	town->image = (struct grants_image){
		.facts = { .serial = 1, .published = 1, .n_grants = n, .n_departures = n / 2 },
		.grants = town->grants,
		.departures = town->departures,
	};
}

static double look(const char *root, const struct town *town, uint32_t user)
{
	const double start = figure_now_us();
	scoped(grants_close_p) struct grants *grants = NULL;
	scoped_free struct grant *item = NULL;
	struct departure departure;

	if (grants_open(root, &grants) < 0 || grants_of(grants, town->names[user], &item) != 1 ||
	    grants_departed(grants, town->names[user], 5000, &departure) != 0)
		errx(1, "the grants of %s are not what was published", town->names[user]);
	return figure_now_us() - start;
}

int main(int argc, char *argv[])
{
	const uint32_t n = argc == 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
	double took[ROUNDS], published[PUBLISH_ROUNDS];
	struct town town;

	if (n == 0)
		errx(2, "grants ROOT N");
	build(&town, n);
	for (size_t i = 0; i < PUBLISH_ROUNDS; i++) {
		const double start = figure_now_us();

		if (grants_publish(argv[1], &town.image) < 0)
			errx(1, "cannot publish below %s", argv[1]);
		published[i] = figure_now_us() - start;
	}
	for (uint32_t i = 0; i < ROUNDS; i++)
		took[i] = look(argv[1], &town, i * 7919 % n);
	printf("%.2f %.0f\n", figure_median(took, ROUNDS),
	       figure_median(published, PUBLISH_ROUNDS));
	return 0;
}
