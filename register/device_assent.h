/* SPDX-License-Identifier: MIT */
/* device_assent.h - whether those who said yes are all that the policy wants. */
#ifndef SERENO_REGISTER_DEVICE_ASSENT_H
#define SERENO_REGISTER_DEVICE_ASSENT_H

#include <sereno/register_devices.h>

/* What each person who said yes holds of the roles that approve, 1 << index each. */
struct assent {
	size_t n;
	uint64_t held[REGISTER_APPROVALS_MAX];
};

/* Whether each of the @n_roles roles (ROLE_NAMES_MAX at most) has a person of its own. */
bool assent_covers_each(const struct assent *assent, size_t n_roles);

#endif
