/* SPDX-License-Identifier: MIT */
/* report.c - what serenod tells the log. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "report.h"

#define DETAIL_MAX 256

void report(const char *root, const struct caller *caller, enum event_id id, const char *reason,
	    const char *detail)
{
	char origin[ORIGIN_TEXT_MAX];
	const struct event event = {
		.id = id,
		.subject = caller->name[0] ? caller->name : NULL,
		.service = REPORT_SERVICE,
		.origin = origin,
		.reason = reason,
		.detail = detail,
		.until = EVENT_NO_TIME,
	};

	origin_format(&caller->origin, origin);
	(void)event_send(root, &event); /* the answer stands whoever hears of it */
}

void report_error(const char *root, const struct caller *caller, enum event_id id, const char *what,
		  int err)
{
	const char *cause = strerrordesc_np(-err);
	char detail[DETAIL_MAX];

	(void)snprintf(detail, sizeof(detail), "%s: %s", what, cause ? cause : "unknown error");
	report(root, caller, id, NULL, detail);
}

void report_record_unusable(const char *root, const struct caller *caller, int err)
{
	if (err == -ENOKEY)
		report(root, caller, EVENT_KEY_UNUSABLE, NULL,
		       "there is no host key, or it is sealed and was not unsealed at this boot: "
		       "sereno key status says what to do");
	else
		report_error(root, caller, EVENT_STATE_UNUSABLE, "the record of a second factor",
			     err);
}
