/* SPDX-License-Identifier: MIT */
/* schema.c - the tables of the register. */
#include <errno.h>

#include <sereno/scoped.h>

#include "schema.h"

#define APPLICATION 0x73726e6f /* in the file's header: ours */
#define VERSION	    3

/* Who, the number that the kernel gave for him, when, why: as put_act() and column_act() have it.
 */
/* clang-format off */
#define ACT(of) \
	of "_user TEXT NOT NULL, " of "_uid INTEGER NOT NULL, " \
	of "_at INTEGER NOT NULL, " of "_reason TEXT NOT NULL"
#define LATER_ACT(of) \
	of "_user TEXT, " of "_uid INTEGER, " of "_at INTEGER, " of "_reason TEXT"

static const char *const tables[] = {
	"CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT",
	"INSERT INTO counter VALUES ('serial', 1)",
	"CREATE TABLE grants (id INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL, role TEXT NOT NULL,"
	" since INTEGER NOT NULL, until INTEGER NOT NULL, request INTEGER NOT NULL, over INTEGER NOT NULL DEFAULT 0, "
	ACT("made") ", " LATER_ACT("revoked") ") STRICT",
	"CREATE INDEX grants_by_user ON grants (user)",
	"CREATE INDEX grants_by_end ON grants (over, until)",
	"CREATE TABLE requests (id INTEGER PRIMARY KEY AUTOINCREMENT, role TEXT NOT NULL, for_sec INTEGER NOT NULL,"
	" approvers INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0, granted INTEGER NOT NULL DEFAULT 0, "
	ACT("made") ", " LATER_ACT("closed") ") STRICT",
	"CREATE INDEX requests_by_state ON requests (state, made_user)",
	"CREATE TABLE decisions (id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" request INTEGER NOT NULL REFERENCES requests (id), approved INTEGER NOT NULL, "
	ACT("made") ", UNIQUE (request, made_user)) STRICT",
	"CREATE TABLE departures (id INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL, uid INTEGER NOT NULL,"
	" since INTEGER NOT NULL, over INTEGER NOT NULL DEFAULT 0, "
	ACT("made") ", " LATER_ACT("undone") ", " LATER_ACT("closed") ") STRICT",
	"CREATE INDEX departures_by_user ON departures (user)",
	"CREATE TABLE secrets (departure INTEGER NOT NULL REFERENCES departures (id), secret TEXT NOT NULL, "
	LATER_ACT("attested") ", PRIMARY KEY (departure, secret)) STRICT",
	"CREATE TABLE steps (id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" departure INTEGER NOT NULL REFERENCES departures (id), step TEXT NOT NULL, result INTEGER NOT NULL, "
	ACT("made") ") STRICT",
	"CREATE TABLE reviews (id INTEGER PRIMARY KEY AUTOINCREMENT, deadline INTEGER NOT NULL, "
	ACT("opened") ") STRICT",
	"CREATE TABLE review_parts (review INTEGER NOT NULL REFERENCES reviews (id), role TEXT NOT NULL,"
	" owner TEXT NOT NULL, " LATER_ACT("signed") ", PRIMARY KEY (review, role)) STRICT",
	"PRAGMA application_id = 0x73726e6f",
};

/* What version 1 had not yet. */
static const char *const tables_of_2[] = {
	("CREATE TABLE known (user TEXT NOT NULL, secret TEXT NOT NULL, role TEXT NOT NULL, since INTEGER NOT NULL,"
	 " PRIMARY KEY (user, secret)) STRICT, WITHOUT ROWID"), /* clang takes two lines for a lost comma */
	"CREATE INDEX grants_by_role ON grants (role)",
	"PRAGMA user_version = 2",
};

#define DEVICE \
	"identity TEXT NOT NULL, vendor INTEGER NOT NULL, product INTEGER NOT NULL, bus INTEGER NOT NULL," \
	" kinds INTEGER NOT NULL, name TEXT NOT NULL, serial TEXT NOT NULL"

/* What version 2 had not yet. */
static const char *const tables_of_3[] = {
	"CREATE TABLE device_requests (id INTEGER PRIMARY KEY AUTOINCREMENT, " DEVICE ", user TEXT NOT NULL,"
	" uid INTEGER NOT NULL, access INTEGER NOT NULL, for_sec INTEGER NOT NULL,"
	" state INTEGER NOT NULL DEFAULT 0, granted INTEGER NOT NULL DEFAULT 0, "
	ACT("made") ", " LATER_ACT("closed") ") STRICT",
	"CREATE INDEX device_requests_by_state ON device_requests (state, made_user)",
	"CREATE TABLE device_decisions (id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" request INTEGER NOT NULL REFERENCES device_requests (id), approved INTEGER NOT NULL, "
	ACT("made") ", UNIQUE (request, made_user)) STRICT",
	"CREATE TABLE device_grants (id INTEGER PRIMARY KEY AUTOINCREMENT, " DEVICE ", user TEXT NOT NULL,"
	" uid INTEGER NOT NULL, access INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,"
	" request INTEGER NOT NULL, over INTEGER NOT NULL DEFAULT 0, "
	ACT("made") ", " LATER_ACT("revoked") ") STRICT",
	"CREATE INDEX device_grants_by_end ON device_grants (over, until)",
	"PRAGMA user_version = 3",
};
/* clang-format on */

static int ask_number(struct register_db *db, const char *sql, int64_t *ret)
{
	scoped(statement_close) struct statement statement = statement_make(db, sql);
	const int r = statement_step(&statement);

	if (r <= 0)
		return r < 0 ? r : -EBADMSG;
	*ret = column_number(&statement, 0);
	return 0;
}

int schema_check(struct register_db *db)
{
	int64_t application = 0, version = 0;
	int r;

	r = ask_number(db, "PRAGMA application_id", &application);
	if (r == 0)
		r = ask_number(db, "PRAGMA user_version", &version);
	if (r < 0)
		return r;
	if (application == 0 && version == 0)
		return -ENODATA;
	if (application != APPLICATION || version < 1 || version > VERSION)
		return -EBADMSG;
	return version < VERSION ? -ESTALE : 0;
}

static int run_all(struct register_db *db, const char *const *sql, size_t n)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = database_run(db, sql[i]);
	return r;
}

/* Bring it from the version it has, 0 where it has no tables, to this one. */
static int make_tables(struct register_db *db)
{
	int64_t version = 0;
	int r = ask_number(db, "PRAGMA user_version", &version);

	if (r == 0 && version < 1)
		r = run_all(db, tables, ARRAY_SIZE(tables));
	if (r == 0 && version < 2)
		r = run_all(db, tables_of_2, ARRAY_SIZE(tables_of_2));
	if (r == 0 && version < 3)
		r = run_all(db, tables_of_3, ARRAY_SIZE(tables_of_3));
	return r;
}

int schema_ensure(struct register_db *db)
{
	int r = schema_check(db);

	if (r != -ENODATA && r != -ESTALE)
		return r;
	r = database_run(db, "BEGIN IMMEDIATE");
	if (r < 0)
		return r;
	r = schema_check(db); /* another one may have been first */
	if (r == -ENODATA || r == -ESTALE)
		r = make_tables(db);
	if (r == 0)
		r = database_run(db, "COMMIT");
	if (r < 0)
		(void)database_run(db, "ROLLBACK");
	return r;
}
