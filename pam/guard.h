/* SPDX-License-Identifier: MIT */
/*
 * guard.h - the charge for a password: the one proof that this very login gave one. For room pam/.
 */
#ifndef PAM_GUARD_H
#define PAM_GUARD_H

#include "kept_charge.h"

#define GUARD_DATA "sereno-guard" /* for kept_charge.h */

/* Whether it has charged account @uid, and the charge is open: what is checked now is paid for. */
bool guard_charges(const pam_handle_t *pamh, uid_t uid);

/* All of the authentication has succeeded. Where the account may have codes and none was shown in
 * @pamh, wrong ones are not taken back: else who knows the password could guess at them for ever.
 */
void guard_succeed(pam_handle_t *pamh);

#endif
