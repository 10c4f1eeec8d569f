/* SPDX-License-Identifier: MIT */
/* device_request.c - devices that people let in for others. */
#include "device_request.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sereno/scoped.h>

#include "device_errand.h"
#include "report.h"

#define A_DAY_SEC   86400
#define PER_DAY_MAX 256 /* of one user: rows are never removed */
#define DEVICE_TEXT (64 + 2 * CHANNEL_DEVICE_SIZE)
#define STORES	    (1u << KIND_STORAGE | 1u << KIND_OPTICAL)

#define NO_DEVICE  "no such device was refused since the host has been up"
#define NO_USER	   "there is no such user"
#define NOT_STORED "read-only and encrypted are for what stores: this device does not"
#define TOO_OFTEN  "too many devices were let in by you in a day"
#define IN_VAIN	   "no grant lets that device in: a rule that names it by its serial number does"
#define IS_DENIED  "a rule of the policy denies that device: no grant changes that"
#define IS_BROKEN  "nothing lets that device in: it contradicts itself"

/* The device as the log has it. Quotes around what it says of itself are ours alone. */
static void describe(const struct channel_device *device, char text[static DEVICE_TEXT])
{
	char name[CHANNEL_DEVICE_SIZE], serial[CHANNEL_DEVICE_SIZE];

	memcpy(name, device->name, sizeof(name));
	memcpy(serial, device->serial, sizeof(serial));
	for (size_t i = 0; i < sizeof(name); i++) {
		name[i] = name[i] == '\'' ? '?' : name[i];
		serial[i] = serial[i] == '\'' ? '?' : serial[i];
	}
	(void)snprintf(text, DEVICE_TEXT, "%04x:%04x %s '%s' serial '%s'", device->vendor,
		       device->product, device->device, name, serial); /* fits */
}

static void tell(const struct device_errand *errand, enum event_id id, const char *detail)
{
	const struct talk *talk = errand->errand.talk;
	const struct channel_device *row = &talk->reply.device[0];
	char origin[ORIGIN_TEXT_MAX], text[DEVICE_TEXT];
	const struct event event = {
		.id = id,
		.subject = talk->caller.name,
		.target = row->user[0] ? row->user : NULL,
		.service = REPORT_SERVICE,
		.origin = origin,
		.device = text,
		.verdict = row->access ? media_access_name(row->access) : NULL,
		.detail = detail,
		.until = id == EVENT_MEDIA_GRANTED ? row->until : EVENT_NO_TIME,
	};

	describe(row, text);
	origin_format(&talk->caller.origin, origin);
	(void)event_send(talk->root, &event); /* it was done whoever hears of it */
}

static void refuse(struct device_errand *errand, const char *why)
{
	const struct talk *talk = errand->errand.talk;
	char detail[256];

	if (talk->request.id)
		(void)snprintf(detail, sizeof(detail), "device, number %u: %s", talk->request.id,
			       why); /* fits */
	else
		(void)snprintf(detail, sizeof(detail), "device %s: %s", talk->request.device, why);
	report(talk->root, &talk->caller, EVENT_REQUEST_REFUSED, "not-allowed", detail);
	errand_refuse(&errand->errand, why);
}

/* What the register returned, other than 0. */
static void answer_with(struct device_errand *errand, int r)
{
	if (r > 0)
		refuse(errand, register_refusal_text((enum register_refusal)r));
	else
		errand_answer_with(&errand->errand, r);
}

/* It is done: tell the log, and him what it has come to. */
static void done(struct device_errand *errand, enum channel_about about, uint32_t id,
		 enum event_id event)
{
	struct channel_reply *reply = &errand->errand.talk->reply;
	char detail[64];
	int r;

	r = device_errand_list(errand, &(struct device_page){ .about = about, .id = id });
	if (r < 0 || reply->n_devices != 1) {
		errand_unavailable(&errand->errand, "the register", r < 0 ? r : -EBADMSG);
		return;
	}
	reply->answer = CHANNEL_ACCEPTED;
	(void)snprintf(detail, sizeof(detail), "%s %u",
		       about == CHANNEL_ABOUT_GRANTS ? "grant" : "request", id); /* fits */
	tell(errand, event, detail);
	if (event != EVENT_MEDIA_APPROVED || reply->device[0].grant == 0)
		return;
	(void)snprintf(detail, sizeof(detail), "grant %u, by request %u", reply->device[0].grant,
		       id);
	tell(errand, EVENT_MEDIA_GRANTED, detail);
	(void)refused_forget(errand->errand.talk->root,
			     reply->device[0].device); /* it may be gone */
}

