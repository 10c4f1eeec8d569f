/* SPDX-License-Identifier: MIT */
/* blocklist.c - building lists of 1 and 10 million leaked passwords, and looking them up. */
#include <err.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/blocklist.h>
#include <sereno/scoped.h>

#include "figure.h"

#define MILLION 1000000U
#define LOOKUPS 20000U

struct place {
	char dir[64], in[96], out[96];
};

/* Odd steps through all 64 bits: different hashes, in order with @step below 2^64 / @n. */
static void write_hashes(const struct place *place, uint64_t n, bool ordered)
{
	scoped_file FILE *file = fopen(place->in, "we");
	const uint64_t step = ordered ? UINT64_MAX / n : 0x9E3779B97F4A7C15U;

	if (!file)
		err(1, "%s", place->in);
	for (uint64_t i = 0; i < n; i++)
		if (fprintf(file, "%016" PRIX64 "0123456789ABCDEF01234567:%u\r\n", i * step,
			    (unsigned)i % 100) < 0)
			err(1, "%s", place->in);
	if (fflush(file) != 0)
		err(1, "%s", place->in);
}

static double build(const struct place *place)
{
	const double start = figure_now_us();
	uint64_t line;
	const int r = blocklist_build(place->in, place->out, 0, NULL, NULL, &line);

	if (r < 0)
		errx(1, "building: %s, line %" PRIu64, strerror(-r), line);
	return (figure_now_us() - start) / 1e6;
}

/* Passwords that are not in the list: what lookups nearly always are. */
static double look_up(const struct place *place)
{
	static double took[LOOKUPS];
	char password[32];

	for (unsigned i = 0; i < LOOKUPS; i++) {
		double start;

		(void)snprintf(password, sizeof(password), "absent-%u", i);
		start = figure_now_us();
		if (blocklist_has(place->out, password) < 0)
			errx(1, "cannot look up");
		took[i] = figure_now_us() - start;
	}
	return figure_median(took, LOOKUPS);
}

static bool measure(const struct place *place, unsigned millions)
{
	char name[64];
	struct stat st;
	double took;

	write_hashes(place, (uint64_t)millions * MILLION, false);
	took = build(place) / millions;
	(void)snprintf(name, sizeof(name), "blocklist-build-unordered-%uM", millions);
	figure_beside(name, took, "s/million");
	write_hashes(place, (uint64_t)millions * MILLION, true);
	took = build(place) / millions;
	(void)snprintf(name, sizeof(name), "blocklist-build-ordered-%uM", millions);
	figure_beside(name, took, "s/million");
	if (stat(place->out, &st) == 0)
		figure_beside("blocklist-size", (double)st.st_size / 1e6, "MB");
	(void)snprintf(name, sizeof(name), "blocklist-lookup-%uM", millions);
	return figure_print(name, look_up(place), "us", 20);
}

int main(void)
{
	struct place place = { .dir = "/tmp/sereno-bench-XXXXXX" };
	bool met;

	if (!mkdtemp(place.dir))
		err(1, "mkdtemp");
	(void)snprintf(place.in, sizeof(place.in), "%s/in", place.dir);
	(void)snprintf(place.out, sizeof(place.out), "%s/out", place.dir);
	met = measure(&place, 1);
	met = measure(&place, 10) && met;
	if (unlink(place.in) < 0 || unlink(place.out) < 0 || rmdir(place.dir) < 0)
		warn("%s stays behind", place.dir);
	return !met;
}
