/* SPDX-License-Identifier: MIT */
/*
 * guard.h - the charge for a password, kept in the handle until it is settled. For room pam/.
 *
 * Nobody but a module can set a handle's data, and it dies with the handle: the one proof that
 * this very login gave a password.
 */
#ifndef PAM_GUARD_H
#define PAM_GUARD_H

#include <security/pam_modules.h>

#include <sereno/attempts.h>

#define GUARD_DATA "sereno-guard"

/* Whether it has charged account @uid, and the charge is open: what is checked now is paid for. */
bool guard_charges(const pam_handle_t *pamh, uid_t uid);

/*
 * Keep @charge, made @now below @root under @limits, in @pamh. When the handle ends it is settled
 * as failed, unless the end is the silent one of a copy in another process. Returns 0 or -ENOMEM.
 */
int guard_keep(pam_handle_t *pamh, const char *root, const struct attempt_limits *limits,
	       const struct attempt_charge *charge, const struct attempt_clock *now);

/* Settle what is kept in @pamh, once; nothing where nothing is. Errors are reported: an unsettled
 * charge fails by itself after ATTEMPT_PENDING_SEC. */
void guard_settle(pam_handle_t *pamh, enum attempt_outcome outcome);

/* All of the authentication has succeeded. Where the account may have codes and none was shown in
 * @pamh, wrong ones are not taken back: else who knows the password could guess at them for ever.
 */
void guard_succeed(pam_handle_t *pamh);

/* Forget that there was a password: a new authentication begins. Settles as failed first. */
void guard_drop(pam_handle_t *pamh);

#endif
