/* SPDX-License-Identifier: MIT */
/* departure.c - people who leave: from when on, what is left to do, and when it is done. */
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "change.h"

#define OPEN_DEPARTURE "undone_user IS NULL AND closed_user IS NULL"

/* The departure of @user that is not undone. Returns 1 (then *@ret is its number), 0 or a negative
 * errno. */
static int find_departure(struct register_db *db, const char *user, uint32_t *ret)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "SELECT id FROM departures WHERE user = ? AND undone_user IS NULL");
	int r;

	put_text(&statement, user);
	r = statement_step(&statement);
	if (r > 0)
		*ret = column_id(&statement, 0);
	return r;
}

static int insert_departure(struct register_db *db, const struct act *act,
			    const struct departure_wish *wish, uint32_t *ret)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "INSERT INTO departures (user, uid, since, made_user, made_uid, made_at,"
		    " made_reason) VALUES (?, ?, ?, ?, ?, ?, ?)");
	int64_t id;
	int r;

	put_text(&statement, wish->user);
	put_number(&statement, wish->uid);
	put_number(&statement, wish->from);
	put_act(&statement, act);
	r = statement_run(&statement);
	if (r < 0)
		return r;
	id = sqlite3_last_insert_rowid(db->handle);
	if (id <= 0 || id > UINT32_MAX)
		return -EOVERFLOW;
	*ret = (uint32_t)id;
	return 0;
}

static int move_nearer(struct register_db *db, uint32_t id, const struct departure_wish *wish)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "UPDATE departures SET since = min(since, ?), uid = CASE WHEN uid = ? THEN ?"
		    " ELSE uid END WHERE id = ?");

	put_number(&statement, wish->from);
	put_number(&statement, GRANTS_NO_UID);
	put_number(&statement, wish->uid);
	put_number(&statement, id);
	return statement_run(&statement);
}

static int add_secret(struct register_db *db, uint32_t id, const char *secret)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "INSERT OR IGNORE INTO secrets (departure, secret) VALUES (?, ?)");

	put_number(&statement, id);
	put_text(&statement, secret);
	return statement_run(&statement);
}

static int begin(struct register_db *db, const struct act *act, const struct departure_wish *wish,
		 uint32_t *ret)
{
	int r = find_departure(db, wish->user, ret);

	if (r < 0)
		return r;
	r = r > 0 ? move_nearer(db, *ret, wish) : insert_departure(db, act, wish, ret);
	for (size_t i = 0; r == 0 && i < wish->n_secrets; i++)
		r = add_secret(db, *ret, wish->secrets[i]);
	return r;
}

static int check_wish(const struct departure_wish *wish)
{
	int r = user_check(wish->user);

	if (strcmp(wish->user, "root") == 0)
		return -EINVAL;
	for (size_t i = 0; r == 0 && i < wish->n_secrets; i++)
		r = *wish->secrets[i] ? wording_check(wish->secrets[i]) : -EINVAL;
	return r;
}

int register_departure_begin(struct register_db *db, const struct act *act,
			     const struct departure_wish *wish, uint32_t *ret)
{
	uint32_t id = 0;
	int r = act_check(act);

	if (r == 0)
		r = check_wish(wish);
	if (r == 0)
		r = change_begin(db);
	if (r < 0)
		return r;
	r = change_end(db, act->at, EFFECT_LOGINS, begin(db, act, wish, &id));
	if (r == 0 || r == -EREMOTEIO)
		*ret = id;
	return r;
}

/* Run @statement, which must change one row. Returns 0, REFUSED_UNKNOWN or a negative errno. */
static int change_one(struct register_db *db, struct statement *statement)
{
	const int r = statement_run(statement);

	if (r < 0)
		return r;
	return sqlite3_changes(db->handle) > 0 ? 0 : REFUSED_UNKNOWN;
}

static int is_open(struct register_db *db, uint32_t id)
{
	scoped(statement_close) struct statement statement =
		statement_make(db, "SELECT 1 FROM departures WHERE id = ? AND " OPEN_DEPARTURE);
	int r;

	put_number(&statement, id);
	r = statement_step(&statement);
	return r > 0 ? 0 : r < 0 ? r : REFUSED_UNKNOWN;
}

static int insert_step(struct register_db *db, const struct act *act, uint32_t id, const char *step,
		       enum step_result result)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "INSERT INTO steps (departure, step, result, made_user, made_uid, made_at,"
		    " made_reason) VALUES (?, ?, ?, ?, ?, ?, ?)");

	put_number(&statement, id);
	put_text(&statement, step);
	put_number(&statement, result);
	put_act(&statement, act);
	return statement_run(&statement);
}

int register_departure_step(struct register_db *db, const struct act *act, uint32_t id,
			    const char *step, enum step_result result)
{
	int r = act_check(act);

	if (r == 0)
		r = wording_check(step);
	if (r == 0)
		r = change_begin(db);
	if (r < 0)
		return r;
	r = is_open(db, id);
	if (r == 0)
		r = insert_step(db, act, id, step, result);
	return change_end(db, act->at, EFFECT_NONE, r);
}

static int undo(struct register_db *db, const struct act *act, uint32_t id)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "UPDATE departures SET undone_user = ?, undone_uid = ?, undone_at = ?,"
		    " undone_reason = ? WHERE id = ? AND undone_user IS NULL");

	put_act(&statement, act);
	put_number(&statement, id);
	return change_one(db, &statement);
}

int register_departure_undo(struct register_db *db, const struct act *act, uint32_t id)
{
	int r = act_check(act);

	if (r == 0)
		r = change_begin(db);
	return r < 0 ? r : change_end(db, act->at, EFFECT_LOGINS, undo(db, act, id));
}

static int attest(struct register_db *db, const struct act *act, uint32_t id, const char *secret)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "UPDATE secrets SET attested_user = ?, attested_uid = ?, attested_at = ?,"
		    " attested_reason = ? WHERE departure = ? AND secret = ?"
		    " AND attested_user IS NULL");

	put_act(&statement, act);
	put_number(&statement, id);
	put_text(&statement, secret);
	return change_one(db, &statement);
}

int register_attest(struct register_db *db, const struct act *act, uint32_t id, const char *secret)
{
	int r = act_check(act);

	if (r == 0)
		r = change_begin(db);
	if (r < 0)
		return r;
	r = is_open(db, id);
	if (r == 0)
		r = attest(db, act, id, secret);
	return change_end(db, act->at, EFFECT_NONE, r);
}

static int secrets_left(struct register_db *db, uint32_t id)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "SELECT 1 FROM secrets WHERE departure = ? AND attested_user IS NULL");
	int r;

	put_number(&statement, id);
	r = statement_step(&statement);
	return r > 0 ? REFUSED_SECRETS : r;
}

static int close_departure(struct register_db *db, const struct act *act, uint32_t id)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "UPDATE departures SET closed_user = ?, closed_uid = ?, closed_at = ?,"
		    " closed_reason = ? WHERE id = ?");

	put_act(&statement, act);
	put_number(&statement, id);
	return change_one(db, &statement);
}

int register_departure_close(struct register_db *db, const struct act *act, uint32_t id)
{
	int r = act_check(act);

	if (r == 0)
		r = change_begin(db);
	if (r < 0)
		return r;
	r = is_open(db, id);
	if (r == 0)
		r = secrets_left(db, id);
	if (r == 0)
		r = close_departure(db, act, id);
	return change_end(db, act->at, EFFECT_NONE, r);
}
