/* SPDX-License-Identifier: MIT */
/*
 * register_carry.h - who has left by one register carried over into another, as when an older one
 * is restored. Errors and restrictions are those of register.h.
 */
#ifndef SERENO_REGISTER_CARRY_H
#define SERENO_REGISTER_CARRY_H

#include <sereno/register.h>

/* One departure, in both: its number in the one it came from, and here. */
struct carried {
	const char *user;
	uint32_t from_id, id;
	int64_t from; /* UTC seconds */
};
typedef int register_each_carried(void *context, const struct carried *row);

/*
 * Carry over from the register below @root all departures that are not undone there, planned and
 * closed ones too, with their steps and secrets, and what people know; where both have one of the
 * same user, the one below @root counts, from the earlier of both times on. What @db has besides
 * stays. All or nothing, then published as of @now; then @each is called for each one.
 * Returns 0, -ENOENT (no register there) or as register_open(), or what @each returned.
 */
int register_carry(struct register_db *db, const char *root, int64_t now,
		   register_each_carried *each, void *context);

#endif
