/* SPDX-License-Identifier: MIT */
/* carry.c - who has left by another register is taken over from it. */
#include <errno.h>
#include <stdio.h>

#include <sereno/register_carry.h>
#include <sereno/scoped.h>

#include "change.h"

/* One of each user at most is not undone, so by the name the two are the same. */
#define IN_BOTH                                                                                \
	" FROM other.departures AS gone JOIN main.departures AS here ON here.user = gone.user" \
	" AND here.undone_user IS NULL AND gone.undone_user IS NULL"

/* clang-format off */
static const char *const sentences[] = {
	"UPDATE main.departures SET since = min(main.departures.since, gone.since),"
	" over = max(main.departures.over, gone.over), uid = gone.uid, closed_user = gone.closed_user,"
	" closed_uid = gone.closed_uid, closed_at = gone.closed_at, closed_reason = gone.closed_reason"
	" FROM other.departures AS gone WHERE main.departures.user = gone.user"
	" AND main.departures.undone_user IS NULL AND gone.undone_user IS NULL",
	"INSERT INTO main.departures (user, uid, since, over, made_user, made_uid, made_at, made_reason,"
	" closed_user, closed_uid, closed_at, closed_reason)"
	" SELECT user, uid, since, over, made_user, made_uid, made_at, made_reason,"
	" closed_user, closed_uid, closed_at, closed_reason FROM other.departures AS gone"
	" WHERE undone_user IS NULL AND NOT EXISTS (SELECT 1 FROM main.departures AS here"
	" WHERE here.user = gone.user AND here.undone_user IS NULL) ORDER BY gone.id",
	"INSERT OR REPLACE INTO main.secrets (departure, secret, attested_user, attested_uid, attested_at,"
	" attested_reason) SELECT here.id, knew.secret, knew.attested_user, knew.attested_uid,"
	" knew.attested_at, knew.attested_reason" IN_BOTH " JOIN other.secrets AS knew ON knew.departure = gone.id",
	"INSERT INTO main.steps (departure, step, result, made_user, made_uid, made_at, made_reason)"
	" SELECT here.id, took.step, took.result, took.made_user, took.made_uid, took.made_at, took.made_reason"
	IN_BOTH " JOIN other.steps AS took ON took.departure = gone.id"
	" WHERE NOT EXISTS (SELECT 1 FROM main.steps AS had WHERE had.departure = here.id"
	" AND had.step = took.step AND had.result = took.result AND had.made_user = took.made_user"
	" AND had.made_at = took.made_at) ORDER BY took.id",
};

/* A register of an earlier version has none. */
static const char known_there[] = "SELECT 1 FROM other.sqlite_schema WHERE type = 'table' AND name = 'known'";
static const char carry_known[] =
	"INSERT OR IGNORE INTO main.known (user, secret, role, since)"
	" SELECT user, secret, role, since FROM other.known";
/* clang-format on */

static int attach(struct register_db *db, const char *root)
{
	scoped(statement_close) struct statement statement =
		statement_make(db, "ATTACH DATABASE ? AS other");
	scoped_free char *path = NULL;

	if (asprintf(&path, "%s/var/lib/sereno/register.db", root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	put_text(&statement, path);
	return statement_run(&statement);
}

static int carry_what_is_known(struct register_db *db)
{
	scoped(statement_close) struct statement statement = statement_make(db, known_there);
	const int r = statement_step(&statement);

	return r > 0 ? database_run(db, carry_known) : r;
}

static int carry(struct register_db *db, int64_t now)
{
	int r = change_begin(db);

	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(sentences); i++)
		r = database_run(db, sentences[i]);
	if (r == 0)
		r = carry_what_is_known(db);
	return change_end(db, now, EFFECT_LOGINS, r);
}

static int tell(struct register_db *db, register_each_carried *each, void *context)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "SELECT here.user, gone.id, here.id, here.since" IN_BOTH " ORDER BY here.id");
	int r;

	while ((r = statement_step(&statement)) > 0) {
		const struct carried row = {
			.user = column_text(&statement, 0),
			.from_id = column_id(&statement, 1),
			.id = column_id(&statement, 2),
			.from = column_number(&statement, 3),
		};

		r = row.user ? each(context, &row) : -EBADMSG;
		if (r != 0)
			return r;
	}
	return r;
}

int register_carry(struct register_db *db, const char *root, int64_t now,
		   register_each_carried *each, void *context)
{
	scoped(register_close_p) struct register_db *other = NULL;
	int r;

	/* It is looked at as any register first: whose it is, and of which version. */
	r = register_open_reading(root, &other);
	if (r == 0)
		r = attach(db, root);
	if (r < 0)
		return r;
	r = carry(db, now);
	if (r == 0)
		r = tell(db, each, context);
	(void)database_run(db, "DETACH DATABASE other"); /* closing the handle does it, too */
	return r;
}
