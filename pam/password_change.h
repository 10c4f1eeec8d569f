/* SPDX-License-Identifier: MIT */
/*
 * password_change.h - the two passes of a password change. For room pam/.
 */
#ifndef PAM_PASSWORD_CHANGE_H
#define PAM_PASSWORD_CHANGE_H

#include "holder.h"

/* May @holder's password be changed now? A PAM code. */
int password_may_change(pam_handle_t *pamh, int flags, const struct holder *holder);

/* Ask for the new password, and hand a good one on to the module that keeps it. A PAM code. */
int password_take_new(pam_handle_t *pamh, int flags, const struct holder *holder);

#endif
