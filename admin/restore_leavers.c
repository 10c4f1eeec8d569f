/* SPDX-License-Identifier: MIT */
/* restore_leavers.c - who has left since a backup was made has left after it is restored, too. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/departure.h>
#include <sereno/register_carry.h>
#include <sereno/scoped.h>

#include "restore.h"

void stage_forget_leavers(struct stage *stage)
{
	for (size_t i = 0; i < stage->n_leavers; i++)
		free(stage->leavers[i].user);
	free(stage->leavers);
	stage->leavers = NULL;
	stage->n_leavers = 0;
	if (stage->departures > 0)
		close_p(&stage->departures);
}

static int note_leaver(struct stage *stage, const struct carried *row)
{
	struct stage_leaver *room =
		reallocarray(stage->leavers, stage->n_leavers + 1, sizeof(*room));
	char *user = strdup(row->user);

	if (room)
		stage->leavers = room;
	if (!room || !user) {
		free(user);
		return -ENOMEM;
	}
	room[stage->n_leavers++] = (struct stage_leaver){ user, row->from };
	return 0;
}

static int carry_one(void *context, const struct carried *row)
{
	struct stage *stage = context;
	const int r = note_leaver(stage, row);

	return r < 0 ? r
		     : departure_carry_evidence(stage->root, row->from_id, stage->made, row->id,
						row->user);
}

/* Whether logins know of somebody who leaves, by a register that may be lost since. */
static bool somebody_leaves(const char *root)
{
	scoped(grants_close_p) struct grants *grants = NULL;

	return grants_open_remains(root, &grants) == 0 && grants_facts(grants)->n_departures > 0;
}

/* Whether there is a register, and it can be read. Returns 1, 0 or -ENOMEM. */
static int can_carry(struct stage *stage)
{
	scoped(register_close_p) struct register_db *db = NULL;
	const int r = register_open_reading(stage->root, &db);

	if (r == -ENOMEM)
		return r;
	if (r < 0 && (r != -ENOENT || somebody_leaves(stage->root)))
		stage->unread = r;
	return r == 0;
}

int stage_carry_leavers(struct stage *stage, int64_t now)
{
	scoped(register_close_p) struct register_db *db = NULL;
	int r = can_carry(stage);

	if (r <= 0)
		return r;
	r = departure_lock(stage->root);
	if (r < 0)
		return r;
	stage->departures = r;
	r = register_open(stage->made, now, &db);
	return r < 0 ? r : register_carry(db, stage->root, now, carry_one, stage);
}
