/* SPDX-License-Identifier: MIT */
/*
 * password_age.h - at a login: is the password too old, leaked, or its account unused for too long?
 * For room pam/.
 */
#ifndef PAM_PASSWORD_AGE_H
#define PAM_PASSWORD_AGE_H

#include "holder.h"

/* Authentication, behind the module that found the password right: notes in @pamh that there was
 * one, and looks for it in the list of leaked passwords, once a version of the list. Never asks. */
void password_look(pam_handle_t *pamh, const struct holder *holder);

/* The account phase. PAM_IGNORE, PAM_NEW_AUTHTOK_REQD or PAM_ACCT_EXPIRED. */
int password_account(pam_handle_t *pamh, int flags, const struct holder *holder);

#endif
