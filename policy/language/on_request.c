/* SPDX-License-Identifier: MIT */
/* on_request.c - what roles that can be asked for come to, and what of it makes no sense. */
#include <sereno/scoped.h>

#include "reader.h"

#define BY_REQUEST_STANDARD_SEC (UINT64_C(3) * 86400)

static void check_askers(struct reader *reader, const struct on_request_block *block)
{
	const struct {
		const char *key;
		const struct names *roles;
	} lists[] = {
		{ "by", &block->by },
		{ "approved-by", &block->approved_by },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (!lists[i].roles->n)
			diag_fault(reader->diags, block->at,
				   "on-request: '%s' names no role: nobody could %s", lists[i].key,
				   i == 0 ? "ask" : "approve");
}

static void check_role(struct reader *reader, struct role *role)
{
	struct on_request_block *block = &role->on_request;

	if (!block->at.line)
		return;
	if (!block->approvers)
		block->approvers = 1;
	if (role->unattended)
		diag_fault(reader->diags, block->at,
			   "the role '%s' is unattended: programs ask nobody; remove on-request",
			   role->name.text);
	if (reader_is_content(reader))
		check_askers(reader, block);
}

void on_request_check(struct reader *reader)
{
	struct model *model = reader->model;

	for (size_t i = 0; i < model->n_roles; i++)
		check_role(reader, &model->roles[i]);
	if (!model->by_request_sec)
		model->by_request_sec = BY_REQUEST_STANDARD_SEC;
}
