/* SPDX-License-Identifier: MIT */
/* device_request.c - devices let in by people who may: one of them, or one of each role. */
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "change.h"
#include "device_assent.h"
#include "device_row.h"

/* One request, as far as deciding it goes. Texts are copied: rows come and go. */
struct pending {
	uint32_t id;
	int64_t made;
	struct device_wish wish;
	char user[GRANTS_USER_MAX + 1], name[REGISTER_REASON_MAX + 1];
	char serial[REGISTER_REASON_MAX + 1];
};

/* Who decides, by what right. */
struct deciding {
	struct register_db *db;
	const struct register_approvers *approvers;
	const struct act *act;
	struct media_approvers wanted;
	uint64_t held; /* of those */
};

static int copy_text(char *to, size_t size, const char *from)
{
	const size_t length = strlen(from);

	if (length >= size)
		return -EBADMSG;
	memcpy(to, from, length + 1);
	return 0;
}

#define PENDING                                                           \
	"SELECT id, made_at, user, uid, access, for_sec, " DEVICE_COLUMNS \
	", state FROM device_requests WHERE "

/* Returns 0, a refusal or a negative errno. */
static int read_pending(struct statement *statement, struct pending *ret)
{
	const int r = statement_step(statement);
	struct device_wish *wish = &ret->wish;
	const char *user;

	if (r <= 0)
		return r < 0 ? r : REFUSED_UNKNOWN;
	if (column_number(statement, 13) != REQUEST_OPEN)
		return REFUSED_DECIDED;
	memset(ret, 0, sizeof(*ret));
	ret->id = column_id(statement, 0);
	ret->made = column_number(statement, 1);
	user = column_text(statement, 2);
	wish->uid = (uid_t)column_number(statement, 3);
	wish->for_sec = (uint64_t)column_number(statement, 5);
	if (!user || column_access(statement, 4, &wish->access) < 0 ||
	    column_device(statement, 6, &wish->device) < 0 ||
	    copy_text(ret->user, sizeof(ret->user), user) < 0 ||
	    copy_text(ret->name, sizeof(ret->name), wish->device.name) < 0 ||
	    copy_text(ret->serial, sizeof(ret->serial), wish->device.serial) < 0)
		return -EBADMSG;
	wish->user = ret->user;
	wish->device.name = ret->name;
	wish->device.serial = ret->serial;
	return 0;
}

static int load_pending(struct register_db *db, uint32_t id, struct pending *ret)
{
	scoped(statement_close) struct statement statement = statement_make(db, PENDING "id = ?");

	put_number(&statement, id);
	return read_pending(&statement, ret);
}

/* What is open for the same device and user. */
static int find_pending(struct register_db *db, const struct device_wish *wish, struct pending *ret)
{
	char identity[IDENTITY_TEXT_SIZE];
	scoped(statement_close) struct statement statement =
		statement_make(db, PENDING "state = 0 AND identity = ? AND user = ? AND uid = ?");

	identity_text(wish->device.identity, identity);
	put_text(&statement, identity);
	put_text(&statement, wish->user);
	put_number(&statement, wish->uid);
	return read_pending(&statement, ret);
}

static int void_unanswered(struct register_db *db, const struct act *act, uint64_t after_sec)
{
	static const char reason[] = "nobody answered in time";
	const struct act by_time = {
		.user = act->user, .uid = act->uid, .at = act->at, .reason = reason
	};
	scoped(statement_close) struct statement statement = statement_make(
		db, "UPDATE device_requests SET state = 4, closed_user = ?, closed_uid = ?,"
		    " closed_at = ?, closed_reason = ? WHERE state = 0 AND made_at <= ?");

	put_act(&statement, &by_time);
	put_number(&statement, act->at - (int64_t)after_sec);
	return statement_run(&statement);
}

static int count_open(struct register_db *db, const struct act *act)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "SELECT count(*) FROM device_requests WHERE state = 0 AND made_user = ?");
	int r;

	put_text(&statement, act->user);
	r = statement_step(&statement);
	if (r <= 0)
		return r < 0 ? r : -EBADMSG;
	return column_number(&statement, 0) >= REGISTER_OPEN_MAX ? REFUSED_TOO_MANY : 0;
}

