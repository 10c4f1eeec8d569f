/* SPDX-License-Identifier: MIT */
/* request.c - roles asked for, and other people's answers. */
#include <errno.h>
#include <string.h>

#include <sereno/role_terms.h>
#include <sereno/scoped.h>

#include "change.h"

/* One request, as far as deciding it goes. Texts are copied: rows come and go. */
struct pending {
	uint32_t id, approvers;
	int64_t for_sec, made;
	char asker[GRANTS_USER_MAX + 1], role[MODEL_NAME_MAX + 1];
	const struct role_terms *terms; /* as they are now */
};

static int count_open(struct register_db *db, const char *user, const char *role)
{
	scoped(statement_close) struct statement statement =
		statement_make(db, "SELECT role FROM requests WHERE state = 0 AND made_user = ?");
	int r, n = 0;

	put_text(&statement, user);
	while ((r = statement_step(&statement)) > 0) {
		const char *open = column_text(&statement, 0);

		if (open && strcmp(open, role) == 0)
			return REFUSED_ALREADY;
		n++;
	}
	if (r < 0)
		return r;
	return n >= REGISTER_OPEN_MAX ? REFUSED_TOO_MANY : 0;
}

/* Void what nobody answered in time, before anything else is looked at. */
static int void_unanswered(struct register_db *db, const struct act *act, uint64_t after_sec)
{
	static const char reason[] = "nobody answered in time";
	const struct act by_time = {
		.user = act->user, .uid = act->uid, .at = act->at, .reason = reason
	};
	scoped(statement_close) struct statement statement = statement_make(
		db, "UPDATE requests SET state = 4, closed_user = ?, closed_uid = ?, closed_at = ?,"
		    " closed_reason = ? WHERE state = 0 AND made_at <= ?");

	put_act(&statement, &by_time);
	put_number(&statement, act->at - (int64_t)after_sec);
	return statement_run(&statement);
}

static int check_terms(const struct register_person *person, const struct act *act,
		       const struct request_wish *wish, const struct role_terms *terms)
{
	int r;

	if (!terms->on_request)
		return REFUSED_NOT_ON_REQUEST;
	r = policy_holds_one(person->policy, person->request, act->at, &terms->by);
	if (r <= 0)
		return r < 0 ? r : REFUSED_NOT_ASKER;
	if (wish->for_sec == 0)
		return REFUSED_OVER;
	return wish->for_sec > terms->at_most_sec ? REFUSED_TOO_LONG : 0;
}

static int check_request(struct register_db *db, const struct register_person *person,
			 const struct act *act, const struct request_wish *wish,
			 struct role_terms *terms)
{
	int r;

	r = has_departed(db, act->user, register_moment(db, act->at));
	if (r != 0)
		return r < 0 ? r : REFUSED_DEPARTED;
	r = grant_check(db, person->policy, act->user, wish->role, terms);
	if (r == 0)
		r = check_terms(person, act, wish, terms);
	if (r == 0)
		r = void_unanswered(db, act, policy_request_expiry(person->policy));
	return r == 0 ? count_open(db, act->user, wish->role) : r;
}

static int insert_request(struct register_db *db, const struct act *act,
			  const struct request_wish *wish, uint32_t approvers, uint32_t *ret)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "INSERT INTO requests (role, for_sec, approvers, made_user, made_uid, made_at,"
		    " made_reason) VALUES (?, ?, ?, ?, ?, ?, ?)");
	int64_t id;
	int r;

	put_text(&statement, wish->role);
	put_number(&statement, (int64_t)wish->for_sec);
	put_number(&statement, approvers);
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

int register_request(struct register_db *db, const struct register_person *person,
		     const struct act *act, const struct request_wish *wish, uint32_t *ret)
{
	struct role_terms terms = { 0 };
	uint32_t id = 0;
	int r = act_check(act);

	if (r == 0 && strcmp(act->user, person->request->subject.user) != 0)
		r = -EINVAL;
	if (r == 0)
		r = change_begin(db);
	if (r < 0)
		return r;
	r = check_request(db, person, act, wish, &terms);
	if (r == 0)
		r = insert_request(db, act, wish, terms.approvers, &id);
	r = change_end(db, act->at, EFFECT_NONE, r);
	if (r == 0)
		*ret = id;
	return r;
}

