/* SPDX-License-Identifier: MIT */
/* password.c - what it costs to judge a password, beside libpwquality with the same dictionary. */
#include <err.h>

#include <pwquality.h>

#include <sereno/scoped.h>
#include <sereno/strength.h>

#include "figure.h"

#define ROUNDS 101

static const char *const passwords[] = {
	"x7#kQ9mm!vLs", "Trestle-umbra-fjord-94",	"P@ssw0rd2024!",
	"Verano2025!",	"el gato de mi tia come higos",
};

static const struct strength_person person = { "mgarcia7", "Marta Garc\u00eda L\u00f3pez,Room 12" };

static double time_ours(const char *password)
{
	static const char *const listed[] = { "dacartec" };
	const struct strength_rules rules = {
		.min_length = 12,
		.min_classes = 3,
		.max_repeat = 3,
		.differs_by = 5,
		.dictionary = true,
		.not_containing = listed,
		.n_not_containing = 1,
	};
	struct strength_verdict verdict;
	const double start = figure_now_us();

	if (strength_judge(&rules, &person, password, "tR4-unlikely-one", &verdict) < 0)
		errx(1, "no dictionary");
	return figure_now_us() - start;
}

static double time_theirs(const char *password)
{
	const double start = figure_now_us();
	pwquality_settings_t *settings = pwquality_default_settings();
	void *why = NULL;

	(void)pwquality_set_int_value(settings, PWQ_SETTING_MIN_LENGTH, 8);
	(void)pwquality_check(settings, password, "tR4-unlikely-one", NULL, &why);
	pwquality_free_settings(settings);
	return figure_now_us() - start;
}

int main(void)
{
	double ours[ROUNDS], theirs[ROUNDS], ratio[ROUNDS];

	for (size_t i = 0; i < ROUNDS; i++) {
		ours[i] = theirs[i] = 0;
		for (size_t k = 0; k < ARRAY_SIZE(passwords); k++) {
			theirs[i] += time_theirs(passwords[k]) / ARRAY_SIZE(passwords);
			ours[i] += time_ours(passwords[k]) / ARRAY_SIZE(passwords);
		}
		ratio[i] = ours[i] / theirs[i];
	}
	figure_beside("password-check", figure_median(ours, ROUNDS), "us");
	figure_beside("password-check-pwquality", figure_median(theirs, ROUNDS), "us");
	return !figure_print("password-check-by-pwquality", figure_median(ratio, ROUNDS), "times",
			     2);
}
