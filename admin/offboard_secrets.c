/* SPDX-License-Identifier: MIT */
/* offboard_secrets.c - the shared secrets that somebody knew: those of every role he has held. */
#include <string.h>

#include "offboard.h"

static void add_secret(struct offboarding *offboarding, const char *secret)
{
	for (size_t i = 0; i < offboarding->n_secrets; i++)
		if (strcmp(offboarding->secret[i], secret) == 0)
			return;
	if (offboarding->n_secrets < OFFBOARD_SECRETS_MAX)
		offboarding->secret[offboarding->n_secrets++] = secret;
}

static void add_role(struct offboarding *offboarding, const struct role *role)
{
	for (size_t i = 0; i < role->knows.n; i++)
		add_secret(offboarding, role->knows.item[i].text);
}

/* Also grants that are over: what he learned then he still knows. */
static int add_grant(void *context, const struct grant_row *row)
{
	struct offboarding *offboarding = context;
	const struct model *model = offboarding->edition.model;
	const ptrdiff_t role = model_find_role(model, row->role);

	if (role >= 0)
		add_role(offboarding, &model->roles[role]);
	return 0;
}

enum exit_status offboard_find_secrets(struct offboarding *offboarding)
{
	const struct register_query query = { .user = offboarding->user };
	const struct model *model = offboarding->edition.model;
	const struct role_set *held = holders_find(&offboarding->holders, offboarding->user);
	int r;

	for (size_t i = 0; held && i < held->n; i++)
		add_role(offboarding, &model->roles[held->role[i]]);
	r = register_grants(offboarding->registrar->db, &query, add_grant, offboarding);
	return r < 0 ? registrar_complain(offboarding->registrar, r) : EXIT_YES;
}
