/* SPDX-License-Identifier: MIT */
/* publish.c - from the register to the file that logins read. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sereno/scoped.h>

#include "change.h"
#include "device_row.h"

/* What is to be published, with the names that it borrows. */
struct gathering {
	struct granted *grants;
	struct departure *departures;
	size_t n_grants, n_departures, grants_allocated, departures_allocated;
};

static void gathering_clear(struct gathering *gathering)
{
	for (size_t i = 0; i < gathering->n_grants; i++) {
		char *user;

		memcpy(&user, &gathering->grants[i].user, sizeof(user));
		free(user);
	}
	free(gathering->grants);
	free(gathering->departures);
}

int64_t register_moment(const struct register_db *db, int64_t now)
{
	scoped(grants_close_p) struct grants *grants = NULL;
	int64_t earliest;

	if (grants_open(db->root, &grants) < 0)
		return now;
	earliest = grants_earliest(grants);
	return earliest > now ? earliest : now;
}

static int read_serial(struct register_db *db, uint64_t *ret)
{
	scoped(statement_close) struct statement statement =
		statement_make(db, "SELECT value FROM counter WHERE name = 'serial'");
	const int r = statement_step(&statement);

	if (r <= 0)
		return r < 0 ? r : -EBADMSG;
	*ret = (uint64_t)column_number(&statement, 0);
	return 0;
}

/* Whether what is published is of @serial, and sound. */
static bool is_of(const struct register_db *db, uint64_t serial)
{
	scoped(grants_close_p) struct grants *grants = NULL;
	scoped(device_grants_close_p) struct device_grants *devices = NULL;

	return grants_open(db->root, &grants) == 0 && grants_facts(grants)->serial == serial &&
	       grants_verify(grants) == 0 && device_grants_open(db->root, &devices) == 0 &&
	       device_grants_serial(devices) == serial && device_grants_verify(devices) == 0;
}

/* Room for one more in @item of @n, of @size bytes each. */
static void *grow(void *item, size_t n, size_t *allocated, size_t size)
{
	void *room;

	if (n < *allocated)
		return item;
	room = reallocarray(item, *allocated ? *allocated * 2 : 64, size);
	if (room)
		*allocated = *allocated ? *allocated * 2 : 64;
	return room;
}

/* A text of the register that must fit: it was checked when it was written. */
static int copy_text(const struct statement *row, int column, char *to, size_t size)
{
	const char *text = column_text(row, column);
	const int n = text ? snprintf(to, size, "%s", text) : -1;

	return n < 0 || (size_t)n >= size ? -EBADMSG : 0;
}

static int add_grant(struct gathering *gathering, const struct statement *row)
{
	struct granted *room = grow(gathering->grants, gathering->n_grants,
				    &gathering->grants_allocated, sizeof(*room));
	struct granted granted = { .grant = { .id = column_id(row, 0) } };
	const char *user = column_text(row, 1);
	int r;

	if (!room)
		return -ENOMEM;
	gathering->grants = room;
	granted.grant.valid.since = column_number(row, 3);
	granted.grant.valid.until = column_number(row, 4);
	r = copy_text(row, 2, granted.grant.role, sizeof(granted.grant.role));
	if (r < 0 || !user)
		return -EBADMSG;
	granted.user = strdup(user);
	if (!granted.user)
		return -ENOMEM;
	room[gathering->n_grants++] = granted;
	return 0;
}

static int gather_grants(struct register_db *db, struct gathering *gathering)
{
	scoped(statement_close) struct statement statement =
		statement_make(db, "SELECT id, user, role, since, until FROM grants"
				   " WHERE over = 0 AND revoked_user IS NULL");
	int r;

	while ((r = statement_step(&statement)) > 0) {
		r = add_grant(gathering, &statement);
		if (r < 0)
			return r;
	}
	return r;
}

