/* SPDX-License-Identifier: MIT */
/* guard.c - the charge for a password: the one proof that this very login gave one. */
#include <sereno/codes.h>

#include "guard.h"
#include "second_factor.h"

bool guard_charges(const pam_handle_t *pamh, uid_t uid)
{
	const struct kept_charge *kept = kept_charge_open(pamh, GUARD_DATA);

	return kept && kept->charge.subject.known && kept->charge.subject.uid == uid;
}

/* Whom no code is asked of has failed at passwords alone. */
static enum attempt_outcome outcome_of(const pam_handle_t *pamh, const struct kept_charge *kept)
{
	const uid_t uid = kept->charge.subject.uid;

	if (second_factor_shown_now(pamh, uid) || !codes_may_exist(kept->root, uid))
		return ATTEMPT_SUCCEEDED;
	return ATTEMPT_PASSED;
}

void guard_succeed(pam_handle_t *pamh)
{
	const struct kept_charge *kept = kept_charge_open(pamh, GUARD_DATA);

	if (kept)
		kept_charge_settle(pamh, GUARD_DATA, outcome_of(pamh, kept));
}
