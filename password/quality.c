/* SPDX-License-Identifier: MIT */
/* quality.c - libpwquality's opinion on the form of a password. */
#include "quality.h"

#include <errno.h>
#include <string.h>

#include <pwquality.h>

#include <sereno/scoped.h>
#include <sereno/strength.h>

#include "scrub.h"

#define NO_CREDIT_LIMIT 512 /* every character earns one: its own minimum length never counts */

static const struct {
	int setting, value;
} settings[] = {
	{ PWQ_SETTING_DIFF_OK, 1 },
	{ PWQ_SETTING_DIG_CREDIT, NO_CREDIT_LIMIT },
	{ PWQ_SETTING_UP_CREDIT, NO_CREDIT_LIMIT },
	{ PWQ_SETTING_LOW_CREDIT, NO_CREDIT_LIMIT },
	{ PWQ_SETTING_OTH_CREDIT, NO_CREDIT_LIMIT },
	{ PWQ_SETTING_MIN_CLASS, 0 },
	{ PWQ_SETTING_MAX_REPEAT, 0 },
	{ PWQ_SETTING_MAX_CLASS_REPEAT, 0 },
	{ PWQ_SETTING_MAX_SEQUENCE, STRENGTH_RUN_MAX },
	{ PWQ_SETTING_GECOS_CHECK, 0 },
	{ PWQ_SETTING_USER_CHECK, 0 },
	{ PWQ_SETTING_DICT_CHECK, 0 }, /* dictionary.c asks cracklib without looking up our uid */
};

static void free_settings(pwquality_settings_t **own)
{
	if (*own)
		pwquality_free_settings(*own);
}

static int make_settings(pwquality_settings_t **ret)
{
	scoped(free_settings) pwquality_settings_t *own = pwquality_default_settings();

	if (!own)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		if (pwquality_set_int_value(own, settings[i].setting, settings[i].value) < 0)
			return -EIO;
	*ret = take(own, NULL);
	return 0;
}

static int ask(pwquality_settings_t *own, const char *candidate, const char *old, unsigned *faults)
{
	void *number = NULL; /* of the message, which is ours */
	const int answer = pwquality_check(own, candidate, old, NULL, &number);

	switch (answer) {
	case PWQ_ERROR_PALINDROME:
	case PWQ_ERROR_MAX_SEQUENCE:
		*faults |= 1U << STRENGTH_SEQUENCE;
		return 0;
	case PWQ_ERROR_SAME_PASSWORD:
	case PWQ_ERROR_CASE_CHANGES_ONLY:
	case PWQ_ERROR_ROTATED:
	case PWQ_ERROR_TOO_SIMILAR:
		*faults |= 1U << STRENGTH_TOO_SIMILAR;
		return 0;
	case PWQ_ERROR_MEM_ALLOC:
		return -ENOMEM;
	case PWQ_ERROR_EMPTY_PASSWORD:
	case PWQ_ERROR_MIN_LENGTH:
		return 0; /* the policy says how long */
	}
	return answer >= 0 ? 0 : -EIO;
}

int quality_judge(const char *candidate, const char *old, unsigned *faults)
{
	scoped(free_settings) pwquality_settings_t *own = NULL;
	int r;

	r = make_settings(&own);
	if (r < 0)
		return r;
	r = ask(own, candidate, NULL, faults);
	if (r == 0 && old)
		r = ask(own, candidate, old, faults);
	/* It frees its lower-case copies without erasing them: the compiler took its memset() out.
	 */
	scrub_freed(strlen(candidate) + 1);
	if (old) {
		scrub_freed(strlen(old) + 1);
		scrub_freed(2 * strlen(old) + 1);
	}
	return r;
}
