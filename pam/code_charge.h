/* SPDX-License-Identifier: MIT */
/*
 * code_charge.h - the charge for a one-time code: the guard's, or one of its own. For room pam/.
 */
#ifndef PAM_CODE_CHARGE_H
#define PAM_CODE_CHARGE_H

#include <sereno/attempts.h>

#include "request.h"

struct code_charge {
	pam_handle_t *pamh;
	const char *root;
	bool own;  /* not the guard's */
	bool none; /* on trial, and nothing could be charged */
	struct attempt_limits limits;
	struct attempt_charge charge;
	struct attempt_clock charged; /* when */
};

enum code_charged {
	CODE_CHARGED,  /* check, then settle */
	CODE_TOO_MANY, /* nothing may be checked */
	CODE_UNCHARGED /* the records cannot be used */
};

/* Charge one code of @request's subject, below @root; borrows both. Reports what stands in the
 * way. A policy without limits for attempts has the strict ones for codes: six digits are few. */
enum code_charged code_charge(pam_handle_t *pamh, const char *root, const struct request *request,
			      int64_t now, struct code_charge *ret);

/* The guard's is left open by success: it is settled when the whole login has succeeded. */
void code_charge_settle(struct code_charge *charge, enum attempt_outcome outcome);

#endif
