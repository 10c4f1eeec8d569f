/* SPDX-License-Identifier: MIT */
/*
 * judge.h - strength_judge() with a dictionary of the caller's choice.
 */
#ifndef PASSWORD_JUDGE_H
#define PASSWORD_JUDGE_H

#include <sereno/strength.h>

struct strength_question {
	const struct strength_rules *rules;
	const struct strength_person *person;
	const char *candidate, *old; /* @old may be NULL */
	const char *dictionary;	     /* path without suffix */
};

/* As strength_judge(). */
int question_judge(const struct strength_question *question, struct strength_verdict *ret);

#endif