/* Root has no person behind it, so it does not count as one. */
static int check_decider(struct deciding *deciding, const char *user)
{
	const struct register_approvers *approvers = deciding->approvers;
	const struct act *act = deciding->act;
	struct register_db *db = deciding->db;
	int r = policy_media_approvers(approvers->policy, &deciding->wanted);

	if (r < 0)
		return r == -ENOENT ? REFUSED_NO_APPROVERS : r;
	if (act->uid == 0)
		return REFUSED_NOT_APPROVER;
	r = has_departed(db, act->user, register_moment(db, act->at));
	if (r != 0)
		return r < 0 ? r : REFUSED_DEPARTED;
	r = policy_is_same_person(approvers->policy, act->user, user);
	if (r != 0)
		return r < 0 ? r : REFUSED_OWN_DEVICE;
	r = policy_take_grants(approvers->policy, db->root);
	if (r == 0)
		r = approvers->held(approvers->context, act->user, act->uid,
				    &deciding->wanted.names, &deciding->held);
	return r < 0 ? r : deciding->held ? 0 : REFUSED_NOT_APPROVER;
}

static int insert_request(struct register_db *db, const struct act *act,
			  const struct device_wish *wish, uint32_t *ret)
{
	char identity[IDENTITY_TEXT_SIZE];
	scoped(statement_close) struct statement statement = statement_make(
		db, "INSERT INTO device_requests (" DEVICE_COLUMNS ", user, uid, access, for_sec,"
		    " made_user, made_uid, made_at, made_reason)"
		    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	int64_t id;
	int r;

	identity_text(wish->device.identity, identity);
	put_device(&statement, &wish->device, identity);
	put_text(&statement, wish->user);
	put_number(&statement, wish->uid);
	put_number(&statement, wish->access);
	put_number(&statement, (int64_t)wish->for_sec);
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

/* He who said yes counts by what he holds now, if he is still there. */
static int add_assent(const struct deciding *deciding, const char *user, uid_t uid,
		      struct assent *assent)
{
	const struct register_approvers *approvers = deciding->approvers;
	uint64_t held = 0;
	int r = policy_is_same_person(approvers->policy, deciding->act->user, user);

	if (r != 0)
		return r < 0 ? r : REFUSED_SAID_YES;
	r = approvers->held(approvers->context, user, uid, &deciding->wanted.names, &held);
	if (r < 0 || !held)
		return r;
	if (assent->n == REGISTER_APPROVALS_MAX - 1)
		return REFUSED_TOO_MANY;
	assent->held[assent->n++] = held;
	return 0;
}

static int gather_assent(const struct deciding *deciding, uint32_t id, struct assent *assent)
{
	scoped(statement_close) struct statement statement = statement_make(
		deciding->db, "SELECT made_user, made_uid FROM device_decisions WHERE request = ?1"
			      " AND approved = 1 AND NOT EXISTS (SELECT 1 FROM departures"
			      " WHERE user = device_decisions.made_user AND undone_user IS NULL"
			      " AND (over = 1 OR since <= ?2)) ORDER BY id");
	int r;

	put_number(&statement, id);
	put_number(&statement, register_moment(deciding->db, deciding->act->at));
	while ((r = statement_step(&statement)) > 0) {
		const char *user = column_text(&statement, 0);

		r = user ? add_assent(deciding, user, (uid_t)column_number(&statement, 1), assent)
			 : -EBADMSG;
		if (r != 0)
			return r;
	}
	assent->held[assent->n++] = deciding->held;
	return r;
}

static int insert_decision(struct register_db *db, const struct act *act, uint32_t id,
			   enum register_decision decision)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "INSERT OR REPLACE INTO device_decisions (request, approved, made_user,"
		    " made_uid, made_at, made_reason) VALUES (?, ?, ?, ?, ?, ?)");

	put_number(&statement, id);
	put_number(&statement, decision == DECISION_APPROVE);
	put_act(&statement, act);
	return statement_run(&statement);
}

static int close_request(struct register_db *db, const struct act *act, uint32_t id,
			 enum request_state state, uint32_t grant)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "UPDATE device_requests SET state = ?, granted = ?, closed_user = ?,"
		    " closed_uid = ?, closed_at = ?, closed_reason = ? WHERE id = ?");

	put_number(&statement, state);
	put_number(&statement, grant);
	put_act(&statement, act);
	put_number(&statement, id);
	return statement_run(&statement);
}

static int grant_request(const struct deciding *deciding, uint32_t id,
			 const struct device_wish *wish)
{
	const struct act *act = deciding->act;
	const struct new_device_grant grant = {
		.device = &wish->device,
		.user = wish->user,
		.uid = wish->uid,
		.access = wish->access,
		.since = act->at,
		.until = act->at + (int64_t)wish->for_sec,
		.request = id,
	};
	uint32_t number;
	int r;

	/* A clock that went back would give a grant that is over. */
	if (grant.until <= register_moment(deciding->db, act->at))
		return REFUSED_OVER;
	r = device_grant_insert(deciding->db, act, &grant, &number);
	return r < 0 ? r : close_request(deciding->db, act, id, REQUEST_GRANTED, number);
}

