/* SPDX-License-Identifier: MIT */
/*
 * step.h - what each step is made of: one function that looks and takes, one that gives back.
 */
#ifndef DEPARTURE_STEP_H
#define DEPARTURE_STEP_H

#include "findings.h"

void account_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings);
void account_undo(const struct leaver *leaver, struct findings *findings);
void groups_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings);
void groups_undo(const struct leaver *leaver, struct findings *findings);
void codes_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings);
void devices_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings);
void linger_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings);
void linger_undo(const struct leaver *leaver, struct findings *findings);
void crontab_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings);
void crontab_undo(const struct leaver *leaver, struct findings *findings);
void at_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings);
void units_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings);
void sessions_take(const struct leaver *leaver, enum departure_mode mode,
		   struct findings *findings);
void processes_take(const struct leaver *leaver, enum departure_mode mode,
		    struct findings *findings);
void containers_take(const struct leaver *leaver, enum departure_mode mode,
		     struct findings *findings);
void tickets_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings);
void own_keys_take(const struct leaver *leaver, enum departure_mode mode,
		   struct findings *findings);
void own_keys_undo(const struct leaver *leaver, struct findings *findings);
void other_keys_take(const struct leaver *leaver, enum departure_mode mode,
		     struct findings *findings);
void revoked_keys_take(const struct leaver *leaver, enum departure_mode mode,
		       struct findings *findings);
void mentions_take(const struct leaver *leaver, enum departure_mode mode,
		   struct findings *findings);
void files_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings);

#endif
