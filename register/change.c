/* SPDX-License-Identifier: MIT */
/* change.c - a change of the register: all of it or nothing, then published. */
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "change.h"

int wording_check(const char *text)
{
	const size_t length = text ? strnlen(text, REGISTER_REASON_MAX + 1) : 0;

	if (!text || length > REGISTER_REASON_MAX)
		return -EINVAL;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return -EINVAL;
	return 0;
}

int user_check(const char *user)
{
	if (!user || !*user || strnlen(user, GRANTS_USER_MAX + 1) > GRANTS_USER_MAX)
		return -EINVAL;
	return strchr(user, ':') ? -EINVAL : wording_check(user);
}

int act_check(const struct act *act)
{
	const int r = user_check(act->user);

	return r < 0 ? r : wording_check(act->reason);
}

int change_begin(struct register_db *db)
{
	return database_run(db, "BEGIN IMMEDIATE");
}

/* Not before the departure has begun: he sees what becomes of his requests. */
static int withdraw_requests(struct register_db *db, int64_t moment)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "UPDATE requests SET state = 3, closed_user = gone.made_user,"
		    " closed_uid = gone.made_uid, closed_at = ?, closed_reason = gone.made_reason"
		    " FROM departures AS gone WHERE state = 0 AND requests.made_user = gone.user"
		    " AND gone.over = 1 AND gone.undone_user IS NULL");

	put_number(&statement, moment);
	return statement_run(&statement);
}

/* Nor is a device let in for him that others still had to approve. */
static int withdraw_devices(struct register_db *db, int64_t moment)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "UPDATE device_requests SET state = 3, closed_user = gone.made_user,"
		    " closed_uid = gone.made_uid, closed_at = ?, closed_reason = gone.made_reason"
		    " FROM departures AS gone WHERE state = 0 AND device_requests.user = gone.user"
		    " AND gone.over = 1 AND gone.undone_user IS NULL");

	put_number(&statement, moment);
	return statement_run(&statement);
}

int mark_over(struct register_db *db, int64_t moment)
{
	scoped(statement_close) struct statement grants =
		statement_make(db, "UPDATE grants SET over = 1 WHERE over = 0 AND until <= ?");
	scoped(statement_close) struct statement devices = statement_make(
		db, "UPDATE device_grants SET over = 1 WHERE over = 0 AND until <= ?");
	scoped(statement_close) struct statement departures =
		statement_make(db, "UPDATE departures SET over = 1 WHERE over = 0 AND since <= ?");
	int r;

	put_number(&grants, moment);
	put_number(&devices, moment);
	put_number(&departures, moment);
	r = statement_run(&grants);
	if (r == 0)
		r = statement_run(&devices);
	if (r == 0)
		r = statement_run(&departures);
	if (r == 0)
		r = withdraw_requests(db, moment);
	return r < 0 ? r : withdraw_devices(db, moment);
}

/* All that a change is, in one commit. */
static int seal(struct register_db *db, int64_t now, enum effect effect)
{
	int r = 0;

	if (effect == EFFECT_LOGINS)
		r = mark_over(db, register_moment(db, now));
	if (r == 0 && effect == EFFECT_LOGINS)
		r = database_run(db, "UPDATE counter SET value = value + 1 WHERE name = 'serial'");
	return r < 0 ? r : database_run(db, "COMMIT");
}

int change_end(struct register_db *db, int64_t now, enum effect effect, int r)
{
	if (r == 0)
		r = seal(db, now, effect);
	if (r != 0) {
		(void)database_run(db, "ROLLBACK"); /* or it was undone already */
		return r;
	}
	if (db->is_hasty)
		db->patience_msec = REGISTER_AFTERWARDS_MSEC;
	return effect == EFFECT_LOGINS && register_publish(db, now) < 0 ? -EREMOTEIO : 0;
}

int has_departed(struct register_db *db, const char *user, int64_t moment)
{
	scoped(statement_close) struct statement statement =
		statement_make(db, "SELECT 1 FROM departures WHERE user = ? AND undone_user IS NULL"
				   " AND (over = 1 OR since <= ?)");

	put_text(&statement, user);
	put_number(&statement, moment);
	return statement_step(&statement);
}
