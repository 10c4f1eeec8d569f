/* SPDX-License-Identifier: MIT */
/* schema.h - the tables of the register. */
#ifndef SERENO_REGISTER_SCHEMA_H
#define SERENO_REGISTER_SCHEMA_H

#include "statement.h"

/* Make the tables where there are none, and those that an earlier version did not have. Returns 0,
 * -EBADMSG (not a register of ours, or a later version's) or a negative errno. */
int schema_ensure(struct register_db *db);

/* Returns 0, -ENODATA (no tables yet), -ESTALE (an earlier version's: it can be read but for what
 * came later), -EBADMSG or a negative errno. */
int schema_check(struct register_db *db);

#endif