/* The request @id, which must be open. Returns 0, a refusal or a negative errno. */
static int load_pending(struct register_db *db, uint32_t id, struct pending *ret)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "SELECT state, approvers, for_sec, made_at, made_user, role FROM requests"
		    " WHERE id = ?");
	const char *asker, *role;
	int r;

	put_number(&statement, id);
	r = statement_step(&statement);
	if (r <= 0)
		return r < 0 ? r : REFUSED_UNKNOWN;
	if (column_number(&statement, 0) != REQUEST_OPEN)
		return REFUSED_DECIDED;
	asker = column_text(&statement, 4);
	role = column_text(&statement, 5);
	if (!asker || !role || strlen(asker) > GRANTS_USER_MAX || strlen(role) > MODEL_NAME_MAX)
		return -EBADMSG;
	*ret = (struct pending){
		.id = id,
		.approvers = column_id(&statement, 1),
		.for_sec = column_number(&statement, 2),
		.made = column_number(&statement, 3),
	};
	memcpy(ret->asker, asker, strlen(asker));
	memcpy(ret->role, role, strlen(role));
	return 0;
}

static int close_request(struct register_db *db, const struct act *act, uint32_t id,
			 enum request_state state, uint32_t grant)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "UPDATE requests SET state = ?, granted = ?, closed_user = ?, closed_uid = ?,"
		    " closed_at = ?, closed_reason = ? WHERE id = ?");

	put_number(&statement, state);
	put_number(&statement, grant);
	put_act(&statement, act);
	put_number(&statement, id);
	return statement_run(&statement);
}

/* Root has no person behind it, so it does not count as one. */
static int check_decider(struct register_db *db, const struct register_person *person,
			 const struct act *act, const struct pending *pending)
{
	const struct role_terms *terms = pending->terms;
	int r;

	if (act->uid == 0 || !terms->on_request)
		return REFUSED_NOT_APPROVER;
	r = has_departed(db, act->user, register_moment(db, act->at));
	if (r != 0)
		return r < 0 ? r : REFUSED_DEPARTED;
	r = policy_is_same_person(person->policy, act->user, pending->asker);
	if (r != 0)
		return r < 0 ? r : REFUSED_OWN_REQUEST;
	r = policy_holds_one(person->policy, person->request, act->at, &terms->approved_by);
	return r < 0 ? r : r > 0 ? 0 : REFUSED_NOT_APPROVER;
}

/* Whether @user, who is not the one who acts, holds one of @roles now. */
static int other_holds(const struct register_person *person, const char *user, int64_t now,
		       const struct role_names *roles)
{
	const struct access_request by_name = {
		.uid = policy_facts(person->policy)->min_uid,
		.subject = { .user = user },
	};

	if (person->other_holds)
		return person->other_holds(person->context, user, now, roles);
	return policy_holds_one(person->policy, &by_name, now, roles);
}

/* One who said yes. */
struct approval {
	int64_t id;
	char user[GRANTS_USER_MAX + 1];
};

/* The next approval of @request after @approval. Returns 1, 0 (no more) or a negative errno. */
static int next_approval(struct register_db *db, uint32_t request, struct approval *approval)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "SELECT id, made_user FROM decisions WHERE request = ? AND approved = 1"
		    " AND id > ? ORDER BY id LIMIT 1");
	const char *user;
	int r;

	put_number(&statement, request);
	put_number(&statement, approval->id);
	r = statement_step(&statement);
	if (r <= 0)
		return r;
	user = column_text(&statement, 1);
	if (!user || strlen(user) > GRANTS_USER_MAX)
		return -EBADMSG;
	approval->id = column_number(&statement, 0);
	memcpy(approval->user, user, strlen(user) + 1);
	return 1;
}

/* It stays, with who and when, and counts no more. */
static int void_approval(struct register_db *db, const struct approval *approval)
{
	scoped(statement_close) struct statement statement =
		statement_make(db, "UPDATE decisions SET approved = 2 WHERE id = ?");

	put_number(&statement, approval->id);
	return statement_run(&statement);
}

/* Whether who said yes is still there and could still say it. Returns 1, 0 or a negative errno. */
static int still_counts(struct register_db *db, const struct register_person *person,
			const struct act *act, const struct approval *approval,
			const struct role_terms *terms)
{
	const int r = has_departed(db, approval->user, register_moment(db, act->at));

	if (r != 0)
		return r < 0 ? r : 0;
	return other_holds(person, approval->user, act->at, &terms->approved_by);
}

/* How many said yes before and still count; REFUSED_SAID_YES where one of them is the person who
 * says it now. Returns 0, that, or a negative errno. */
static int count_approvals(struct register_db *db, const struct register_person *person,
			   const struct act *act, const struct pending *pending, uint32_t *ret)
{
	struct approval approval = { .id = 0 };
	uint32_t n = 0;
	int r, counts;

	while ((r = next_approval(db, pending->id, &approval)) > 0) {
		counts = policy_is_same_person(person->policy, act->user, approval.user);
		if (counts != 0)
			return counts < 0 ? counts : REFUSED_SAID_YES;
		counts = still_counts(db, person, act, &approval, pending->terms);
		if (counts == 0)
			counts = void_approval(db, &approval);
		else
			n++;
		if (counts < 0)
			return counts;
	}
	*ret = n;
	return r;
}

