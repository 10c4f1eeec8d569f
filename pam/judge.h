/* SPDX-License-Identifier: MIT */
/*
 * judge.h - the verdict on a request, by the policy in force or by the fallback. For room pam/.
 */
#ifndef PAM_JUDGE_H
#define PAM_JUDGE_H

#include <limits.h>

#include <sereno/access.h>
#include <sereno/limits.h>

#include "request.h"

#define DEMANDS_ALL UINT_MAX

struct judgement {
	struct second_factor_rules second_factor; /* of the policy, where it can be used */
	struct attempt_limits attempts;		  /* likewise; the strict ones where it has none */
	struct access_verdict verdict;
	char policy[POLICY_HASH_HEX]; /* of the policy that decided; "" for the fallback */
	unsigned observe;	      /* enum observe */
	enum access_end access_end;   /* what becomes of the session at verdict.until */
	int unusable; /* 0, or why the policy in force could not be used: a negative errno */
};

/* Decide at @now (UTC seconds), with the demands in @met. There is always a verdict: whatever
 * goes wrong on the way to one is the fallback's to decide. */
void judge(const char *root, const struct request *request, int64_t now, unsigned met,
	   struct judgement *ret);

#endif
