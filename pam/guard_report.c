/* SPDX-License-Identifier: MIT */
/* guard_report.c - what the guard did, as events. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "guard_report.h"

#define DETAIL_MAX 256

static struct event event_of(enum event_id id, const struct attempt_subject *subject)
{
	return (struct event){
		.id = id,
		.subject = subject->known ? subject->user : NULL,
		.until = EVENT_NO_TIME,
	};
}

void guard_report_refused(const char *root, const char *service, enum event_id id,
			  const struct attempt_subject *subject, uint32_t wait_sec)
{
	struct event event = event_of(id, subject);
	char origin[ORIGIN_TEXT_MAX];

	origin_format(&subject->origin, origin);
	event.service = service;
	event.origin = origin;
	event.reason = wait_sec == UINT32_MAX ? "locked" : "too-many";
	if (wait_sec != UINT32_MAX)
		event.until = (int64_t)time(NULL) + wait_sec;
	(void)event_send(root, &event); /* refused whoever hears of it */
}

void guard_report_fallback(const char *root, const struct attempt_subject *subject)
{
	struct event event = event_of(EVENT_STATE_FALLBACK, subject);

	event.detail = ATTEMPTS_FALLBACK_TEXT;
	(void)event_send(root, &event); /* as above */
}

void guard_report_unusable(const char *root, const struct attempt_subject *subject, int err)
{
	struct event event = event_of(EVENT_STATE_UNUSABLE, subject);
	const char *cause = strerrordesc_np(-err);
	char detail[DETAIL_MAX];

	(void)snprintf(detail, sizeof(detail), "the record of wrong passwords: %s",
		       cause ? cause : "unknown error");
	event.detail = detail;
	(void)event_send(root, &event); /* as above */
}
