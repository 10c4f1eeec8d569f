/* SPDX-License-Identifier: MIT */
/*
 * rules_text.h - for tests: limits of attempts and rules of passwords as one line, to compare.
 */
#ifndef SERENO_TESTS_RULES_TEXT_H
#define SERENO_TESTS_RULES_TEXT_H

#include <inttypes.h>
#include <stdio.h>

#include <sereno/limits.h>
#include <sereno/scoped.h>

/* "length 12 classes 3 ..."; what asks for nothing is left out. The caller frees it. */
static inline char *rules_text(const struct password_rules *rules)
{
	const struct {
		const char *name;
		uint64_t value;
	} numbers[] = { { "length", rules->min_length },   { "classes", rules->min_classes },
			{ "repeat", rules->max_repeat },   { "differs", rules->differs_by },
			{ "history", rules->history },	   { "dictionary", rules->dictionary },
			{ "min-age", rules->min_age_sec }, { "max-age", rules->max_age_sec },
			{ "warn", rules->warn_before_sec } };
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (numbers[i].value)
			fprintf(out, "%s %" PRIu64 " ", numbers[i].name, numbers[i].value);
	if (rules->blocklist[0])
		fprintf(out, "list %s ", rules->blocklist);
	fprintf(out, "words");
	for (size_t i = 0; i < rules->n_words; i++)
		fprintf(out, " %s", rules->word[i]);
	assert_int_equal(fclose(out), 0);
	return text;
}

static inline char *limits_text(const struct attempt_limits *limits)
{
	static const char *const thens[] = {
		[THEN_DELAY] = "delay",
		[THEN_LOCK] = "lock",
		[THEN_LOCK_UNTIL_UNLOCKED] = "until-unlocked",
	};
	char *text = NULL;

	assert_true(asprintf(&text, "%u in %u %s %u to %u per user %u", limits->allow,
			     limits->within_sec, thens[limits->then], limits->delay_sec,
			     limits->doubling_to_sec, limits->allow_per_user) > 0);
	return text;
}

#endif
