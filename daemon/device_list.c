/* SPDX-License-Identifier: MIT */
/* device_list.c - the devices that a caller may see: refused, asked for, granted. */
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "device_errand.h"

#define FULL 1 /* the page is */

struct listing {
	struct device_errand *errand;
	const struct device_page *page;
	uint32_t seen; /* of the refused, that he may see */
	bool expired;  /* something open is too old */
};

static bool is_his(const struct device_errand *errand, const char *user, uid_t uid)
{
	const struct caller *caller = &errand->errand.talk->caller;

	return uid == caller->uid && strcmp(user, caller->name) == 0;
}

static void copy_device(const struct register_device *device, struct channel_device *ret)
{
	refused_id(device->identity, ret->device);
	ret->vendor = device->vendor;
	ret->product = device->product;
	ret->kinds = device->kinds;
	errand_copy_text(ret->name, sizeof(ret->name), device->name);
	errand_copy_text(ret->serial, sizeof(ret->serial), device->serial);
}

static void copy_act(const struct act *act, struct channel_device *ret)
{
	errand_copy_text(ret->by, sizeof(ret->by), act->user);
	errand_copy_text(ret->reason, sizeof(ret->reason), act->reason ? act->reason : "");
}

/* Whether he may let it in for @user, "" where nobody was there. */
static int may_decide(const struct device_errand *errand, const char *user, bool *ret)
{
	int r = 0;

	*ret = false;
	if (!errand->held)
		return 0;
	if (user[0])
		r = policy_is_same_person(errand->errand.policy, errand->errand.act.user, user);
	*ret = r == 0;
	return r < 0 ? r : 0;
}

/* The page is full when it has no place left, or the wire no room. */
static int add(const struct device_errand *errand, struct channel_device *shown)
{
	struct channel_reply *reply = &errand->errand.talk->reply;
	const enum channel_answer before = reply->answer;
	uint8_t bytes[CHANNEL_MESSAGE_MAX];
	ssize_t length;

	shown->each = errand->wanted.each;
	errand_join_names(&errand->wanted.names, shown->roles);
	if (reply->n_devices == CHANNEL_PAGE_MAX) {
		reply->more = true;
		return FULL;
	}
	reply->device[reply->n_devices++] = *shown;
	reply->answer = CHANNEL_ACCEPTED;
	length = channel_reply_encode(reply, bytes);
	reply->answer = before;
	if (length > 0)
		return 0;
	reply->n_devices--;
	reply->more = reply->n_devices > 0;
	return reply->more ? FULL : -EBADMSG;
}

static int list_refused(void *context, const struct refused *row)
{
	struct listing *listing = context;
	struct device_errand *errand = listing->errand;
	struct channel_device shown = {
		.state = CHANNEL_DEVICE_REFUSED,
		.vendor = row->vendor,
		.product = row->product,
		.kinds = row->kinds,
		.refused = row->reason,
		.times = row->times,
		.made = row->first,
		.void_at = row->last,
	};
	struct device_label label;
	int r;

	if (!errand->held && !is_his(errand, row->user, row->uid))
		return 0;
	if (listing->seen++ < listing->page->after)
		return 0;
	device_label(&row->texts, &label);
	memcpy(shown.device, row->id, sizeof(shown.device));
	errand_copy_text(shown.name, sizeof(shown.name), label.name);
	errand_copy_text(shown.serial, sizeof(shown.serial), label.serial);
	errand_copy_text(shown.user, sizeof(shown.user), row->user);
	r = may_decide(errand, row->user, &shown.mine_to_decide);
	return r < 0 ? r : add(errand, &shown);
}

static enum channel_device_state state_of(enum request_state state)
{
	switch (state) {
	case REQUEST_OPEN:
		return CHANNEL_DEVICE_OPEN;
	case REQUEST_GRANTED:
		return CHANNEL_DEVICE_GRANTED;
	case REQUEST_DENIED:
		return CHANNEL_DEVICE_DENIED;
	case REQUEST_WITHDRAWN:
		return CHANNEL_DEVICE_WITHDRAWN;
	case REQUEST_VOID:
		break;
	}
	return CHANNEL_DEVICE_VOID;
}

