/* SPDX-License-Identifier: MIT */
/* report.c - one event a decision, from the verdict and the request. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sereno/codes.h>

#include "report.h"

#define ORIGINS_SHOWN	 4
#define ORIGINS_TEXT_MAX ((ORIGINS_SHOWN + 1) * (ORIGIN_TEXT_MAX + 1))
#define RULE_TEXT_MAX	 (MODEL_NAME_MAX + 16)
#define DETAIL_MAX	 256

/* "10.1.2.3", "seat,10.1.2.3" of several open logins, "unknown" of none. */
static void format_origins(const struct request *request, char text[static ORIGINS_TEXT_MAX])
{
	const struct origin unknown = { .kind = ORIGIN_UNKNOWN };
	size_t length = 0;

	origin_format(request->n_origins > 0 ? &request->origins[0] : &unknown, text);
	for (size_t i = 1; i < request->n_origins && i <= ORIGINS_SHOWN; i++) {
		length = strlen(text);
		text[length++] = ',';
		if (i < ORIGINS_SHOWN)
			origin_format(&request->origins[i], text + length);
		else
			(void)snprintf(text + length, sizeof("..."), "...");
	}
}

/* Before the subject is known it is the user, unless that is the target. */
static const char *subject_of(const struct request *request)
{
	if (request->subject.name[0])
		return request->subject.name;
	return request->target ? NULL : request->user;
}

static struct event event_of(enum event_id id, const struct request *request, const char *origins)
{
	return (struct event){
		.id = id,
		.subject = subject_of(request),
		.target = request->target,
		.service = request->service,
		.origin = origins,
		.detail = request->detail,
		.until = EVENT_NO_TIME,
	};
}

/* To whom a decision is worth which attention. */
static enum event_id decision_id(const struct access_verdict *verdict)
{
	if (verdict->reason == REASON_DEPARTED)
		return EVENT_ACCOUNT_DEPARTED;
	if (verdict->on_trial)
		return EVENT_ACCESS_ON_TRIAL;
	if (verdict->reason == REASON_ROOT_LOGIN)
		return EVENT_ROOT_LOGIN;
	if (verdict->reason == REASON_BREAK_GLASS)
		return EVENT_BREAK_GLASS_USED;
	if (verdict->reason == REASON_BREAK_GLASS_ORIGIN)
		return EVENT_BREAK_GLASS_REFUSED;
	return verdict->outcome == ACCESS_ALLOW ? EVENT_ACCESS_ALLOWED : EVENT_ACCESS_DENIED;
}

/* "employee.2", or "employee" where holding the role is enough and no rule was asked. */
static void format_rule(const struct access_verdict *verdict, char text[static RULE_TEXT_MAX])
{
	if (verdict->rule > 0)
		(void)snprintf(text, RULE_TEXT_MAX, "%s.%u", verdict->role, verdict->rule);
	else
		(void)snprintf(text, RULE_TEXT_MAX, "%s", verdict->role);
}

static void report_decision(const char *root, struct event event, const struct judgement *judgement)
{
	const struct access_verdict *verdict = &judgement->verdict;
	char rule[RULE_TEXT_MAX] = "";

	event.id = decision_id(verdict);
	event.verdict = verdict->outcome == ACCESS_ALLOW ? "allow" : "deny";
	event.reason = access_reason_name(verdict->reason);
	event.policy = judgement->policy[0] ? judgement->policy : NULL;
	if (verdict->role[0]) {
		format_rule(verdict, rule);
		event.rule = rule;
		event.line = verdict->line;
	}
	if (verdict->outcome == ACCESS_ALLOW && !verdict->on_trial)
		event.until = verdict->until;
	(void)event_send(root, &event); /* the decision stands whoever hears of it */
}

/* The host process's locale has no say in it: no strerror(). */
static const char *cause(int err)
{
	const char *text = strerrordesc_np(-err);

	return text ? text : "unknown error";
}

static const char *policy_cause(int err)
{
	switch (err) {
	case -ENOENT:
		return "there is none";
	case -EPERM:
		return "others could have written it";
	case -EBADMSG:
		return "it is damaged";
	default:
		return cause(err);
	}
}

