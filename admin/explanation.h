/* SPDX-License-Identifier: MIT */
/*
 * explanation.h - what sereno explain found out, and the two ways of saying it.
 */
#ifndef ADMIN_EXPLANATION_H
#define ADMIN_EXPLANATION_H

#include <sereno/fallback.h>

#include "edition.h"
#include "trace.h"

struct explanation {
	const struct options *options;
	const struct output *output;
	struct policy *policy;
	struct people *people;
	struct edition in_force; /* no model: the text is for root's eyes only */
	struct zone zone;	 /* of the policy, not of the host */
	struct subject subject;
	struct origin origin;
	struct question question;
	struct access_verdict verdict;
	struct role_trace *roles;

	int policy_error; /* 0, or why the fallback decides: then there is neither policy nor model
			   */
	struct fallback fallback;
	int fallback_error; /* 0, or why its defaults are used */
};

/* For people, on explanation->output. */
void explanation_print(const struct explanation *explanation);

/* One JSON object. */
void explanation_write_json(const struct explanation *explanation);

#endif
