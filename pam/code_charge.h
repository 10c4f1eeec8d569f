/* SPDX-License-Identifier: MIT */
/*
 * code_charge.h - the charge for a one-time code: the guard's, or one of its own. For room pam/.
 */
#ifndef PAM_CODE_CHARGE_H
#define PAM_CODE_CHARGE_H

#include "code_check.h"
#include "kept_charge.h"

struct code_charge {
	pam_handle_t *pamh;
	bool guards; /* the guard's: @own is not used */
	bool none;   /* on trial, and nothing could be charged */
	struct kept_charge own;
};

enum code_charged {
	CODE_CHARGED,  /* check, then settle */
	CODE_TOO_MANY, /* nothing may be checked */
	CODE_UNCHARGED /* the records cannot be used */
};

/* Charge one code of @asked, who is a person: root and break-glass accounts are never asked.
 * Reports what stands in the way. A policy without limits for attempts has the strict ones for
 * codes: six digits are few. */
enum code_charged code_charge(const struct code_asked *asked, struct code_charge *ret);

/* The code was right; what stands beside it in the stack may still fail. One of our own is kept in
 * the handle until code_charge_succeed(): else who has a phone alone could take back, by a right
 * code, the passwords he has guessed. Returns 0 or -ENOMEM. */
int code_charge_keep(const struct code_charge *charge);

/* It was not, or it was a ticket (ATTEMPT_PASSED). The guard's is settled by failure alone: it is
 * the whole login's. */
void code_charge_settle(const struct code_charge *charge, enum attempt_outcome outcome);

/* All of the authentication has succeeded. */
void code_charge_succeed(pam_handle_t *pamh);

/* A new authentication begins. */
void code_charge_drop(pam_handle_t *pamh);

#endif
