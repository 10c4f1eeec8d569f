/* SPDX-License-Identifier: MIT */
/* request_list.c - which requests there are, and what has become of them. */
#include <errno.h>

#include <sereno/scoped.h>

#include "change.h"

#define APPROVALS "(SELECT count(*) FROM decisions WHERE request = requests.id AND approved = 1)"

static bool is_sound(const struct request_row *row)
{
	return row->role && row->made.user && (unsigned)row->state <= REQUEST_VOID;
}

int register_requests(struct register_db *db, const struct register_query *query,
		      register_each_request *each, void *context)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "SELECT id, granted, " APPROVALS ", approvers, state, role, for_sec,"
		    " made_user, made_uid, made_at, made_reason,"
		    " closed_user, closed_uid, closed_at, closed_reason FROM requests"
		    " WHERE (?1 IS NULL OR made_user = ?1) AND (?2 IS NULL OR role = ?2)"
		    " AND (?3 = 0 OR id = ?3) AND (?4 = 0 OR state = 0) ORDER BY id");
	int r;

	put_query(&statement, query);
	while ((r = statement_step(&statement)) > 0) {
		const struct request_row row = {
			.id = column_id(&statement, 0),
			.grant = column_id(&statement, 1),
			.approvals = column_id(&statement, 2),
			.approvers = column_id(&statement, 3),
			.state = (enum request_state)column_number(&statement, 4),
			.role = column_text(&statement, 5),
			.for_sec = (uint64_t)column_number(&statement, 6),
			.made = column_act(&statement, 7),
			.closed = column_act(&statement, 11),
		};

		r = is_sound(&row) ? each(context, &row) : -EBADMSG;
		if (r != 0)
			return r;
	}
	return r;
}

int register_decision(struct register_db *db, uint32_t id, struct decision *ret)
{
	scoped(statement_close) struct statement statement =
		statement_make(db, "SELECT " APPROVALS ", approvers, granted,"
				   " coalesce((SELECT until FROM grants WHERE id = granted), 0)"
				   " FROM requests WHERE id = ?");
	int r;

	put_number(&statement, id);
	r = statement_step(&statement);
	if (r <= 0)
		return r < 0 ? r : REFUSED_UNKNOWN;
	*ret = (struct decision){
		.approvals = column_id(&statement, 0),
		.approvers = column_id(&statement, 1),
		.grant = column_id(&statement, 2),
		.until = column_number(&statement, 3),
	};
	return 0;
}
