/* SPDX-License-Identifier: MIT */
/* statement.c - one SQL statement: bound values in, columns out, results as negative errno. */
#include <errno.h>

#include "statement.h"

int database_errno(sqlite3 *handle, int result)
{
	switch (result & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return 0;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_SCHEMA:
		return -EBADMSG;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return -EACCES;
	case SQLITE_CONSTRAINT:
	case SQLITE_TOOBIG:
	case SQLITE_MISMATCH:
		return -EINVAL;
	default:
		return handle && sqlite3_system_errno(handle) == ENOSPC ? -ENOSPC : -EIO;
	}
}

struct statement statement_make(struct register_db *db, const char *sql)
{
	struct statement statement = { 0 };
	const int result = sqlite3_prepare_v2(db->handle, sql, -1, &statement.handle, NULL);

	statement.error = database_errno(db->handle, result);
	return statement;
}

void statement_close(struct statement *statement)
{
	(void)sqlite3_finalize(statement->handle); /* what failed was said by the step */
	*statement = (struct statement){ 0 };
}

static void note(struct statement *statement, int result)
{
	if (statement->error == 0)
		statement->error = database_errno(sqlite3_db_handle(statement->handle), result);
}

void put_text(struct statement *statement, const char *text)
{
	statement->next++;
	if (statement->error == 0)
		note(statement, sqlite3_bind_text(statement->handle, statement->next, text, -1,
						  SQLITE_STATIC));
}

void put_number(struct statement *statement, int64_t number)
{
	statement->next++;
	if (statement->error == 0)
		note(statement, sqlite3_bind_int64(statement->handle, statement->next, number));
}

void put_act(struct statement *statement, const struct act *act)
{
	put_text(statement, act->user);
	put_number(statement, act->uid);
	put_number(statement, act->at);
	put_text(statement, act->reason);
}

void put_query(struct statement *statement, const struct register_query *query)
{
	put_text(statement, query->user);
	put_text(statement, query->role);
	put_number(statement, query->id);
	put_number(statement, query->open_at);
}

void statement_again(struct statement *statement)
{
	statement->next = 0;
	if (statement->error == 0)
		(void)sqlite3_reset(statement->handle); /* says again what the step said */
}

int statement_step(struct statement *statement)
{
	int result;

	if (statement->error < 0)
		return statement->error;
	result = sqlite3_step(statement->handle);
	note(statement, result);
	if (statement->error < 0)
		return statement->error;
	return result == SQLITE_ROW;
}

int statement_run(struct statement *statement)
{
	int r;

	do
		r = statement_step(statement);
	while (r > 0);
	return r;
}

int database_run(struct register_db *db, const char *sql)
{
	struct statement statement = statement_make(db, sql);
	const int r = statement_run(&statement);

	statement_close(&statement);
	return r;
}

const char *column_text(const struct statement *statement, int column)
{
	return (const char *)sqlite3_column_text(statement->handle, column);
}

int64_t column_number(const struct statement *statement, int column)
{
	return sqlite3_column_int64(statement->handle, column);
}

uint32_t column_id(const struct statement *statement, int column)
{
	const int64_t number = column_number(statement, column);

	return number > 0 && number <= UINT32_MAX ? (uint32_t)number : 0;
}

struct act column_act(const struct statement *statement, int column)
{
	return (struct act){
		.user = column_text(statement, column),
		.uid = (uid_t)column_number(statement, column + 1),
		.at = column_number(statement, column + 2),
		.reason = column_text(statement, column + 3),
	};
}
