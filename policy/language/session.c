/* SPDX-License-Identifier: MIT */
/* session.c - what of the block session: is odd. */
#include "reader.h"

void session_check(struct reader *reader)
{
	const struct session_block *block = &reader->model->session;
	const struct mark at = block->key_at[SESSION_WHEN_ACCESS_ENDS];

	if (at.column && block->when_access_ends == ACCESS_END_LOCKS)
		diag_warn(reader->diags, at,
			  "lock: this version locks no session: people are told, and it goes on");
}
