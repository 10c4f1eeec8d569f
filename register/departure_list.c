/* SPDX-License-Identifier: MIT */
/* departure_list.c - who has left, what was done about it, and which secrets he knew. */
#include <errno.h>

#include <sereno/scoped.h>

#include "change.h"

int register_departures(struct register_db *db, const struct register_query *query,
			register_each_departure *each, void *context)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "SELECT id, user, uid, since, (SELECT count(*) FROM secrets"
		    " WHERE departure = departures.id AND attested_user IS NULL),"
		    " made_user, made_uid, made_at, made_reason,"
		    " undone_user, undone_uid, undone_at, undone_reason,"
		    " closed_user, closed_uid, closed_at, closed_reason FROM departures"
		    " WHERE (?1 IS NULL OR user = ?1) AND (?2 = 0 OR id = ?2)"
		    " AND (?3 = 0 OR (undone_user IS NULL AND closed_user IS NULL)) ORDER BY id");
	int r;

	put_text(&statement, query->user);
	put_number(&statement, query->id);
	put_number(&statement, query->open_at);
	while ((r = statement_step(&statement)) > 0) {
		const struct departure_row row = {
			.id = column_id(&statement, 0),
			.user = column_text(&statement, 1),
			.uid = (uid_t)column_number(&statement, 2),
			.from = column_number(&statement, 3),
			.secrets_open = column_id(&statement, 4),
			.made = column_act(&statement, 5),
			.undone = column_act(&statement, 9),
			.closed = column_act(&statement, 13),
		};

		r = row.user && row.made.user ? each(context, &row) : -EBADMSG;
		if (r != 0)
			return r;
	}
	return r;
}

int register_secrets(struct register_db *db, uint32_t departure, register_each_secret *each,
		     void *context)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "SELECT secret, attested_user, attested_uid, attested_at, attested_reason"
		    " FROM secrets WHERE departure = ? ORDER BY secret");
	int r;

	put_number(&statement, departure);
	while ((r = statement_step(&statement)) > 0) {
		const struct secret_row row = {
			.secret = column_text(&statement, 0),
			.attested = column_act(&statement, 1),
		};

		r = row.secret ? each(context, &row) : -EBADMSG;
		if (r != 0)
			return r;
	}
	return r;
}

int register_steps(struct register_db *db, uint32_t departure, register_each_step *each,
		   void *context)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "SELECT step, result, made_user, made_uid, made_at, made_reason FROM steps"
		    " WHERE departure = ? ORDER BY id");
	int r;

	put_number(&statement, departure);
	while ((r = statement_step(&statement)) > 0) {
		const struct step_row row = {
			.step = column_text(&statement, 0),
			.result = (enum step_result)column_number(&statement, 1),
			.made = column_act(&statement, 2),
		};

		r = row.step && (unsigned)row.result <= STEP_TO_DO ? each(context, &row) : -EBADMSG;
		if (r != 0)
			return r;
	}
	return r;
}
