/* SPDX-License-Identifier: MIT */
/*
 * report.h - what serenod tells the log. For room daemon/.
 */
#ifndef DAEMON_REPORT_H
#define DAEMON_REPORT_H

#include <sereno/event.h>

#include "caller.h"

#define REPORT_SERVICE "serenod"

/* About @caller; @reason and @detail may be NULL. Nothing is refused because nobody hears it. */
void report(const char *root, const struct caller *caller, enum event_id id, const char *reason,
	    const char *detail);

/* EVENT_OTP_...: what @caller has done to his own second factor; @reason may be NULL. */
void report_own(const char *root, const struct caller *caller, enum event_id id,
		const char *reason);

/* "@what: " and what the errno @err means. */
void report_error(const char *root, const struct caller *caller, enum event_id id, const char *what,
		  int err);

/* The record of a second factor cannot be used. */
void report_codes_unusable(const char *root, const struct caller *caller, int err);

#endif
