/* SPDX-License-Identifier: MIT */
/* knowledge.c - which shared secrets people know, or knew: kept when roles are gone. */
#include <errno.h>

#include <sereno/register_known.h>
#include <sereno/scoped.h>

#include "change.h"

#define SOMEBODY "INSERT OR IGNORE INTO known (role, secret, since, user) VALUES (?1, ?2, ?3, ?4)"

/* Rows of grants are never removed: also what is over counts, as nobody forgets. */
#define WHOEVER_HAD_IT                                            \
	"INSERT OR IGNORE INTO known (role, secret, since, user)" \
	" SELECT DISTINCT ?1, ?2, ?3, user FROM grants WHERE role = ?1"

static int check_known(const struct known *known)
{
	int r = known->user ? user_check(known->user) : 0;

	if (r == 0)
		r = *known->role ? wording_check(known->role) : -EINVAL;
	if (r == 0)
		r = *known->secret ? wording_check(known->secret) : -EINVAL;
	return r;
}

static int learn_one(struct statement *statement, const struct known *known, int64_t now)
{
	statement_again(statement);
	put_text(statement, known->role);
	put_text(statement, known->secret);
	put_number(statement, now);
	if (known->user)
		put_text(statement, known->user);
	return statement_run(statement);
}

static int learn_all(struct register_db *db, int64_t now, const struct known *item, size_t n)
{
	scoped(statement_close) struct statement somebody = statement_make(db, SOMEBODY);
	scoped(statement_close) struct statement whoever = statement_make(db, WHOEVER_HAD_IT);
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = learn_one(item[i].user ? &somebody : &whoever, &item[i], now);
	return r;
}

static int note_moment(struct register_db *db, int64_t now)
{
	scoped(statement_close) struct statement statement =
		statement_make(db, "INSERT INTO counter (name, value) VALUES ('learned', ?)"
				   " ON CONFLICT (name) DO UPDATE SET value = excluded.value");

	put_number(&statement, now);
	return statement_run(&statement);
}

int register_learn(struct register_db *db, int64_t now, const struct known *item, size_t n)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = check_known(&item[i]);
	if (r == 0)
		r = change_begin(db);
	if (r < 0)
		return r;
	r = learn_all(db, now, item, n);
	if (r == 0)
		r = note_moment(db, now);
	return change_end(db, now, EFFECT_NONE, r);
}

int register_learned(struct register_db *db, int64_t *ret)
{
	scoped(statement_close) struct statement statement =
		statement_make(db, "SELECT value FROM counter WHERE name = 'learned'");
	const int r = statement_step(&statement);

	if (r < 0)
		return r;
	*ret = r > 0 ? column_number(&statement, 0) : 0;
	return 0;
}

int register_known(struct register_db *db, const char *user, register_each_known *each,
		   void *context)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "SELECT user, role, secret FROM known WHERE user = ? ORDER BY secret");
	int r;

	put_text(&statement, user);
	while ((r = statement_step(&statement)) > 0) {
		const struct known row = { column_text(&statement, 0), column_text(&statement, 1),
					   column_text(&statement, 2) };

		r = row.user && row.role && row.secret ? each(context, &row) : -EBADMSG;
		if (r != 0)
			return r;
	}
	return r;
}