static void report_unusable(const char *root, struct event event, int err)
{
	char detail[DETAIL_MAX];

	(void)snprintf(detail, sizeof(detail), "the policy in force cannot be used: %s",
		       policy_cause(err));
	event.id = EVENT_POLICY_UNUSABLE;
	event.detail = detail;
	(void)event_send(root, &event); /* as above */
}

void report_judgement(const char *root, const struct request *request,
		      const struct judgement *judgement)
{
	char origins[ORIGINS_TEXT_MAX];
	struct event event;

	/* those whom sereno does not govern are not its business, and would fill the log */
	if (judgement->verdict.outcome == ACCESS_NOT_GOVERNED)
		return;
	format_origins(request, origins);
	event = event_of(EVENT_ROLE_CONFLICT, request, origins);
	if (judgement->verdict.conflict)
		(void)event_send(root, &event); /* as above */
	if (judgement->unusable < 0)
		report_unusable(root, event, judgement->unusable);
	report_decision(root, event, judgement);
}

void report_failure(const char *root, const struct request *request, int err)
{
	struct event event = event_of(EVENT_ACCESS_DENIED, request, NULL);

	event.verdict = "deny";
	event.reason = err == -ESRCH ? "no-account" : "error";
	if (!event.detail)
		event.detail = cause(err);
	(void)event_send(root, &event); /* as above */
}

void report_departed(const char *root, const struct request *request)
{
	char origins[ORIGINS_TEXT_MAX];
	struct event event;

	format_origins(request, origins);
	event = event_of(EVENT_ACCOUNT_DEPARTED, request, origins);
	event.verdict = "deny";
	event.reason = access_reason_name(REASON_DEPARTED);
	(void)event_send(root, &event); /* as above */
}

void report_option(const char *option)
{
	char detail[DETAIL_MAX];
	const struct event event = { .id = EVENT_POLICY_UNUSABLE,
				     .detail = detail,
				     .until = EVENT_NO_TIME };

	(void)snprintf(detail, sizeof(detail), "unknown option of a module in /etc/pam.d: %s",
		       option);
	(void)event_send("", &event); /* as above */
}

void report_session(const char *root, enum event_id id, const struct request *request,
		    int64_t until)
{
	char origins[ORIGINS_TEXT_MAX];
	struct event event;

	format_origins(request, origins);
	event = event_of(id, request, origins);
	event.until = until;
	(void)event_send(root, &event); /* as above */
}

void report_unrecorded(const char *root, const struct request *request, enum access_outcome outcome,
		       int err)
{
	char origins[ORIGINS_TEXT_MAX];
	struct event event;

	format_origins(request, origins);
	event = event_of(EVENT_SESSION_UNRECORDED, request, origins);
	event.verdict = outcome == ACCESS_DENY ? "deny" : "allow";
	event.detail = cause(err);
	(void)event_send(root, &event); /* as above */
}

void report_age_unrecorded(const char *root, const struct request *request, int err)
{
	struct event event = event_of(EVENT_STATE_UNUSABLE, request, NULL);
	char detail[DETAIL_MAX];

	(void)snprintf(detail, sizeof(detail), "the record of the last login: %s", cause(err));
	event.detail = detail;
	(void)event_send(root, &event); /* as above */
}

void report_code(const char *root, const struct request *request, enum event_id id,
		 const char *reason, const char *detail)
{
	char origins[ORIGINS_TEXT_MAX];
	struct event event;

	format_origins(request, origins);
	event = event_of(id, request, origins);
	event.reason = reason;
	event.detail = detail;
	(void)event_send(root, &event); /* as above */
}

void report_enrolled(const char *root, const struct request *request, const char *how)
{
	char origins[ORIGINS_TEXT_MAX];
	struct event event;

	format_origins(request, origins);
	event = event_of(EVENT_OTP_ENROLLED, request, origins);
	event.target = event.subject;
	event.reason = how;
	(void)event_send(root, &event); /* as above */
}

void report_codes_fallback(const char *root, const struct request *request)
{
	report_code(root, request, EVENT_STATE_FALLBACK, NULL, CODES_FALLBACK_TEXT);
}

void report_codes_unusable(const char *root, const struct request *request, int err)
{
	char detail[CODES_ERROR_SIZE];

	codes_error_text(err, detail);
	report_code(root, request, err == -ENOKEY ? EVENT_KEY_UNUSABLE : EVENT_STATE_UNUSABLE, NULL,
		    detail);
}
