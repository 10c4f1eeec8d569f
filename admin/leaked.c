/* SPDX-License-Identifier: MIT */
/*
 * leaked.c - the list of leaked passwords that a policy names must be there: without it no new
 * password can be judged, and every change of one is refused.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sereno/blocklist.h>
#include <sereno/scoped.h>

#include "messages.h"
#include "safety.h"

/* The first block password: that names the list; the reader has seen to it that it is the only
 * one. */
static const struct password_block *find_block(const struct model *model)
{
	if (model->password.blocklist)
		return &model->password;
	for (size_t i = 0; i < model->n_roles; i++)
		if (model->roles[i].password.blocklist)
			return &model->roles[i].password;
	return NULL;
}

/* What is wrong with the list; NULL for nothing that the policy is to blame for: whoever runs
 * check may not be allowed to read it. */
static const char *trouble(int r)
{
	if (r == -ENOENT)
		return _("it is not there; make it with sereno blocklist build");
	if (r == -EPERM)
		return _("others than root could have written it");
	if (r == -EBADMSG)
		return _("it is damaged, or no such list; make it with sereno blocklist build");
	return NULL;
}

int check_blocklist(const struct situation *situation)
{
	const struct model *model = situation->edition->model;
	const struct password_block *block = find_block(model);
	uint8_t version[BLOCKLIST_VERSION_SIZE];
	scoped_free char *path = NULL;
	const char *text;

	if (!block)
		return 0;
	if (asprintf(&path, "%s%s", situation->root, block->blocklist) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	text = trouble(blocklist_version(path, version));
	if (text)
		situation_report(situation,
				 model->observe & OBSERVE_PASSWORD ? DIAG_WARNING : DIAG_FAULT,
				 block->key_at[PASSWORD_BLOCKLIST],
				 _("blocklist %s: %s; every change of a password would be refused"),
				 block->blocklist, text);
	return 0;
}
