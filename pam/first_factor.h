/* SPDX-License-Identifier: MIT */
/*
 * first_factor.h - what was shown in this handle before a code is asked for. For room pam/.
 */
#ifndef PAM_FIRST_FACTOR_H
#define PAM_FIRST_FACTOR_H

#include <stdbool.h>

#include <security/pam_modules.h>

enum first_factor {
	FIRST_FACTOR_NONE,
	FIRST_FACTOR_PASSWORD, /* a module before this one was given one; right or not */
	FIRST_FACTOR_KEY,      /* sshd says that it has accepted a key; no password was given */
};

/* In the account phase, where no password is left in the handle, a key only. */
enum first_factor first_factor_shown(pam_handle_t *pamh);

#endif
