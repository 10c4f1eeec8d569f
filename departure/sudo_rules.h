/* SPDX-License-Identifier: MIT */
/*
 * sudo_rules.h - what sudo(8) lets somebody do, by its own reading of its files.
 */
#ifndef DEPARTURE_SUDO_RULES_H
#define DEPARTURE_SUDO_RULES_H

#include "findings.h"

/*
 * Tell each rule that is for him: by name, by number, by an alias however deep and, on the host, by
 * a group that he is still in. What is for everybody is not told. Where cvtsudoers(1) is not
 * installed, or the files of a tree include others, nothing is told.
 */
void sudo_rules_tell(const struct leaver *leaver, struct findings *findings);

#endif