static int note_grant(void *context, const struct device_grant_row *row)
{
	struct channel_device *shown = context;

	shown->since = row->since;
	shown->until = row->revoked.user ? row->revoked.at : row->until;
	if (row->revoked.user)
		shown->state = CHANNEL_DEVICE_REVOKED;
	return 0;
}

static int copy_request(struct device_errand *errand, const struct device_request_row *row,
			struct channel_device *shown)
{
	const struct register_query grant = { .id = row->grant };

	shown->state = state_of(row->state);
	shown->request = row->id;
	shown->grant = row->grant;
	copy_device(&row->device, shown);
	copy_act(row->closed.user ? &row->closed : &row->made, shown);
	errand_copy_text(shown->user, sizeof(shown->user), row->user);
	shown->access = row->access;
	shown->for_sec = row->for_sec;
	shown->made = row->made.at;
	shown->approvals = row->approvals;
	if (shown->state == CHANNEL_DEVICE_OPEN) {
		shown->void_at = row->made.at + errand->errand.expiry_sec;
		if (shown->void_at <= errand->errand.act.at)
			shown->state = CHANNEL_DEVICE_VOID;
	}
	return row->grant ? register_device_grants(errand->errand.db, &grant, note_grant, shown)
			  : 0;
}

static int list_request(void *context, const struct device_request_row *row)
{
	struct listing *listing = context;
	struct device_errand *errand = listing->errand;
	const struct device_page *page = listing->page;
	struct channel_device shown = { .state = CHANNEL_DEVICE_OPEN };
	int r;

	if (row->id <= page->after && page->id == 0)
		return 0;
	if (!errand->held && !is_his(errand, row->user, row->uid))
		return 0;
	r = copy_request(errand, row, &shown);
	if (r < 0)
		return r;
	if (row->state == REQUEST_OPEN && shown.state == CHANNEL_DEVICE_VOID) {
		listing->expired = true;
		if (!page->ended && page->id == 0)
			return 0;
	}
	if (shown.state == CHANNEL_DEVICE_OPEN)
		r = may_decide(errand, shown.user, &shown.mine_to_decide);
	return r < 0 ? r : add(errand, &shown);
}

static int list_grant(void *context, const struct device_grant_row *row)
{
	struct listing *listing = context;
	struct device_errand *errand = listing->errand;
	struct channel_device shown = {
		.state = CHANNEL_DEVICE_GRANTED,
		.request = row->request,
		.grant = row->id,
		.access = row->access,
		.made = row->made.at,
	};

	if (row->id <= listing->page->after && listing->page->id == 0)
		return 0;
	if (!errand->held && !is_his(errand, row->user, row->uid))
		return 0;
	copy_device(&row->device, &shown);
	copy_act(row->revoked.user ? &row->revoked : &row->made, &shown);
	errand_copy_text(shown.user, sizeof(shown.user), row->user);
	(void)note_grant(&shown, row);
	return add(errand, &shown);
}

static int list_about(struct listing *listing)
{
	const struct device_page *page = listing->page;
	struct errand *errand = &listing->errand->errand;
	const struct register_query query = {
		.id = page->id,
		.open_at = page->ended || page->id != 0 ? 0 : errand->act.at,
	};

	switch (page->about) {
	case CHANNEL_ABOUT_REFUSED:
		return refused_list(errand->talk->root, list_refused, listing);
	case CHANNEL_ABOUT_REQUESTS:
		return register_device_requests(errand->db, &query, list_request, listing);
	case CHANNEL_ABOUT_GRANTS:
		break;
	}
	return register_device_grants(errand->db, &query, list_grant, listing);
}

/* Nobody did it but time; it is written down under root's name. */
static int void_expired(const struct errand *errand)
{
	const struct act act = { .user = "root", .uid = 0, .at = errand->act.at, .reason = "" };

	return register_device_void(errand->db, &act, (uint64_t)errand->expiry_sec);
}

int device_errand_list(struct device_errand *errand, const struct device_page *page)
{
	struct listing listing = { .errand = errand, .page = page };
	struct channel_reply *reply = &errand->errand.talk->reply;
	int r;

	reply->n_devices = 0;
	reply->more = false;
	r = list_about(&listing);
	if (r < 0)
		return r;
	return listing.expired ? void_expired(&errand->errand) : 0;
}
