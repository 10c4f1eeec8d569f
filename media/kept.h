/* SPDX-License-Identifier: MIT */
/*
 * kept.h - devices that are not taken away from a host at work, whatever the policy says.
 *
 * `sereno apply` refuses a policy that would lose them; this is for what comes to be needed later.
 */
#ifndef SERENO_MEDIA_KEPT_H
#define SERENO_MEDIA_KEPT_H

#include <stdbool.h>

#include "candidate.h"

/* What types, points or is a hub, and stores nothing; the last keyboard, whatever else it is; what
 * the system is mounted from or swaps to; the network interface of a default route. Also where that
 * cannot be found out. All else that is refused goes, of whatever kind. */
bool candidate_is_kept(const char *root, const struct candidate *candidate);
bool device_is_kept(const char *root, const struct device *device); /* the same */

#endif
