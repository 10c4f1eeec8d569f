/* SPDX-License-Identifier: MIT */
/* compile_terms.c - roles by name, and on what terms each of them is granted. */
#include <errno.h>
#include <string.h>

#include "compile.h"

static void check_length(struct compilation *compilation, const char *key,
			 const struct names *roles)
{
	if (roles->n > ROLE_NAMES_MAX)
		diag_fault(compilation->diags, roles->item[0].at,
			   "on-request: '%s' names more than %d roles", key, ROLE_NAMES_MAX);
}

static void add_role(struct compilation *compilation, uint32_t id, const struct role *role)
{
	const struct table_key key = key_of_id(id);

	check_length(compilation, "by", &role->on_request.by);
	check_length(compilation, "approved-by", &role->on_request.approved_by);
	encode_terms(&compilation->item, role);
	compile_add(compilation, TABLE_TERMS, &key);
	encode_u32(&compilation->item, id);
	multimap_add(&compilation->tables[TABLE_ROLE_NAMES], role->name.text,
		     strlen(role->name.text), &compilation->item);
}

int compile_terms(struct compilation *compilation)
{
	const struct model *model = compilation->model;

	for (size_t i = 0; i < model->n_roles; i++)
		add_role(compilation, (uint32_t)i, &model->roles[i]);
	compilation->meta.by_request_sec = model->by_request_sec;
	return compilation->tables[TABLE_TERMS].error;
}
