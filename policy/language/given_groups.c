/* SPDX-License-Identifier: MIT */
/* given_groups.c - what a role may give: groups as good as root only on purpose, and for a time. */
#include <string.h>

#include <sereno/groups.h>

#include "reader.h"

static void check_group(struct reader *reader, const struct role *role, const struct name *group)
{
	if (strcmp(group->text, "root") == 0)
		diag_fault(reader->diags, group->at,
			   "the group root is never given: write a rule for sudo instead");
	else if (group_is_powerful(group->text) && !role->privileged)
		diag_fault(
			reader->diags, group->at,
			"the group '%s' is as good as root: the role '%s' needs privileged: yes, and "
			"until",
			group->text, role->name.text);
}

void given_groups_check(struct reader *reader)
{
	const struct model *model = reader->model;

	for (size_t i = 0; i < model->n_roles; i++) {
		const struct role *role = &model->roles[i];

		if (role->privileged && role->valid.until == TIME_NO_END)
			diag_fault(
				reader->diags, role->name.at,
				"the role '%s' is privileged and has no end: say until when it is held",
				role->name.text);
		if (role->privileged && role->gives_groups.n == 0)
			diag_warn(reader->diags, role->name.at,
				  "the role '%s' is privileged and gives no groups",
				  role->name.text);
		for (size_t k = 0; k < role->gives_groups.n; k++)
			check_group(reader, role, &role->gives_groups.item[k]);
	}
}
