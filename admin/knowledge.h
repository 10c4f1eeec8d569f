/* SPDX-License-Identifier: MIT */
/*
 * knowledge.h - the shared secrets that the roles of a policy know, noted in the register for
 * everybody who holds them, before the policy or a membership forgets.
 */
#ifndef ADMIN_KNOWLEDGE_H
#define ADMIN_KNOWLEDGE_H

#include <sereno/register.h>

#include "holders.h"

/* Note what @holders of @model know at @now (UTC seconds), and whoever was ever granted one of its
 * roles. Returns 0, -ENOMEM or what register_learn() says. */
int knowledge_note(struct register_db *db, const struct model *model, const struct holders *holders,
		   int64_t now);

/* Likewise of the policy in force below @root, once a day: groups change without a policy that is
 * applied. No policy in force: nothing to note. */
int knowledge_note_daily(struct register_db *db, const char *root, const struct people *people,
			 int64_t now);

#endif
