/* SPDX-License-Identifier: MIT */
/*
 * second_factor.h - the proof, kept in the handle, that a code was accepted. For room pam/.
 *
 * Nobody but a module can set a handle's data, and it dies with the handle: the one proof that
 * this very login has shown a second factor. No file and no variable stands in for it.
 */
#ifndef PAM_SECOND_FACTOR_H
#define PAM_SECOND_FACTOR_H

#include <stdbool.h>
#include <sys/types.h>

#include <security/pam_modules.h>

#define SECOND_FACTOR_DATA "sereno-second-factor"

enum second_factor_age {
	SECOND_FACTOR_NOW,    /* in this handle */
	SECOND_FACTOR_BEFORE, /* remembered from before, see remembered.h */
};

/* Whether account @uid has shown a second factor in @pamh, or what is remembered counts in it. */
bool second_factor_shown(const pam_handle_t *pamh, uid_t uid);

/* Whether he has just now. */
bool second_factor_shown_now(const pam_handle_t *pamh, uid_t uid);

/* He has. Returns 0 or -ENOMEM. */
int second_factor_note(pam_handle_t *pamh, uid_t uid, enum second_factor_age age);

/* A new authentication begins: what was shown before it does not count. */
void second_factor_drop(pam_handle_t *pamh);

#endif
