/* SPDX-License-Identifier: MIT */
/* device_grant.c - devices granted to people, and taken back. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>

#include "change.h"
#include "device_row.h"

#define OPEN_GRANT "over = 0 AND revoked_user IS NULL"
#define END                                                                              \
	"UPDATE device_grants SET revoked_user = ?1, revoked_uid = ?2, revoked_at = ?3," \
	" revoked_reason = ?4 WHERE " OPEN_GRANT

int device_grant_insert(struct register_db *db, const struct act *act,
			const struct new_device_grant *grant, uint32_t *ret)
{
	char identity[IDENTITY_TEXT_SIZE];
	scoped(statement_close) struct statement statement =
		statement_make(db, "INSERT INTO device_grants (" DEVICE_COLUMNS
				   ", user, uid, access, since, until,"
				   " request, made_user, made_uid, made_at, made_reason)"
				   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	int64_t id;
	int r;

	identity_text(grant->device->identity, identity);
	put_device(&statement, grant->device, identity);
	put_text(&statement, grant->user);
	put_number(&statement, grant->uid);
	put_number(&statement, grant->access);
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

/* Whether act->user may end the grant @id of somebody. Returns 0, a refusal or a negative errno. */
static int check_revoker(struct register_db *db, const struct register_approvers *approvers,
			 const struct act *act, uint32_t id)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "SELECT user, uid FROM device_grants WHERE id = ? AND " OPEN_GRANT);
	struct media_approvers names;
	uint64_t held = 0;
	int r;

	put_number(&statement, id);
	r = statement_step(&statement);
	if (r <= 0)
		return r < 0 ? r : REFUSED_UNKNOWN;
	if (!approvers || (strcmp(column_text(&statement, 0), act->user) == 0 &&
			   column_number(&statement, 1) == (int64_t)act->uid))
		return 0;
	r = policy_media_approvers(approvers->policy, &names);
	if (r == 0)
		r = approvers->held(approvers->context, act->user, act->uid, &names.names, &held);
	if (r < 0 && r != -ENOENT)
		return r;
	return r == 0 && held ? 0 : REFUSED_NOT_APPROVER;
}

static int end_one(struct register_db *db, const struct act *act, uint32_t id)
{
	scoped(statement_close) struct statement statement = statement_make(db, END " AND id = ?5");

	put_act(&statement, act);
	put_number(&statement, id);
	return statement_run(&statement);
}

int register_device_revoke(struct register_db *db, const struct register_approvers *approvers,
			   const struct act *act, uint32_t id)
{
	int r = act_check(act);

	if (r == 0)
		r = change_begin(db);
	if (r < 0)
		return r;
	r = check_revoker(db, approvers, act, id);
	if (r == 0)
		r = end_one(db, act, id);
	return change_end(db, act->at, EFFECT_LOGINS, r);
}

/* Returns how many rows were changed, or a negative errno. */
static int end_all(struct register_db *db, const struct act *act, const char *user)
{
	scoped(statement_close) struct statement grants = statement_make(db, END " AND user = ?5");
	scoped(statement_close) struct statement requests = statement_make(
		db, "UPDATE device_requests SET state = 3, closed_user = ?1, closed_uid = ?2,"
		    " closed_at = ?3, closed_reason = ?4 WHERE state = 0 AND user = ?5");
	int r, n = 0;

	put_act(&grants, act);
	put_text(&grants, user);
	put_act(&requests, act);
	put_text(&requests, user);
	r = statement_run(&grants);
	if (r == 0)
		n = sqlite3_changes(db->handle);
	if (r == 0)
		r = statement_run(&requests);
	return r < 0 ? r : n + sqlite3_changes(db->handle);
}

int register_device_revoke_all(struct register_db *db, const struct act *act, const char *user)
{
	int r = act_check(act);

	if (r == 0)
		r = user_check(user);
	if (r == 0)
		r = change_begin(db);
	if (r < 0)
		return r;
	r = end_all(db, act, user);
	if (r >= 0)
		r = r > 0 ? 0 : REFUSED_UNKNOWN;
	return change_end(db, act->at, EFFECT_LOGINS, r);
}

static int read_row(const struct statement *statement, struct device_grant_row *ret)
{
	struct device_grant_row row = {
		.id = column_id(statement, 0),
		.request = column_id(statement, 1),
		.user = column_text(statement, 2),
		.uid = (uid_t)column_number(statement, 3),
		.since = column_number(statement, 5),
		.until = column_number(statement, 6),
		.made = column_act(statement, 14),
		.revoked = column_act(statement, 18),
	};
	int r = column_access(statement, 4, &row.access);

	if (r == 0)
		r = column_device(statement, 7, &row.device);
	if (r < 0 || !row.user || !row.made.user)
		return -EBADMSG;
	*ret = row;
	return 0;
}

int register_device_grants(struct register_db *db, const struct register_query *query,
			   register_each_device_grant *each, void *context)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "SELECT id, request, user, uid, access, since, until, " DEVICE_COLUMNS
		    ", made_user, made_uid, made_at, made_reason,"
		    " revoked_user, revoked_uid, revoked_at, revoked_reason FROM device_grants"
		    " WHERE (?1 IS NULL OR user = ?1) AND (?2 = 0 OR id = ?2)"
		    " AND (?3 = 0 OR (" OPEN_GRANT " AND until > ?3)) ORDER BY id");
	struct device_grant_row row;
	int r;

	put_text(&statement, query->user);
	put_number(&statement, query->id);
	put_number(&statement, query->open_at);
	while ((r = statement_step(&statement)) > 0) {
		r = read_row(&statement, &row);
		if (r == 0)
			r = each(context, &row);
		if (r != 0)
			return r;
	}
	return r;
}

/* What is published, growing. */
struct gathering {
	struct device_grant *item;
	size_t n, allocated;
};

static void gathering_clear(struct gathering *gathering)
{
	free(gathering->item);
}

static int add(void *context, const struct device_grant_row *row)
{
	struct gathering *gathering = context;
	struct device_grant grant = {
		.id = row->id,
		.uid = row->uid,
		.access = row->access,
		.valid = { row->since, row->until },
	};

	if (strlen(row->user) > GRANTS_USER_MAX)
		return -EBADMSG;
	if (gathering->n == gathering->allocated) {
		const size_t room = gathering->allocated ? gathering->allocated * 2 : 16;
		struct device_grant *item = reallocarray(gathering->item, room, sizeof(*item));

		if (!item)
			return -ENOMEM;
		gathering->item = item;
		gathering->allocated = room;
	}
	memcpy(grant.identity, row->device.identity, sizeof(grant.identity));
	memcpy(grant.user, row->user, strlen(row->user) + 1);
	gathering->item[gathering->n++] = grant;
	return 0;
}

/* Every time is after 0: what is not over is asked for, whenever it ends. */
int device_grants_gather(struct register_db *db, struct device_grant **ret, uint32_t *ret_n)
{
	scoped(gathering_clear) struct gathering gathering = { 0 };
	const struct register_query open = { .open_at = 1 };
	const int r = register_device_grants(db, &open, add, &gathering);

	if (r < 0)
		return r;
	*ret_n = (uint32_t)gathering.n;
	*ret = take(gathering.item, NULL);
	return 0;
}
