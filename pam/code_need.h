/* SPDX-License-Identifier: MIT */
/*
 * code_need.h - does the policy want a one-time code of this request? For room pam/.
 *
 * Decided before any state is read and before anybody is asked.
 */
#ifndef PAM_CODE_NEED_H
#define PAM_CODE_NEED_H

#include "judge.h"

enum code_need {
	CODE_NOT_NEEDED, /* the policy lets him go on without, or has him on trial */
	CODE_NEEDED,
	CODE_POINTLESS, /* refused whatever he shows: the account phase says so */
	CODE_UNDECIDED, /* the policy in force cannot be used, and no fallback lets him in */
};

/* Decide at @now (UTC seconds) for @request of request_read(). *@ret is the judgement without a
 * code, and the rules for codes. */
enum code_need code_need(const char *root, const struct request *request, int64_t now,
			 struct judgement *ret);

#endif
