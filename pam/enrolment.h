/* SPDX-License-Identifier: MIT */
/*
 * enrolment.h - a user who lacks a token gets one in the conversation of his login. For room pam/.
 *
 * The authentication phase only notes that somebody who gave a password may be shown a token. It
 * is shown in the account phase, where a program comes when all of the authentication has
 * succeeded: the password was right, whatever the order and the flags of the modules. A key that
 * sshd has accepted does for the password.
 */
#ifndef PAM_ENROLMENT_H
#define PAM_ENROLMENT_H

#include <stdbool.h>

#include <sereno/otp.h>

#include "code_check.h"
#include "first_factor.h"

/* Whether the policy and what is known of him let @asked enrol now without a ticket. Changes
 * nothing; what cannot be read is a no. */
bool enrolment_may_begin(const struct code_asked *asked, int64_t now);

/* Note that account @uid, who has @shown something, may enrol in this login, by @ticket or, NULL,
 * because the door is open. Returns 0 or -ENOMEM. */
int enrolment_note(pam_handle_t *pamh, uid_t uid, enum first_factor shown,
		   const struct otp_answer *ticket);
void enrolment_drop(pam_handle_t *pamh);

/* Whether it was noted, for @asked, in this handle. */
bool enrolment_noted(const struct code_asked *asked);

enum enrolment_end {
	ENROLMENT_DONE,	   /* durable; the code that confirmed it is used up */
	ENROLMENT_HAS_ONE, /* somebody was first: he has a token to be asked for */
	ENROLMENT_REFUSED,
	ENROLMENT_UNAVAILABLE,
	ENROLMENT_NO_ANSWER, /* nobody can be asked, or went away */
};

/* Show a token, have it confirmed by a code, show recovery codes; reports. Needs a noted one. */
enum enrolment_end enrolment_conduct(const struct code_asked *asked);

#endif
