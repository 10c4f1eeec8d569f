/* SPDX-License-Identifier: MIT */
/* grant.c - roles granted to people, and taken back. */
#include <errno.h>
#include <string.h>

#include <sereno/role_terms.h>
#include <sereno/scoped.h>

#include "change.h"

int grant_insert(struct register_db *db, const struct act *act, const struct new_grant *grant,
		 uint32_t *ret)
{
	scoped(statement_close) struct statement statement = statement_make(
		db,
		"INSERT INTO grants (user, role, since, until, request,"
		" made_user, made_uid, made_at, made_reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
	int64_t id;
	int r;

	put_text(&statement, grant->user);
	put_text(&statement, grant->role);
	put_number(&statement, grant->since);
	put_number(&statement, grant->until);
	put_number(&statement, grant->request);
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

int grant_check(struct register_db *db, struct policy *policy, const char *user, const char *role,
		struct role_terms *ret)
{
	char other[MODEL_NAME_MAX + 1];
	int r;

	r = policy_role_terms(policy, role, ret);
	if (r < 0)
		return r == -ENOENT ? REFUSED_NO_ROLE : r;
	if (ret->unattended)
		return REFUSED_UNATTENDED;
	/* What others have just been granted counts as well. */
	r = policy_take_grants(policy, db->root);
	if (r < 0)
		return r;
	r = policy_role_conflicts(policy, user, role, other);
	return r > 0 ? REFUSED_EXCLUDED : r;
}

/* Whether one of the two has departed. Returns 0, REFUSED_DEPARTED or a negative errno. */
static int check_present(struct register_db *db, const char *user, const char *by, int64_t moment)
{
	int r = has_departed(db, user, moment);

	if (r == 0)
		r = has_departed(db, by, moment);
	return r > 0 ? REFUSED_DEPARTED : r;
}

static int check_times(const struct grant_wish *wish, const struct role_terms *terms,
		       int64_t moment)
{
	if (wish->until == TIME_NO_END && terms->privileged)
		return REFUSED_NO_END;
	return wish->until <= wish->since || wish->until <= moment ? REFUSED_OVER : 0;
}

static int check_wish(struct register_db *db, struct policy *policy, const struct act *act,
		      const struct grant_wish *wish)
{
	const int64_t moment = register_moment(db, act->at);
	struct role_terms terms;
	int r;

	r = policy_is_same_person(policy, act->user, wish->user);
	if (r != 0)
		return r < 0 ? r : REFUSED_OWN_GRANT;
	r = grant_check(db, policy, wish->user, wish->role, &terms);
	if (r == 0)
		r = check_times(wish, &terms, moment);
	return r == 0 ? check_present(db, wish->user, act->user, moment) : r;
}

int register_grant(struct register_db *db, struct policy *policy, const struct act *act,
		   const struct grant_wish *wish, uint32_t *ret)
{
	const struct new_grant grant = {
		.user = wish->user,
		.role = wish->role,
		.since = wish->since,
		.until = wish->until,
	};
	uint32_t id = 0;
	int r = act_check(act);

	if (r == 0)
		r = user_check(wish->user);
	if (r == 0)
		r = change_begin(db);
	if (r < 0)
		return r;
	r = check_wish(db, policy, act, wish);
	if (r == 0)
		r = grant_insert(db, act, &grant, &id);
	r = change_end(db, act->at, EFFECT_LOGINS, r);
	if (r == 0 || r == -EREMOTEIO)
		*ret = id;
	return r;
}

/* Ask the caller about each grant that is about to be ended; which ones, @matching says. */
static int ask_check(const struct register_check *check, struct statement *matching)
{
	int r, asked = 0, refused;

	while ((r = statement_step(matching)) > 0) {
		refused = check ? check->allows(check->context, column_id(matching, 0)) : 0;
		if (refused != 0)
			return refused < 0 ? refused : REFUSED_CHECK;
		asked++;
	}
	return r == 0 && asked == 0 ? REFUSED_UNKNOWN : r;
}

#define OPEN_GRANT "over = 0 AND revoked_user IS NULL"

/* Which grants: by number, or of a user for a role. */
struct matching {
	uint32_t id;		 /* 0: any */
	const char *user, *role; /* NULL: any */
};

#define MATCHING \
	" WHERE (?1 = 0 OR id = ?1) AND (?2 IS NULL OR user = ?2) AND (?3 IS NULL OR role = ?3) AND " OPEN_GRANT

static void put_matching(struct statement *statement, const struct matching *matching)
{
	put_number(statement, matching->id);
	put_text(statement, matching->user);
	put_text(statement, matching->role);
}

static int end_matching(struct register_db *db, const struct act *act,
			const struct matching *matching, const struct register_check *check)
{
	scoped(statement_close) struct statement open =
		statement_make(db, "SELECT id FROM grants" MATCHING);
	scoped(statement_close) struct statement end = statement_make(
		db, "UPDATE grants SET revoked_user = ?4, revoked_uid = ?5, revoked_at = ?6,"
		    " revoked_reason = ?7" MATCHING);
	int r;

	put_matching(&open, matching);
	put_matching(&end, matching);
	put_act(&end, act);
	r = ask_check(check, &open);
	return r == 0 ? statement_run(&end) : r;
}

static int take_back(struct register_db *db, const struct act *act, const struct matching *matching,
		     const struct register_check *check)
{
	int r = act_check(act);

	if (r == 0)
		r = change_begin(db);
	if (r < 0)
		return r;
	r = end_matching(db, act, matching, check);
	return change_end(db, act->at, EFFECT_LOGINS, r);
}

int register_revoke_id(struct register_db *db, const struct act *act, uint32_t id,
		       const struct register_check *check)
{
	const struct matching matching = { .id = id };

	return id == 0 ? REFUSED_UNKNOWN : take_back(db, act, &matching, check);
}

int register_revoke(struct register_db *db, const struct act *act, const char *user,
		    const char *role, const struct register_check *check)
{
	const struct matching matching = { .user = user, .role = role };

	return take_back(db, act, &matching, check);
}

int register_grants(struct register_db *db, const struct register_query *query,
		    register_each_grant *each, void *context)
{
	scoped(statement_close) struct statement statement = statement_make(
		db,
		"SELECT id, request, user, role, since, until, made_user, made_uid, made_at,"
		" made_reason, revoked_user, revoked_uid, revoked_at, revoked_reason FROM grants"
		" WHERE (?1 IS NULL OR user = ?1) AND (?2 IS NULL OR role = ?2)"
		" AND (?3 = 0 OR id = ?3) AND (?4 = 0 OR (" OPEN_GRANT " AND until > ?4))"
		" ORDER BY id");
	int r;

	put_query(&statement, query);
	while ((r = statement_step(&statement)) > 0) {
		const struct grant_row row = {
			.id = column_id(&statement, 0),
			.request = column_id(&statement, 1),
			.user = column_text(&statement, 2),
			.role = column_text(&statement, 3),
			.since = column_number(&statement, 4),
			.until = column_number(&statement, 5),
			.made = column_act(&statement, 6),
			.revoked = column_act(&statement, 10),
		};

		if (!row.user || !row.role || !row.made.user)
			return -EBADMSG;
		r = each(context, &row);
		if (r != 0)
			return r;
	}
	return r;
}
