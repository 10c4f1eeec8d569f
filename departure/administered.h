/* SPDX-License-Identifier: MIT */
/*
 * administered.h - groups that somebody administers, by /etc/gshadow: he could put anybody in.
 */
#ifndef DEPARTURE_ADMINISTERED_H
#define DEPARTURE_ADMINISTERED_H

#include "findings.h"

/* Take him from the administrators of each group; in a tree, which gpasswd(1) cannot change, tell.
 */
void administered_take(const struct leaver *leaver, enum departure_mode mode,
		       struct findings *findings);
void administered_undo(const struct leaver *leaver, struct findings *findings);

#endif
