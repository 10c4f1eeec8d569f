/* SPDX-License-Identifier: MIT */
/* role_request.c - roles asked for, and the answers of those who may give them. */
#include "role_request.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <sereno/scoped.h>

#include "errand.h"
#include "report.h"

#define A_DAY_SEC   86400
#define PER_DAY_MAX 64 /* requests of one user, also those taken back: rows are never removed */

#define TOO_OFTEN "too many requests were made in a day"
#define TOO_OFTEN "too many requests were made in a day"

static void tell(const struct errand *errand, enum event_id id, const char *detail)
{
	const struct talk *talk = errand->talk;
	const struct channel_role_request *row = &talk->reply.request[0];
	char origin[ORIGIN_TEXT_MAX];
	const struct event event = {
		.id = id,
		.subject = talk->caller.name,
		.target = row->mine ? NULL : row->user,
		.service = REPORT_SERVICE,
		.origin = origin,
		.rule = row->role,
		.detail = detail,
		.until = id == EVENT_ROLE_GRANTED ? row->until : EVENT_NO_TIME,
	};

	origin_format(&talk->caller.origin, origin);
	(void)event_send(talk->root, &event); /* it was done whoever hears of it */
}

/* It is done: tell the log, and him what it has come to. */
static void done(struct errand *errand, uint32_t id, enum event_id event)
{
	struct channel_reply *reply = &errand->talk->reply;
	char detail[64];
	int r;

	r = errand_list(errand, &(struct errand_page){ .id = id });
	if (r == -EBUSY)
		r = -ETIMEDOUT; /* it must not be done once more */
	if (r < 0 || reply->n_requests != 1) {
		errand_unavailable(errand, "the register", r < 0 ? r : -EBADMSG);
		return;
	}
	reply->answer = CHANNEL_ACCEPTED;
	(void)snprintf(detail, sizeof(detail), "request %u", id); /* fits */
	tell(errand, event, detail);
	if (event != EVENT_REQUEST_APPROVED || reply->request[0].grant == 0)
		return;
	(void)snprintf(detail, sizeof(detail), "grant %u, by request %u", reply->request[0].grant,
		       id);
	tell(errand, EVENT_ROLE_GRANTED, detail);
}

struct tally {
	int64_t since;
	unsigned n;
};

static int count_recent(void *context, const struct request_row *row)
{
	struct tally *tally = context;

	tally->n += row->made.at > tally->since;
	return 0;
}

static void ask_for(struct errand *errand)
{
	const struct channel_request *request = &errand->talk->request;
	const struct request_wish wish = { request->role, request->for_sec };
	const struct register_query his = { .user = errand->act.user };
	struct tally tally = { .since = errand->act.at - A_DAY_SEC };
	uint32_t id = 0;
	int r;

	r = register_requests(errand->db, &his, count_recent, &tally);
	if (r == 0 && tally.n >= PER_DAY_MAX) {
		errand_refuse(errand, TOO_OFTEN);
		return;
	}
	if (r == 0)
		r = register_request(errand->db, &errand->person, &errand->act, &wish, &id);
	if (r != 0)
		errand_answer_with(errand, r);
	else
		done(errand, id, EVENT_REQUEST_MADE);
}

static void withdraw(struct errand *errand)
{
	const uint32_t id = errand->talk->request.id;
	const int r = register_withdraw(errand->db, &errand->act, id);

	if (r != 0)
		errand_answer_with(errand, r);
	else
		done(errand, id, EVENT_REQUEST_WITHDRAWN);
}

static void list(struct errand *errand)
{
	const struct channel_request *request = &errand->talk->request;
	const struct errand_page page = {
		.id = request->id,
		.after = request->after,
		.ended = request->ended || request->id != 0,
	};
	const int r = errand_list(errand, &page);

	if (r < 0)
		errand_unavailable(errand, "the register", r);
	else
		errand->talk->reply.answer = CHANNEL_ACCEPTED;
}

static void decide(struct errand *errand, enum register_decision decision)
{
	const struct talk *talk = errand->talk;
	const uint32_t id = talk->request.id;
	const char *why = errand_not_himself(talk);
	char detail[256];
	int r = 0;

	if (!why)
		r = register_decide(errand->db, &errand->person, &errand->act, id, decision);
	if (r > 0)
		why = register_refusal_text((enum register_refusal)r);
	if (why) {
		(void)snprintf(detail, sizeof(detail), "request %u: %s", id, why); /* fits */
		report(talk->root, &talk->caller, EVENT_REQUEST_REFUSED, "not-allowed", detail);
		errand_refuse(errand, why);
	} else if (r < 0) {
		errand_answer_with(errand, r);
	} else {
		done(errand, id,
		     decision == DECISION_APPROVE ? EVENT_REQUEST_APPROVED : EVENT_REQUEST_DENIED);
	}
}

static void run(struct errand *errand)
{
	switch (errand->talk->request.kind) {
	case CHANNEL_ASK_ROLE:
		ask_for(errand);
		return;
	case CHANNEL_WITHDRAW:
		withdraw(errand);
		return;
	case CHANNEL_REQUESTS:
		list(errand);
		return;
	case CHANNEL_APPROVE:
		decide(errand, DECISION_APPROVE);
		return;
	case CHANNEL_DENY:
		decide(errand, DECISION_DENY);
		return;
	case CHANNEL_VERIFY:
	case CHANNEL_STATUS:
	case CHANNEL_BEGIN:
	case CHANNEL_CONFIRM:
	case CHANNEL_RECOVERY:
	case CHANNEL_RESYNC:
	case CHANNEL_REVIEW:
	case CHANNEL_SIGN:
	case CHANNEL_DEVICES:
	case CHANNEL_LET_IN:
	case CHANNEL_DEVICE_APPROVE:
	case CHANNEL_DEVICE_DENY:
	case CHANNEL_DEVICE_REVOKE:
		return;
	}
}

void role_request_answer(struct talk *talk)
{
	scoped(errand_clear) struct errand errand = { .talk = talk };
	const int r = errand_open(&errand);

	if (r < 0)
		errand_unavailable(&errand, "the register, or the policy in force", r);
	else
		run(&errand);
}
