/* SPDX-License-Identifier: MIT */
/* device_list.c - which devices somebody is asked to let in, and what has become of that. */
#include <errno.h>

#include <sereno/scoped.h>

#include "device_row.h"

#define APPROVALS                                                                   \
	"(SELECT count(*) FROM device_decisions WHERE request = device_requests.id" \
	" AND approved = 1)"

static int read_row(const struct statement *statement, struct device_request_row *ret)
{
	struct device_request_row row = {
		.id = column_id(statement, 0),
		.grant = column_id(statement, 1),
		.approvals = column_id(statement, 2),
		.state = (enum request_state)column_number(statement, 3),
		.user = column_text(statement, 4),
		.uid = (uid_t)column_number(statement, 5),
		.for_sec = (uint64_t)column_number(statement, 7),
		.made = column_act(statement, 15),
		.closed = column_act(statement, 19),
	};
	int r = column_access(statement, 6, &row.access);

	if (r == 0)
		r = column_device(statement, 8, &row.device);
	if (r < 0 || !row.user || !row.made.user || (unsigned)row.state > REQUEST_VOID)
		return -EBADMSG;
	*ret = row;
	return 0;
}

int register_device_requests(struct register_db *db, const struct register_query *query,
			     register_each_device_request *each, void *context)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "SELECT id, granted, " APPROVALS ", state, user, uid, access, for_sec,"
		    " " DEVICE_COLUMNS ", made_user, made_uid, made_at, made_reason,"
		    " closed_user, closed_uid, closed_at, closed_reason FROM device_requests"
		    " WHERE (?1 IS NULL OR user = ?1) AND (?2 = 0 OR id = ?2)"
		    " AND (?3 = 0 OR state = 0) ORDER BY id");
	struct device_request_row row;
	int r;

	put_text(&statement, query->user);
	put_number(&statement, query->id);
	put_number(&statement, query->open_at);
	while ((r = statement_step(&statement)) > 0) {
		r = read_row(&statement, &row);
		if (r == 0)
			r = each(context, &row);
		if (r != 0)
			return r;
	}
	return r;
}