static void list(struct device_errand *errand)
{
	const struct channel_request *request = &errand->errand.talk->request;
	const struct device_page page = {
		.about = request->about,
		.id = request->id,
		.after = request->after,
		.ended = request->ended || request->id != 0,
	};
	const int r = device_errand_list(errand, &page);

	if (r < 0)
		errand_unavailable(&errand->errand, "the register, or the list of the refused", r);
	else
		errand->errand.talk->reply.answer = CHANNEL_ACCEPTED;
}

struct tally {
	const char *user;
	int64_t since;
	unsigned n;
};

static int count_recent(void *context, const struct device_request_row *row)
{
	struct tally *tally = context;

	tally->n += row->made.at > tally->since && strcmp(row->made.user, tally->user) == 0;
	return 0;
}

static bool has_had_enough(const struct errand *errand)
{
	const struct register_query all = { .user = NULL };
	struct tally tally = { errand->act.user, errand->act.at - A_DAY_SEC, 0 };

	return register_device_requests(errand->db, &all, count_recent, &tally) == 0 &&
	       tally.n >= PER_DAY_MAX;
}

/* What no approval can change; NULL: nothing. */
static const char *in_vain(const struct refused *refused, enum media_access access)
{
	if (refused->reason == MEDIA_IS_MALFORMED)
		return IS_BROKEN;
	if (refused->reason == MEDIA_IS_SUSPICIOUS)
		return IN_VAIN;
	return access != MEDIA_READ_WRITE && !(refused->kinds & STORES) ? NOT_STORED : NULL;
}

static void let_in(struct device_errand *errand, const struct refused *refused,
		   const struct account *account)
{
	const struct channel_request *request = &errand->errand.talk->request;
	struct device_wish wish = {
		.device = { .vendor = refused->vendor,
			    .product = refused->product,
			    .bus = refused->bus,
			    .kinds = refused->kinds },
		.user = account->name,
		.uid = account->uid,
		.access = request->access,
		.for_sec = request->for_sec,
	};
	struct device_label label;
	uint32_t id = 0;
	int r;

	memcpy(wish.device.identity, refused->identity, sizeof(wish.device.identity));
	device_label(&refused->texts, &label);
	wish.device.name = label.name;
	wish.device.serial = label.serial;
	r = register_device_approve(errand->errand.db, &errand->approvers, &errand->errand.act,
				    &wish, &id);
	if (r != 0)
		answer_with(errand, r);
	else
		done(errand, CHANNEL_ABOUT_REQUESTS, id, EVENT_MEDIA_APPROVED);
}

/* Who may not approve is not told what there is. */
static void find_and_let_in(struct device_errand *errand)
{
	const struct talk *talk = errand->errand.talk;
	const struct channel_request *request = &talk->request;
	const char *why = errand_not_himself(talk);
	struct refused refused;
	struct account account;
	int r = 0;

	if (!why && !errand->held)
		why = register_refusal_text(errand->wanted.names.n ? REFUSED_NOT_APPROVER
								   : REFUSED_NO_APPROVERS);
	if (!why && has_had_enough(&errand->errand))
		why = TOO_OFTEN;
	if (!why)
		r = refused_read(talk->root, request->device, &refused);
	if (!why && r == 0)
		why = in_vain(&refused, request->access);
	if (!why && (r == -ENOENT || r == -EINVAL))
		why = NO_DEVICE;
	if (!why && r == 0 && account_by_name(request->user, &account) < 0)
		why = NO_USER;
	if (!why && r == 0)
		r = device_errand_denied(errand, &refused, &account);
	if (!why && r > 0)
		why = IS_DENIED;
	if (why)
		refuse(errand, why);
	else if (r < 0)
		errand_unavailable(&errand->errand, "what there is about the device", r);
	else
		let_in(errand, &refused, &account);
}

