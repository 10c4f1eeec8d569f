/* SPDX-License-Identifier: MIT */
/* figure.h - for benches: time pairs of things in one run, and say whether a figure meets its
 * target. */
#ifndef SERENO_BENCH_FIGURE_H
#define SERENO_BENCH_FIGURE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double figure_now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static inline int figure_compare(const void *one, const void *other)
{
	const double a = *(const double *)one, b = *(const double *)other;

	return (a > b) - (a < b);
}

/* @values are sorted. */
static inline double figure_median(double *values, size_t n)
{
	qsort(values, n, sizeof(values[0]), figure_compare);
	return values[n / 2];
}

/* Print one figure with its target. Returns whether it is met. */
static inline bool figure_print(const char *name, double value, const char *unit, double target)
{
	const bool met = value <= target;

	printf("figure %s %.3g %s target %g %s\n", name, value, unit, target,
	       met ? "ok" : "misses");
	return met;
}

/* Print what stands beside a figure. */
static inline void figure_beside(const char *name, double value, const char *unit)
{
	printf("beside %s %.3g %s\n", name, value, unit);
}

#endif