static int insert_decision(struct register_db *db, const struct act *act, uint32_t id,
			   enum register_decision decision)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "INSERT OR REPLACE INTO decisions (request, approved, made_user, made_uid,"
		    " made_at, made_reason) VALUES (?, ?, ?, ?, ?, ?)");

	put_number(&statement, id);
	put_number(&statement, decision == DECISION_APPROVE);
	put_act(&statement, act);
	return statement_run(&statement);
}

static int grant_request(struct register_db *db, const struct act *act,
			 const struct pending *pending)
{
	const struct new_grant grant = {
		.user = pending->asker,
		.role = pending->role,
		.since = act->at,
		.until = act->at + pending->for_sec,
		.request = pending->id,
	};
	uint32_t id;
	int r = grant_insert(db, act, &grant, &id);

	return r < 0 ? r : close_request(db, act, pending->id, REQUEST_GRANTED, id);
}

static int approve(struct register_db *db, const struct register_person *person,
		   const struct act *act, const struct pending *pending)
{
	const struct role_terms *terms = pending->terms;
	uint32_t before = 0, needed = pending->approvers;
	int r;

	/* The stricter of then and now. */
	if (terms->approvers > needed)
		needed = terms->approvers;
	r = has_departed(db, pending->asker, register_moment(db, act->at));
	if (r != 0)
		return r < 0 ? r : REFUSED_DEPARTED;
	r = other_holds(person, pending->asker, act->at, &terms->by);
	if (r <= 0)
		return r < 0 ? r : REFUSED_ASKER_LOST;
	if (pending->for_sec <= 0 || (uint64_t)pending->for_sec > terms->at_most_sec)
		return REFUSED_TOO_LONG;
	r = count_approvals(db, person, act, pending, &before);
	if (r == 0)
		r = insert_decision(db, act, pending->id, DECISION_APPROVE);
	if (r == 0 && before + 1 >= needed)
		r = grant_request(db, act, pending);
	return r;
}

static int decide(struct register_db *db, const struct register_person *person,
		  const struct act *act, uint32_t id, enum register_decision decision)
{
	struct role_terms terms = { 0 };
	struct pending pending;
	int r;

	r = load_pending(db, id, &pending);
	if (r != 0)
		return r;
	pending.terms = &terms;
	if (pending.made <= act->at - (int64_t)policy_request_expiry(person->policy))
		return REFUSED_DECIDED;
	r = grant_check(db, person->policy, pending.asker, pending.role, &terms);
	if (r != 0 && (r != REFUSED_EXCLUDED || decision == DECISION_APPROVE))
		return r;
	r = check_decider(db, person, act, &pending);
	if (r != 0)
		return r;
	if (decision == DECISION_APPROVE)
		return approve(db, person, act, &pending);
	r = insert_decision(db, act, id, decision);
	return r < 0 ? r : close_request(db, act, id, REQUEST_DENIED, 0);
}

int register_decide(struct register_db *db, const struct register_person *person,
		    const struct act *act, uint32_t id, enum register_decision decision)
{
	int r = act_check(act);

	if (r == 0 && strcmp(act->user, person->request->subject.user) != 0)
		r = -EINVAL;
	if (r == 0)
		r = change_begin(db);
	if (r < 0)
		return r;
	r = decide(db, person, act, id, decision);
	return change_end(db, act->at, decision == DECISION_APPROVE ? EFFECT_LOGINS : EFFECT_NONE,
			  r);
}

int register_withdraw(struct register_db *db, const struct act *act, uint32_t id)
{
	struct pending pending;
	int r = act_check(act);

	if (r == 0)
		r = change_begin(db);
	if (r < 0)
		return r;
	r = load_pending(db, id, &pending);
	if (r == 0 && strcmp(pending.asker, act->user) != 0)
		r = REFUSED_UNKNOWN;
	if (r == 0)
		r = close_request(db, act, id, REQUEST_WITHDRAWN, 0);
	return change_end(db, act->at, EFFECT_NONE, r);
}

int register_void(struct register_db *db, const struct act *act, uint64_t after_sec)
{
	int r = act_check(act);

	if (r == 0 && after_sec > INT32_MAX * UINT64_C(4))
		r = -EINVAL;
	if (r == 0)
		r = change_begin(db);
	if (r < 0)
		return r;
	r = void_unanswered(db, act, after_sec);
	return change_end(db, act->at, EFFECT_NONE, r);
}