static int approve(const struct deciding *deciding, uint32_t id, const struct device_wish *wish)
{
	const struct media_approvers *wanted = &deciding->wanted;
	struct register_db *db = deciding->db;
	struct assent assent = { 0 };
	int r = has_departed(db, wish->user, register_moment(db, deciding->act->at));

	if (r != 0)
		return r < 0 ? r : REFUSED_DEPARTED;
	r = gather_assent(deciding, id, &assent);
	if (r == 0)
		r = insert_decision(db, deciding->act, id, DECISION_APPROVE);
	if (r == 0 && (!wanted->each || assent_covers_each(&assent, wanted->names.n)))
		r = grant_request(deciding, id, wish);
	return r;
}

/* Another wish for the same device and user is one that somebody has to decide first. */
static int find_or_make(const struct deciding *deciding, const struct device_wish *wish,
			uint32_t *ret)
{
	struct pending pending;
	int r = find_pending(deciding->db, wish, &pending);

	if (r == 0) {
		*ret = pending.id;
		return pending.wish.access == wish->access && pending.wish.for_sec == wish->for_sec
			       ? 0
			       : REFUSED_ALREADY;
	}
	if (r == REFUSED_UNKNOWN)
		r = count_open(deciding->db, deciding->act);
	return r == 0 ? insert_request(deciding->db, deciding->act, wish, ret) : r;
}

static int check_wish(const struct device_wish *wish)
{
	int r = user_check(wish->user);

	if (r == 0)
		r = device_check(&wish->device);
	if (wish->access <= MEDIA_DENY || wish->access > MEDIA_READ_WRITE)
		r = -EINVAL;
	return r;
}

static int check_length(uint64_t for_sec)
{
	if (for_sec == 0)
		return REFUSED_OVER;
	return for_sec > REGISTER_DEVICE_SEC_MAX ? REFUSED_FOR_EVER : 0;
}

int register_device_approve(struct register_db *db, const struct register_approvers *approvers,
			    const struct act *act, const struct device_wish *wish, uint32_t *ret)
{
	struct deciding deciding = { .db = db, .approvers = approvers, .act = act };
	uint32_t id = 0;
	int r = act_check(act);

	if (r == 0)
		r = check_wish(wish);
	if (r == 0)
		r = change_begin(db);
	if (r < 0)
		return r;
	r = check_length(wish->for_sec);
	if (r == 0)
		r = check_decider(&deciding, wish->user);
	if (r == 0)
		r = void_unanswered(db, act, policy_request_expiry(approvers->policy));
	if (r == 0)
		r = find_or_make(&deciding, wish, &id);
	if (r == 0)
		r = approve(&deciding, id, wish);
	r = change_end(db, act->at, EFFECT_LOGINS, r);
	if (r == 0 || r == -EREMOTEIO)
		*ret = id;
	return r;
}

static int decide(struct deciding *deciding, uint32_t id, enum register_decision decision)
{
	const uint64_t expiry_sec = policy_request_expiry(deciding->approvers->policy);
	struct pending pending;
	int r = load_pending(deciding->db, id, &pending);

	if (r != 0)
		return r;
	if (pending.made <= deciding->act->at - (int64_t)expiry_sec)
		return REFUSED_DECIDED;
	r = check_decider(deciding, pending.user);
	if (r != 0)
		return r;
	if (decision == DECISION_APPROVE)
		return approve(deciding, id, &pending.wish);
	r = insert_decision(deciding->db, deciding->act, id, decision);
	return r < 0 ? r : close_request(deciding->db, deciding->act, id, REQUEST_DENIED, 0);
}

int register_device_decide(struct register_db *db, const struct register_approvers *approvers,
			   const struct act *act, uint32_t id, enum register_decision decision)
{
	struct deciding deciding = { .db = db, .approvers = approvers, .act = act };
	int r = act_check(act);

	if (r == 0)
		r = change_begin(db);
	if (r < 0)
		return r;
	r = decide(&deciding, id, decision);
	return change_end(db, act->at, decision == DECISION_APPROVE ? EFFECT_LOGINS : EFFECT_NONE,
			  r);
}

int register_device_void(struct register_db *db, const struct act *act, uint64_t after_sec)
{
	int r = act_check(act);

	if (r == 0 && after_sec > INT32_MAX * UINT64_C(4))
		r = -EINVAL;
	if (r == 0)
		r = change_begin(db);
	if (r < 0)
		return r;
	return change_end(db, act->at, EFFECT_NONE, void_unanswered(db, act, after_sec));
}
