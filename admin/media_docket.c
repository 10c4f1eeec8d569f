/* SPDX-License-Identifier: MIT */
/* media_docket.c - devices that were refused, asked for or granted. */
#include "media_docket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sereno/refused.h>
#include <sereno/scoped.h>

#include "escape.h"
#include "registrar.h"

void media_docket_clear(struct media_docket *docket)
{
	free(docket->row);
}

static int add(struct media_docket *docket, const struct channel_device *row)
{
	if (docket->n == docket->room) {
		const size_t room = docket->room ? 2 * docket->room : 16;
		struct channel_device *grown = reallocarray(docket->row, room, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		docket->row = grown;
		docket->room = room;
	}
	docket->row[docket->n++] = *row;
	return 0;
}

/* Which comes next: of the refused, how many there were; else after which number. */
static uint32_t next_after(enum channel_about about, uint32_t after,
			   const struct channel_device *last)
{
	switch (about) {
	case CHANNEL_ABOUT_REFUSED:
		return after + 1;
	case CHANNEL_ABOUT_REQUESTS:
		return last->request;
	case CHANNEL_ABOUT_GRANTS:
		break;
	}
	return last->grant;
}

static enum exit_status ask_serenod(const struct options *options, enum channel_about about,
				    struct media_docket *docket)
{
	scoped(petition_clear) struct petition petition = { .fd = -1 };
	enum exit_status status = petition_open(options, &petition);
	const struct channel_reply *reply = &petition.reply;
	uint32_t after = 0;
	int r = 0;

	docket->zone = petition.zone;
	do {
		if (status != EXIT_YES)
			return status;
		petition.request = (struct channel_request){ .kind = CHANNEL_DEVICES,
							     .about = about,
							     .after = after,
							     .ended = docket->ended };
		status = petition_say(&petition);
		for (uint32_t i = 0; status == EXIT_YES && r == 0 && i < reply->n_devices; i++) {
			const uint32_t next = next_after(about, after, &reply->device[i]);

			if (next <= after)
				return complain_error(-EBADMSG, _("serenod does not answer"));
			after = next;
			r = add(docket, &reply->device[i]);
		}
	} while (status == EXIT_YES && r == 0 && reply->more);
	return r < 0 ? complain_error(r, _("the devices cannot be listed")) : status;
}

/* Longer ones are cut: it is a list. */
static void add_text(char *to, size_t size, const char *from)
{
	const size_t used = strlen(to), length = strnlen(from, size - used - 1);

	memcpy(to + used, from, length);
	to[used + length] = '\0';
}

static void take_text(char *to, size_t size, const char *from)
{
	to[0] = '\0';
	add_text(to, size, from ? from : "");
}

void media_take_texts(const struct device_texts *texts, struct channel_device *ret)
{
	take_text(ret->name, sizeof(ret->name), texts->manufacturer);
	if (texts->manufacturer[0] && texts->product[0])
		add_text(ret->name, sizeof(ret->name), " ");
	add_text(ret->name, sizeof(ret->name), texts->product);
	take_text(ret->serial, sizeof(ret->serial), texts->serial);
}

static void take_device(const struct register_device *device, struct channel_device *ret)
{
	refused_id(device->identity, ret->device);
	ret->vendor = device->vendor;
	ret->product = device->product;
	ret->kinds = device->kinds;
	take_text(ret->name, sizeof(ret->name), device->name);
	take_text(ret->serial, sizeof(ret->serial), device->serial);
}

static void take_act(const struct act *act, struct channel_device *ret)
{
	take_text(ret->by, sizeof(ret->by), act->user);
	take_text(ret->reason, sizeof(ret->reason), act->reason);
}

static int take_refused(void *context, const struct refused *row)
{
	struct channel_device taken = {
		.state = CHANNEL_DEVICE_REFUSED,
		.vendor = row->vendor,
		.product = row->product,
		.kinds = row->kinds,
		.refused = row->reason,
		.times = row->times,
		.made = row->first,
		.void_at = row->last,
	};

	memcpy(taken.device, row->id, sizeof(taken.device));
	media_take_texts(&row->texts, &taken);
	take_text(taken.user, sizeof(taken.user), row->user);
	return add(context, &taken);
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

/* What is read, and on what terms. */
struct taking {
	struct media_docket *docket;
	int64_t expiry_sec;
	struct media_approvers approvers;
};

static int take_request(void *context, const struct device_request_row *row)
{
	struct taking *taking = context;
	struct channel_device taken = {
		.state = state_of(row->state),
		.request = row->id,
		.grant = row->grant,
		.access = row->access,
		.for_sec = row->for_sec,
		.made = row->made.at,
		.approvals = row->approvals,
		.each = taking->approvers.each,
	};

	if (row->state == REQUEST_OPEN)
		taken.void_at = row->made.at + taking->expiry_sec;
	if (row->state == REQUEST_OPEN && taken.void_at <= taking->docket->now)
		taken.state = CHANNEL_DEVICE_VOID;
	if (!taking->docket->ended && taken.state != CHANNEL_DEVICE_OPEN)
		return 0;
	take_device(&row->device, &taken);
	take_act(row->closed.user ? &row->closed : &row->made, &taken);
	take_text(taken.user, sizeof(taken.user), row->user);
	return add(taking->docket, &taken);
}

static int take_grant(void *context, const struct device_grant_row *row)
{
	const struct taking *taking = context;
	struct channel_device taken = {
		.state = row->revoked.user ? CHANNEL_DEVICE_REVOKED : CHANNEL_DEVICE_GRANTED,
		.request = row->request,
		.grant = row->id,
		.access = row->access,
		.made = row->made.at,
		.since = row->since,
		.until = row->revoked.user ? row->revoked.at : row->until,
	};

	take_device(&row->device, &taken);
	take_act(row->revoked.user ? &row->revoked : &row->made, &taken);
	take_text(taken.user, sizeof(taken.user), row->user);
	return add(taking->docket, &taken);
}

static int take_from(const struct options *options, enum channel_about about,
		     const struct registrar *registrar, struct taking *taking)
{
	const struct register_query query = {
		.open_at = taking->docket->ended ? 0 : taking->docket->now,
	};

	switch (about) {
	case CHANNEL_ABOUT_REFUSED:
		return refused_list(options->root, take_refused, taking->docket);
	case CHANNEL_ABOUT_REQUESTS:
		return register_device_requests(registrar->db, &query, take_request, taking);
	case CHANNEL_ABOUT_GRANTS:
		break;
	}
	return register_device_grants(registrar->db, &query, take_grant, taking);
}

static enum exit_status read_register(const struct options *options, enum channel_about about,
				      struct media_docket *docket)
{
	scoped(registrar_clear) struct registrar registrar = { 0 };
	struct taking taking = { .docket = docket, .expiry_sec = INT32_MAX };
	const enum exit_status status = registrar_look(options, &registrar);
	int r;

	if (status != EXIT_YES)
		return status;
	docket->zone = registrar.zone;
	docket->now = registrar.act.at;
	if (registrar.policy) {
		taking.expiry_sec = (int64_t)policy_request_expiry(registrar.policy);
		(void)policy_media_approvers(registrar.policy, &taking.approvers);
	}
	r = take_from(options, about, &registrar, &taking);
	return r < 0 ? registrar_complain(&registrar, r) : EXIT_YES;
}

enum exit_status media_docket_read(const struct options *options, enum channel_about about,
				   struct media_docket *docket)
{
	return geteuid() == 0 ? read_register(options, about, docket)
			      : ask_serenod(options, about, docket);
}

const char *media_numbers(const struct channel_device *row, char text[static MEDIA_DEVICE_TEXT])
{
	size_t length = 0;

	text[0] = '\0';
	if (row->vendor || row->product)
		length = (size_t)snprintf(text, MEDIA_DEVICE_TEXT, "%04x:%04x", row->vendor,
					  row->product);
	for (unsigned kind = 0; kind < DEVICE_KINDS; kind++)
		if (row->kinds & 1u << kind)
			length += (size_t)snprintf(text + length, MEDIA_DEVICE_TEXT - length,
						   "%s%s", length ? " " : "",
						   device_kind_name((enum device_kind)kind));
	return text;
}

const char *media_name(const struct channel_device *row, char text[static MEDIA_DEVICE_TEXT])
{
	char name[ESCAPE_MAX], serial[ESCAPE_MAX];

	if (row->serial[0])
		(void)snprintf(text, MEDIA_DEVICE_TEXT, "%s%s(%s)", escape(name, row->name),
			       row->name[0] ? " " : "", escape(serial, row->serial));
	else
		(void)snprintf(text, MEDIA_DEVICE_TEXT, "%s", escape(name, row->name));
	return text;
}

const char *media_access_words(enum media_access access)
{
	switch (access) {
	case MEDIA_DENY:
		return _("nothing");
	case MEDIA_ENCRYPTED:
		return _("encrypted only");
	case MEDIA_READ_ONLY:
		return _("read-only");
	case MEDIA_READ_WRITE:
		break;
	}
	return _("read-write");
}
