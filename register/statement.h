/* SPDX-License-Identifier: MIT */
/*
 * statement.h - one SQL statement: bound values in, columns out, results as negative errno.
 *
 * Errors stick: prepare, put every value, then ask statement_step() once. SQL is always a literal;
 * what people wrote is bound.
 */
#ifndef SERENO_REGISTER_STATEMENT_H
#define SERENO_REGISTER_STATEMENT_H

#include <stdbool.h>

#include <sqlite3.h>

#include <sereno/register.h>

struct register_db {
	sqlite3 *handle;
	char *root;
	bool is_hasty;	   /* waits for nobody before something is changed */
	int patience_msec; /* then for so long */
};

struct statement {
	sqlite3_stmt *handle;
	int next; /* number of the value that was put last */
	int error;
};

/* What an SQLite result comes to. */
int database_errno(sqlite3 *handle, int result);

/* Prepare; close with statement_close() whatever happened. */
struct statement statement_make(struct register_db *db, const char *sql);
void statement_close(struct statement *statement);

/* From the first value again, for the next row to write. */
void statement_again(struct statement *statement);

/* Bind the next value. A NULL text is NULL. Texts must live until the statement is closed. */
void put_text(struct statement *statement, const char *text);
void put_number(struct statement *statement, int64_t number);
void put_act(struct statement *statement, const struct act *act); /* four values */
/* ?1 the user, ?2 the role, ?3 the number, ?4 when it is open. */
void put_query(struct statement *statement, const struct register_query *query);

/* Returns 1 (a row is there), 0 (no more) or a negative errno. */
int statement_step(struct statement *statement);

/* Run what has no rows. Returns 0 or a negative errno. */
int statement_run(struct statement *statement);
int database_run(struct register_db *db, const char *sql);

/* Columns of the row, from 0; texts are borrowed until the next step. */
const char *column_text(const struct statement *statement, int column);
int64_t column_number(const struct statement *statement, int column);
uint32_t column_id(const struct statement *statement, int column);
struct act column_act(const struct statement *statement, int column); /* four columns */

#endif
