/* SPDX-License-Identifier: MIT */
/*
 * kept_charge.h - a charge kept in the handle until all of the authentication is over. For room
 * pam/.
 *
 * What one module finds right may be wrong to the next: only who has shown all of it is given his
 * charge back. Nobody but a module can set a handle's data, and it dies with the handle.
 */
#ifndef PAM_KEPT_CHARGE_H
#define PAM_KEPT_CHARGE_H

#include <security/pam_modules.h>

#include <sereno/attempts.h>

struct kept_charge {
	const char *root; /* below which it was made; copied by kept_charge_keep() */
	struct attempt_limits limits;
	struct attempt_charge charge;
	struct attempt_clock charged; /* when; of this boot, as no process outlives it */
};

/*
 * Keep @charge in @pamh as @name, which must be static. When the handle ends it is settled as
 * failed, unless the end is the silent one of a copy in another process. Returns 0 or -ENOMEM.
 */
int kept_charge_keep(pam_handle_t *pamh, const char *name, const struct kept_charge *charge);

/* What is kept as @name and not settled yet, valid until it is dropped; or NULL. */
const struct kept_charge *kept_charge_open(const pam_handle_t *pamh, const char *name);

/* Settle it, once; nothing where nothing is open. Errors are reported: an unsettled charge fails by
 * itself after ATTEMPT_PENDING_SEC. */
void kept_charge_settle(pam_handle_t *pamh, const char *name, enum attempt_outcome outcome);

/* Forget it: a new authentication begins. Settles as failed first. */
void kept_charge_drop(pam_handle_t *pamh, const char *name);

/* Settle what is not kept in any handle. Errors are reported likewise. */
void charge_settle(const struct kept_charge *charge, enum attempt_outcome outcome);

#endif