/* One that has begun has begun, whatever the clock says later. */
static int add_departure(struct gathering *gathering, const struct statement *row)
{
	struct departure *room = grow(gathering->departures, gathering->n_departures,
				      &gathering->departures_allocated, sizeof(*room));
	struct departure departure = { .id = column_id(row, 0) };
	int r;

	if (!room)
		return -ENOMEM;
	gathering->departures = room;
	r = copy_text(row, 1, departure.user, sizeof(departure.user));
	if (r < 0)
		return r;
	departure.uid = (uid_t)column_number(row, 2);
	departure.since = column_number(row, 4) ? TIME_NO_START : column_number(row, 3);
	room[gathering->n_departures++] = departure;
	return 0;
}

static int gather_departures(struct register_db *db, struct gathering *gathering)
{
	scoped(statement_close) struct statement statement =
		statement_make(db, "SELECT id, user, uid, since, over FROM departures"
				   " WHERE undone_user IS NULL");
	int r;

	while ((r = statement_step(&statement)) > 0) {
		r = add_departure(gathering, &statement);
		if (r < 0)
			return r;
	}
	return r;
}

static int write_devices(struct register_db *db, const struct grants_facts *facts)
{
	struct device_grants_image image = {
		.serial = facts->serial,
		.published = facts->published,
		.boottime = facts->boottime,
	};
	scoped_free struct device_grant *item = NULL;
	int r = device_grants_gather(db, &item, &image.n);

	image.grants = item;
	return r < 0 ? r : device_grants_publish(db->root, &image);
}

static int write_out(struct register_db *db, uint64_t serial, int64_t now)
{
	scoped(gathering_clear) struct gathering gathering = { 0 };
	struct grants_image image = { .facts = { .serial = serial, .published = now } };
	struct timespec up;
	int r;

	if (clock_gettime(CLOCK_BOOTTIME, &up) < 0)
		return neg_errno();
	r = gather_grants(db, &gathering);
	if (r == 0)
		r = gather_departures(db, &gathering);
	if (r < 0)
		return r;
	image.facts.boottime = up.tv_sec;
	image.facts.n_grants = (uint32_t)gathering.n_grants;
	image.facts.n_departures = (uint32_t)gathering.n_departures;
	image.grants = gathering.grants;
	image.departures = gathering.departures;
	r = write_devices(db, &image.facts);
	return r < 0 ? r : grants_publish(db->root, &image);
}

/* Whether something ended that is not marked yet. Returns 1, 0 or a negative errno. */
static int is_stale(struct register_db *db, int64_t moment)
{
	scoped(statement_close) struct statement statement = statement_make(
		db, "SELECT 1 FROM grants WHERE over = 0 AND until <= ?1 UNION ALL"
		    " SELECT 1 FROM device_grants WHERE over = 0 AND until <= ?1"
		    " UNION ALL SELECT 1 FROM departures WHERE over = 0 AND since <= ?1"
		    " LIMIT 1");

	put_number(&statement, moment);
	return statement_step(&statement);
}

static int mark_ended(struct register_db *db, int64_t moment)
{
	int r = is_stale(db, moment);

	if (r <= 0)
		return r;
	r = mark_over(db, moment);
	return r < 0 ? r
		     : database_run(db, "UPDATE counter SET value = value + 1"
					" WHERE name = 'serial'");
}

/* Under the lock: two who publish at once must not put the older one last. */
static int publish_locked(struct register_db *db, int64_t now)
{
	uint64_t serial;
	int r;

	r = mark_ended(db, register_moment(db, now));
	if (r == 0)
		r = read_serial(db, &serial);
	if (r < 0)
		return r;
	return is_of(db, serial) ? 0 : write_out(db, serial, now);
}

int register_is_published(struct register_db *db)
{
	uint64_t serial = 0;
	const int r = read_serial(db, &serial);

	return r < 0 ? r : is_of(db, serial);
}

/* Whether there is anything to do, without keeping anybody waiting. */
static bool is_published(struct register_db *db, int64_t now)
{
	return is_stale(db, register_moment(db, now)) == 0 && register_is_published(db) == 1;
}

int register_publish(struct register_db *db, int64_t now)
{
	int r;

	if (is_published(db, now))
		return 0;
	r = change_begin(db);
	if (r < 0)
		return r;
	r = publish_locked(db, now);
	if (r == 0)
		r = database_run(db, "COMMIT");
	if (r < 0)
		(void)database_run(db, "ROLLBACK"); /* or it was undone already */
	return r;
}
