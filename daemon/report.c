/* SPDX-License-Identifier: MIT */
/* report.c - what serenod tells the log. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "report.h"

#define DETAIL_MAX 256

static void send_from(const char *root, const struct caller *caller, struct event event)
{
	char origin[ORIGIN_TEXT_MAX];

	origin_format(&caller->origin, origin);
	event.subject = caller->name[0] ? caller->name : NULL;
	event.service = REPORT_SERVICE;
	event.origin = origin;
	event.until = EVENT_NO_TIME;
	(void)event_send(root, &event); /* the answer stands whoever hears of it */
}

void report(const char *root, const struct caller *caller, enum event_id id, const char *reason,
	    const char *detail)
{
	const struct event event = { .id = id, .reason = reason, .detail = detail };

	send_from(root, caller, event);
}

void report_own(const char *root, const struct caller *caller, enum event_id id, const char *reason)
{
	const struct event event = { .id = id, .target = caller->name, .reason = reason };

	send_from(root, caller, event);
}

void report_error(const char *root, const struct caller *caller, enum event_id id, const char *what,
		  int err)
{
	const char *cause = strerrordesc_np(-err);
	char detail[DETAIL_MAX];

	(void)snprintf(detail, sizeof(detail), "%s: %s", what, cause ? cause : "unknown error");
	report(root, caller, id, NULL, detail);
}

void report_codes_unusable(const char *root, const struct caller *caller, int err)
{
	char detail[CODES_ERROR_SIZE];

	codes_error_text(err, detail);
	report(root, caller, err == -ENOKEY ? EVENT_KEY_UNUSABLE : EVENT_STATE_UNUSABLE, NULL,
	       detail);
}
