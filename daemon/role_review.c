/* SPDX-License-Identifier: MIT */
/* role_review.c - reviews of roles, for who owns one: what he may see, and what he signs. */
#include "role_review.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <sereno/register.h>
#include <sereno/scoped.h>

#include "errand.h"
#include "report.h"

#define DIGITS_LEAST 16

#define NO_OWNER  "no review names you as the owner of a role: sereno review open begins one"
#define NOT_OPEN  "no open review waits for your signature of this role"
#define ANOTHER	  "the list is another one by now, or this was not its digest: look at it again"
#define NO_DRAWER "the list of the role cannot be drawn"

static enum talk_next refuse(struct talk *talk, const char *why)
{
	talk->reply.answer = CHANNEL_NOT_ALLOWED;
	(void)snprintf(talk->reply.why, sizeof(talk->reply.why), "%s", why); /* our own words fit */
	return TALK_REPLY;
}

static void tell(const struct talk *talk, enum event_id id, const char *detail)
{
	char origin[ORIGIN_TEXT_MAX];
	const struct event event = {
		.id = id,
		.subject = talk->caller.name,
		.service = REPORT_SERVICE,
		.origin = origin,
		.rule = talk->request.role,
		.detail = detail,
		.until = EVENT_NO_TIME,
	};

	origin_format(&talk->caller.origin, origin);
	(void)event_send(talk->root, &event); /* it was done whoever hears of it */
}

/* Who would have signed is worth a line, and told as much as he may know. */
static void refuse_signature(struct talk *talk, const char *why)
{
	tell(talk, EVENT_REVIEW_REFUSED, why);
	(void)refuse(talk, why);
}

static enum talk_next unavailable(struct talk *talk, const char *what, int err)
{
	if (err == -EBUSY) {
		talk->reply.answer = CHANNEL_BUSY;
		return TALK_TRY_AGAIN;
	}
	report_error(talk->root, &talk->caller, EVENT_STATE_UNUSABLE, what, err);
	talk->reply.answer = CHANNEL_UNAVAILABLE;
	return TALK_REPLY;
}

static int note_part(void *context, const struct review_row *row)
{
	(void)row;
	*(bool *)context = true;
	return 0;
}

/* Whether a review has a part for him, of any time, or (@open) an open one's of the role. */
static int has_part(const struct talk *talk, bool *ret)
{
	const bool signs = talk->request.kind == CHANNEL_SIGN;
	scoped(register_close_p) struct register_db *db = NULL;
	const struct register_query query = {
		.user = talk->caller.name,
		.role = signs ? talk->request.role : NULL,
		.open_at = signs ? 1 : 0,
	};
	int r;

	r = register_open_hastily(talk->root, time(NULL), &db);
	if (r == 0)
		r = register_reviews(db, &query, note_part, ret);
	return r;
}

static void put_question(struct talk *talk)
{
	const struct channel_request *request = &talk->request;

	talk->question = (struct reviewer_question){
		.version = REVIEWER_VERSION,
		.kind = request->kind == CHANNEL_SIGN ? REVIEWER_DIGEST_OF : REVIEWER_LIST,
		.as_json = request->as_json,
		.columns = request->columns,
	};
	memcpy(talk->question.owner, talk->caller.name, sizeof(talk->question.owner));
	memcpy(talk->question.role, request->role, sizeof(talk->question.role));
}

/* Drawing a list costs: nobody has one drawn but those whom a review names. */
enum talk_next role_review_hear(struct talk *talk)
{
	const bool signs = talk->request.kind == CHANNEL_SIGN;
	const char *why = signs ? errand_not_himself(talk) : NULL;
	bool found = false;
	int r = 0;

	if (!why)
		r = has_part(talk, &found);
	if (r < 0)
		return unavailable(talk, "the register", r);
	if (!why && !found)
		why = signs ? NOT_OPEN : NO_OWNER;
	if (why && signs)
		refuse_signature(talk, why);
	else if (why)
		(void)refuse(talk, why);
	if (why)
		return TALK_REPLY;
	put_question(talk);
	return TALK_ASK_REVIEWER;
}

/* "HEX USERS\n", and what he says is the beginning of HEX. */
static bool is_of(const char *list, const char *digest)
{
	const size_t length = strlen(digest);

	return length >= DIGITS_LEAST && length <= REVIEWER_DIGEST &&
	       strspn(list, "0123456789abcdef") == REVIEWER_DIGEST &&
	       list[REVIEWER_DIGEST] == ' ' && strncmp(list, digest, length) == 0;
}

static int sign(const struct talk *talk, const char *list)
{
	scoped(register_close_p) struct register_db *db = NULL;
	char text[CHANNEL_REASON_SIZE];
	const struct act act = {
		.user = talk->caller.name,
		.uid = talk->caller.uid,
		.at = time(NULL),
		.reason = text,
	};
	int r;

	(void)snprintf(text, sizeof(text), "sha256:%.*s users=%.*s", REVIEWER_DIGEST, list,
		       (int)strspn(list + REVIEWER_DIGEST + 1, "0123456789"),
		       list + REVIEWER_DIGEST + 1); /* fits */
	r = register_open_hastily(talk->root, act.at, &db);
	if (r == 0)
		r = register_review_sign(db, &act, talk->request.role);
	if (r == 0)
		tell(talk, EVENT_REVIEW_SIGNED, text);
	return r;
}

void role_review_sign(struct talk *talk, const char *list)
{
	int r;

	if (!list) {
		(void)unavailable(talk, NO_DRAWER, -EIO);
		return;
	}
	if (!is_of(list, talk->request.reason)) {
		refuse_signature(talk, ANOTHER);
		return;
	}
	r = sign(talk, list);
	if (r == REFUSED_UNKNOWN)
		refuse_signature(talk, NOT_OPEN);
	else if (r > 0)
		refuse_signature(talk, register_refusal_text((enum register_refusal)r));
	else if (r < 0)
		(void)unavailable(talk, "the register", r);
	else
		talk->reply.answer = CHANNEL_ACCEPTED;
}

void role_review_sent(struct talk *talk, int err)
{
	if (err < 0)
		(void)unavailable(talk, NO_DRAWER, err == -EBUSY ? -EIO : err);
	else
		talk->reply.answer = CHANNEL_ACCEPTED;
}
