/* SPDX-License-Identifier: MIT */
/* errand_list.c - the requests for roles that a caller may see. */
#include <errno.h>
#include <string.h>

#include <sereno/role_terms.h>
#include <sereno/scoped.h>

#include "errand.h"

#define FULL 1 /* the page is */

struct listing {
	struct errand *errand;
	const struct errand_page *page;
	bool expired; /* something open is too old */
};

static int read_role(struct errand *errand, const char *name, struct errand_role *ret)
{
	struct errand_role role = { .decides = false };
	struct role_terms terms = { 0 };
	int r;

	if (strlen(name) >= sizeof(role.name))
		return -EBADMSG;
	memcpy(role.name, name, strlen(name) + 1);
	r = policy_role_terms(errand->policy, name, &terms);
	if (r < 0 && r != -ENOENT)
		return r;
	if (r == 0 && terms.on_request) {
		role.approvers = terms.approvers;
		errand_join_names(&terms.approved_by, role.approver_roles);
		r = policy_holds_one(errand->policy, &errand->request, errand->act.at,
				     &terms.approved_by);
		if (r < 0)
			return r;
		role.decides = r > 0;
	}
	*ret = role;
	return 0;
}

/* Once a role, however many have asked for it. */
static int find_role(struct errand *errand, const char *name, const struct errand_role **ret)
{
	struct errand_role *place = &errand->roles[errand->n_roles % ERRAND_ROLES];
	int r;

	for (size_t i = 0; i < errand->n_roles && i < ERRAND_ROLES; i++) {
		*ret = &errand->roles[i];
		if (strcmp((*ret)->name, name) == 0)
			return 0;
	}
	r = read_role(errand, name, place);
	if (r < 0)
		return r;
	errand->n_roles++;
	*ret = place;
	return 0;
}

static enum channel_role_state state_of(enum request_state state)
{
	switch (state) {
	case REQUEST_OPEN:
		return CHANNEL_ROLE_OPEN;
	case REQUEST_GRANTED:
		return CHANNEL_ROLE_GRANTED;
	case REQUEST_DENIED:
		return CHANNEL_ROLE_DENIED;
	case REQUEST_WITHDRAWN:
		return CHANNEL_ROLE_WITHDRAWN;
	case REQUEST_VOID:
		break;
	}
	return CHANNEL_ROLE_VOID;
}

static int note_until(void *context, const struct grant_row *row)
{
	*(int64_t *)context = row->revoked.user ? row->revoked.at : row->until;
	return 0;
}

static int copy_row(struct errand *errand, const struct request_row *row,
		    struct channel_role_request *ret)
{
	const struct register_query grant = { .id = row->grant };

	ret->id = row->id;
	ret->state = state_of(row->state);
	errand_copy_text(ret->role, sizeof(ret->role), row->role);
	errand_copy_text(ret->user, sizeof(ret->user), row->made.user);
	errand_copy_text(ret->reason, sizeof(ret->reason),
			 row->made.reason ? row->made.reason : "");
	ret->for_sec = row->for_sec;
	ret->made = row->made.at;
	ret->approvals = row->approvals;
	ret->approvers = row->approvers;
	if (row->closed.user) {
		errand_copy_text(ret->closed_by, sizeof(ret->closed_by), row->closed.user);
		errand_copy_text(ret->closed_reason, sizeof(ret->closed_reason),
				 row->closed.reason ? row->closed.reason : "");
		ret->closed = row->closed.at;
	}
	ret->grant = row->grant;
	return row->grant ? register_grants(errand->db, &grant, note_until, &ret->until) : 0;
}

/* Returns 1 (then *@ret is set), 0 (he may not see it) or a negative errno. */
static int show(struct listing *listing, const struct request_row *row,
		struct channel_role_request *ret)
{
	struct errand *errand = listing->errand;
	struct channel_role_request shown = { .id = 0 };
	const struct errand_role *role = NULL;
	int r;

	shown.mine = strcmp(row->made.user, errand->act.user) == 0;
	r = find_role(errand, row->role, &role);
	if (r < 0 || (!shown.mine && !role->decides))
		return r;
	if (role->decides && !shown.mine) {
		r = policy_is_same_person(errand->policy, errand->act.user, row->made.user);
		if (r != 0)
			return r < 0 ? r : 0;
	}
	r = copy_row(errand, row, &shown);
	if (r < 0)
		return r;
	if (role->approvers > shown.approvers) /* the stricter of then and now */
		shown.approvers = role->approvers;
	memcpy(shown.approver_roles, role->approver_roles, sizeof(shown.approver_roles));
	if (shown.state == CHANNEL_ROLE_OPEN) {
		shown.void_at = shown.made + errand->expiry_sec;
		if (shown.void_at <= errand->act.at)
			shown.state = CHANNEL_ROLE_VOID;
	}
	shown.mine_to_decide = !shown.mine && shown.state == CHANNEL_ROLE_OPEN;
	*ret = shown;
	return 1;
}

/* The page is full when it has no place left, or the wire no room. */
static int add(struct channel_reply *reply, const struct channel_role_request *shown)
{
	uint8_t bytes[CHANNEL_MESSAGE_MAX];
	const enum channel_answer before = reply->answer;
	ssize_t length;

	if (reply->n_requests == CHANNEL_PAGE_MAX) {
		reply->more = true;
		return FULL;
	}
	reply->request[reply->n_requests++] = *shown;
	reply->answer = CHANNEL_ACCEPTED;
	length = channel_reply_encode(reply, bytes);
	reply->answer = before;
	if (length > 0)
		return 0;
	reply->n_requests--;
	reply->more = reply->n_requests > 0;
	return reply->more ? FULL : -EBADMSG;
}

static int list_row(void *context, const struct request_row *row)
{
	struct listing *listing = context;
	struct channel_role_request shown;
	int r;

	if (row->id <= listing->page->after && listing->page->id == 0)
		return 0;
	if (row->state == REQUEST_OPEN &&
	    row->made.at + listing->errand->expiry_sec <= listing->errand->act.at) {
		listing->expired = true;
		if (!listing->page->ended && listing->page->id == 0)
			return 0;
	}
	r = show(listing, row, &shown);
	return r <= 0 ? r : add(&listing->errand->talk->reply, &shown);
}

/* Nobody did it but time; it is written down under root's name. */
static int void_expired(struct errand *errand)
{
	const struct act act = { .user = "root", .uid = 0, .at = errand->act.at, .reason = "" };
	const int r = register_void(errand->db, &act, (uint64_t)errand->expiry_sec);

	return r == -EBUSY ? 0 : r; /* whoever looks next does it */
}

int errand_list(struct errand *errand, const struct errand_page *page)
{
	const struct register_query query = {
		.id = page->id,
		.open_at = page->ended || page->id != 0 ? 0 : errand->act.at,
	};
	struct listing listing = { errand, page, false };
	int r;

	errand->talk->reply.n_requests = 0;
	errand->talk->reply.more = false;
	r = register_requests(errand->db, &query, list_row, &listing);
	if (r < 0)
		return r;
	return listing.expired ? void_expired(errand) : 0;
}
