/* SPDX-License-Identifier: MIT */
/* devices.c - the step devices: what was let in for him is put out. */
#include <errno.h>

#include <sereno/login.h>
#include <sereno/refused.h>
#include <sereno/register_devices.h>
#include <sereno/scoped.h>

#include "step.h"

struct listing {
	const struct leaver *leaver;
	struct findings *findings;
};

static int list_grant(void *context, const struct device_grant_row *row)
{
	const struct listing *listing = context;
	char id[REFUSED_ID_SIZE];

	refused_id(row->device.identity, id);
	finding_add(listing->findings, FOUND_DONE,
		    "device %s (%04x:%04x %s), granted by %s, grant %u", id, row->device.vendor,
		    row->device.product, row->device.name, row->made.user, row->id);
	return 0;
}

static int list_request(void *context, const struct device_request_row *row)
{
	const struct listing *listing = context;

	finding_add(listing->findings, FOUND_DONE, "request %u, by %s, to let in %04x:%04x %s",
		    row->id, row->made.user, row->device.vendor, row->device.product,
		    row->device.name);
	return 0;
}

static int list_all(struct register_db *db, struct listing *listing)
{
	const struct register_query query = { .user = listing->leaver->user,
					      .open_at = listing->leaver->now };
	const int r = register_device_grants(db, &query, list_grant, listing);

	return r < 0 ? r : register_device_requests(db, &query, list_request, listing);
}

/* Who does it is who logged in; where the timer does it, nobody has. */
static int revoke_all(const struct leaver *leaver, struct register_db *db)
{
	struct act act = { .user = leaver->actor, .at = leaver->now, .reason = "he has left" };
	uint32_t session;
	uid_t uid;
	int r;

	if (login_self(&session, &uid) == 0 && uid != LOGIN_NONE)
		act.uid = uid;
	r = register_device_revoke_all(db, &act, leaver->user);
	return r == REFUSED_UNKNOWN ? 0 : r;
}

static int open_register(const struct leaver *leaver, enum departure_mode mode,
			 struct register_db **ret)
{
	return mode == DEPARTURE_LOOK ? register_open_reading(leaver->root, ret)
				      : register_open(leaver->root, leaver->now, ret);
}

void devices_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings)
{
	struct listing listing = { leaver, findings };
	scoped(register_close_p) struct register_db *db = NULL;
	int r = open_register(leaver, mode, &db);

	if (r == -ENOENT)
		return;
	if (r == 0)
		r = list_all(db, &listing);
	if (r == 0 && mode == DEPARTURE_DO)
		r = revoke_all(leaver, db);
	if (r != 0)
		finding_fail(findings, r < 0 ? r : -EPERM,
			     "what was let in for him cannot be taken back");
}
