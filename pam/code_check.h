/* SPDX-License-Identifier: MIT */
/*
 * code_check.h - is this the code? Charged before it is looked at. For room pam/.
 */
#ifndef PAM_CODE_CHECK_H
#define PAM_CODE_CHECK_H

#include <sereno/codes.h>

#include "code_need.h"
#include "request.h"

enum code_outcome {
	CODE_ACCEPTED,
	CODE_REFUSED,
	CODE_TICKET,	  /* no code, but a ticket that lets him enrol */
	CODE_UNAVAILABLE, /* it could not be checked: refused as well */
};

/* Who is asked, and why; borrows everything. */
struct code_asked {
	pam_handle_t *pamh;
	unsigned flags; /* PAM's: PAM_SILENT */
	const char *root;
	const struct request *request;	   /* of a known subject */
	const struct judgement *judgement; /* by code_need() */
};

struct code_verdict {
	enum code_outcome outcome;
	uint32_t recovery_left;
	bool recovered; /* CODE_ACCEPTED, by a recovery code */
};

/*
 * Check what was typed at @now (UTC seconds). Where the guard has charged this very account in this
 * handle, that is the charge, and a refusal settles it; else one is made here; for a caller who is
 * not root serenod does all of it. Reports.
 */
void code_check(const struct code_asked *asked, const char *typed, int64_t now,
		struct code_verdict *ret);

#endif
