/* SPDX-License-Identifier: MIT */
/* offboard_secrets.c - the shared secrets that somebody knew: those of every role he has held. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/register_known.h>

#include "offboard.h"

int offboard_add_secret(struct offboarding *offboarding, const char *secret)
{
	char **room;

	for (size_t i = 0; i < offboarding->n_secrets; i++)
		if (strcmp(offboarding->secret[i], secret) == 0)
			return 0;
	room = reallocarray(offboarding->secret, offboarding->n_secrets + 1, sizeof(*room));
	if (!room)
		return -ENOMEM;
	offboarding->secret = room;
	room[offboarding->n_secrets] = strdup(secret);
	if (!room[offboarding->n_secrets])
		return -ENOMEM;
	offboarding->n_secrets++;
	return 0;
}

static int add_role(struct offboarding *offboarding, const struct role *role)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < role->knows.n; i++)
		r = offboard_add_secret(offboarding, role->knows.item[i].text);
	return r;
}

/* Also grants that are over: what he learned then he still knows. */
static int add_grant(void *context, const struct grant_row *row)
{
	struct offboarding *offboarding = context;
	const struct model *model = offboarding->edition.model;
	const ptrdiff_t role = model_find_role(model, row->role);

	return role < 0 ? 0 : add_role(offboarding, &model->roles[role]);
}

/* Of roles that the policy has no more, or has without him. */
static int add_known(void *context, const struct known *row)
{
	return offboard_add_secret(context, row->secret);
}

enum exit_status offboard_find_secrets(struct offboarding *offboarding)
{
	const struct register_query query = { .user = offboarding->user };
	const struct model *model = offboarding->edition.model;
	const struct role_set *held = holders_find(&offboarding->holders, offboarding->user);
	struct register_db *db = offboarding->registrar->db;
	int r = 0;

	for (size_t i = 0; r == 0 && held && i < held->n; i++)
		r = add_role(offboarding, &model->roles[held->role[i]]);
	if (r == 0 && model)
		r = register_grants(db, &query, add_grant, offboarding);
	if (r == 0)
		r = register_known(db, offboarding->user, add_known, offboarding);
	return r < 0 ? registrar_complain(offboarding->registrar, r) : EXIT_YES;
}