static void decide(struct device_errand *errand, uint32_t id, enum register_decision decision)
{
	const char *why = errand_not_himself(errand->errand.talk);
	int r = 0;

	if (!why)
		r = register_device_decide(errand->errand.db, &errand->approvers,
					   &errand->errand.act, id, decision);
	if (why)
		refuse(errand, why);
	else if (r != 0)
		answer_with(errand, r);
	else
		done(errand, CHANNEL_ABOUT_REQUESTS, id,
		     decision == DECISION_APPROVE ? EVENT_MEDIA_APPROVED : EVENT_MEDIA_DENIED);
}

/* Off the list: nobody is asked about it again until it comes back. */
static void dismiss(struct device_errand *errand)
{
	struct talk *talk = errand->errand.talk;
	const char *why = errand_not_himself(talk);
	struct channel_device *row = &talk->reply.device[0];
	struct device_label label;
	struct refused refused;
	int r = 0;

	if (!why && !errand->held)
		why = register_refusal_text(REFUSED_NOT_APPROVER);
	if (!why)
		r = refused_read(talk->root, talk->request.device, &refused);
	if (!why && r == 0)
		r = refused_forget(talk->root, talk->request.device);
	if (!why && r < 0)
		why = NO_DEVICE;
	if (why) {
		refuse(errand, why);
		return;
	}
	device_label(&refused.texts, &label);
	row->state = CHANNEL_DEVICE_DENIED;
	row->vendor = refused.vendor;
	row->product = refused.product;
	memcpy(row->device, refused.id, sizeof(row->device));
	errand_copy_text(row->name, sizeof(row->name), label.name);
	errand_copy_text(row->serial, sizeof(row->serial), label.serial);
	errand_copy_text(row->user, sizeof(row->user), refused.user);
	talk->reply.n_devices = 1;
	talk->reply.answer = CHANNEL_ACCEPTED;
	tell(errand, EVENT_MEDIA_DENIED, talk->request.reason);
}

static void take_back(struct device_errand *errand)
{
	const uint32_t id = errand->errand.talk->request.id;
	const char *why = errand_not_himself(errand->errand.talk);
	int r = 0;

	if (!why)
		r = register_device_revoke(errand->errand.db, &errand->approvers,
					   &errand->errand.act, id);
	if (why)
		refuse(errand, why);
	else if (r != 0)
		answer_with(errand, r);
	else
		done(errand, CHANNEL_ABOUT_GRANTS, id, EVENT_MEDIA_REVOKED);
}

static void run(struct device_errand *errand)
{
	const struct channel_request *request = &errand->errand.talk->request;

	switch (request->kind) {
	case CHANNEL_DEVICES:
		list(errand);
		return;
	case CHANNEL_LET_IN:
		find_and_let_in(errand);
		return;
	case CHANNEL_DEVICE_APPROVE:
		decide(errand, request->id, DECISION_APPROVE);
		return;
	case CHANNEL_DEVICE_DENY:
		if (request->id == 0)
			dismiss(errand);
		else
			decide(errand, request->id, DECISION_DENY);
		return;
	case CHANNEL_DEVICE_REVOKE:
		take_back(errand);
		return;
	case CHANNEL_VERIFY:
	case CHANNEL_STATUS:
	case CHANNEL_BEGIN:
	case CHANNEL_CONFIRM:
	case CHANNEL_RECOVERY:
	case CHANNEL_RESYNC:
	case CHANNEL_ASK_ROLE:
	case CHANNEL_WITHDRAW:
	case CHANNEL_REQUESTS:
	case CHANNEL_APPROVE:
	case CHANNEL_DENY:
	case CHANNEL_REVIEW:
	case CHANNEL_SIGN:
		return;
	}
}

void device_request_answer(struct talk *talk)
{
	scoped(device_errand_clear) struct device_errand errand = { .errand = { .talk = talk } };
	const int r = device_errand_open(&errand);

	if (r < 0)
		errand_unavailable(&errand.errand, "the register, or the policy in force", r);
	else
		run(&errand);
}
