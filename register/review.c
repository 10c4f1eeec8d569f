/* SPDX-License-Identifier: MIT */
/* review.c - reviews of the roles, each to be signed by the role's owner. */
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "change.h"

/* The review that has an unsigned part. Returns 1 (then *@ret is its number), 0 or a negative
 * errno.
 */
static int find_open(struct register_db *db, uint32_t *ret)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "SELECT review FROM review_parts WHERE signed_user IS NULL LIMIT 1");
	const int r = statement_step(&statement);

	if (r > 0)
		*ret = column_id(&statement, 0);
	return r;
}

static int insert_review(struct register_db *db, const struct act *act, int64_t deadline,
			 uint32_t *ret)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "INSERT INTO reviews (deadline, opened_user, opened_uid, opened_at,"
		    " opened_reason) VALUES (?, ?, ?, ?, ?)");
	int64_t id;
	int r;

	put_number(&statement, deadline);
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

static int insert_part(struct register_db *db, uint32_t review, const struct review_part *part)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "INSERT INTO review_parts (review, role, owner) VALUES (?, ?, ?)");

	put_number(&statement, review);
	put_text(&statement, part->role);
	put_text(&statement, part->owner);
	return statement_run(&statement);
}

static int open_review(struct register_db *db, const struct act *act, int64_t deadline,
		       uint32_t *ret)
{
	uint32_t other;
	const int r = find_open(db, &other);

	if (r != 0)
		return r < 0 ? r : REFUSED_ALREADY;
	return deadline <= act->at ? REFUSED_OVER : insert_review(db, act, deadline, ret);
}

int register_review_open(struct register_db *db, const struct act *act, int64_t deadline,
			 const struct review_part *parts, size_t n, uint32_t *ret)
{
	uint32_t id = 0;
	int r = act_check(act);

	for (size_t i = 0; r == 0 && i < n; i++)
		r = *parts[i].role && user_check(parts[i].owner) == 0 ? wording_check(parts[i].role)
								      : -EINVAL;
	if (r == 0)
		r = n == 0 ? -EINVAL : change_begin(db);
	if (r < 0)
		return r;
	r = open_review(db, act, deadline, &id);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = insert_part(db, id, &parts[i]);
	r = change_end(db, act->at, EFFECT_NONE, r);
	if (r == 0)
		*ret = id;
	return r;
}

/* Whether @user owns the unsigned part @role of @review. Returns 0, a refusal or a negative errno.
 */
static int check_owner(struct register_db *db, uint32_t review, const char *role, const char *user)
{
	scoped(statement_close) struct statement statement =
		statement_make(db, "SELECT owner FROM review_parts WHERE review = ? AND role = ?"
				   " AND signed_user IS NULL");
	const char *owner;
	int r;

	put_number(&statement, review);
	put_text(&statement, role);
	r = statement_step(&statement);
	if (r <= 0)
		return r < 0 ? r : REFUSED_UNKNOWN;
	owner = column_text(&statement, 0);
	return owner && strcmp(owner, user) == 0 ? 0 : REFUSED_NOT_APPROVER;
}

static int sign(struct register_db *db, const struct act *act, uint32_t review, const char *role)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "UPDATE review_parts SET signed_user = ?, signed_uid = ?, signed_at = ?,"
		    " signed_reason = ? WHERE review = ? AND role = ?");

	put_act(&statement, act);
	put_number(&statement, review);
	put_text(&statement, role);
	return statement_run(&statement);
}

/* The open review that @user may sign @role in. Returns 0, a refusal or a negative errno. */
static int find_part(struct register_db *db, const struct act *act, const char *role, uint32_t *ret)
{
	int r = has_departed(db, act->user, register_moment(db, act->at));

	if (r != 0)
		return r < 0 ? r : REFUSED_DEPARTED;
	r = find_open(db, ret);
	if (r <= 0)
		return r < 0 ? r : REFUSED_UNKNOWN;
	return check_owner(db, *ret, role, act->user);
}

int register_review_sign(struct register_db *db, const struct act *act, const char *role)
{
	uint32_t review = 0;
	int r = act_check(act);

	if (r == 0)
		r = change_begin(db);
	if (r < 0)
		return r;
	r = find_part(db, act, role, &review);
	if (r == 0)
		r = sign(db, act, review, role);
	return change_end(db, act->at, EFFECT_NONE, r);
}

int register_reviews(struct register_db *db, const struct register_query *query,
		     register_each_review *each, void *context)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "SELECT review, role, owner, deadline, opened_user, opened_uid, opened_at,"
		    " opened_reason, signed_user, signed_uid, signed_at, signed_reason"
		    " FROM review_parts JOIN reviews ON reviews.id = review"
		    " WHERE (?1 IS NULL OR owner = ?1) AND (?2 IS NULL OR role = ?2)"
		    " AND (?3 = 0 OR review = ?3) AND (?4 = 0 OR EXISTS (SELECT 1 FROM review_parts"
		    " AS other WHERE other.review = reviews.id AND other.signed_user IS NULL))"
		    " ORDER BY review, role");
	int r;

	put_query(&statement, query);
	while ((r = statement_step(&statement)) > 0) {
		const struct review_row row = {
			.id = column_id(&statement, 0),
			.role = column_text(&statement, 1),
			.owner = column_text(&statement, 2),
			.deadline = column_number(&statement, 3),
			.opened = column_act(&statement, 4),
			.signed_by = column_act(&statement, 8),
		};

		r = row.role && row.owner && row.opened.user ? each(context, &row) : -EBADMSG;
		if (r != 0)
			return r;
	}
	return r;
}
