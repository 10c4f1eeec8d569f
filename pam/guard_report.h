/* SPDX-License-Identifier: MIT */
/*
 * guard_report.h - what the guard did, as events. For room pam/.
 *
 * Of an account that does not exist no name is told: people type passwords in the wrong place.
 */
#ifndef PAM_GUARD_REPORT_H
#define PAM_GUARD_REPORT_H

#include <sereno/attempts.h>
#include <sereno/event.h>

/* A password that was not checked, EVENT_ATTEMPTS_REFUSED or _ON_TRIAL; the next may be tried in
 * @wait_sec, UINT32_MAX for never. */
void guard_report_refused(const char *root, const char *service, enum event_id id,
			  const struct attempt_subject *subject, uint32_t wait_sec);

/* A damaged record made way for an older or a stricter one. */
void guard_report_fallback(const char *root, const struct attempt_subject *subject);

/* The records could not be read or written, for @err. */
void guard_report_unusable(const char *root, const struct attempt_subject *subject, int err);

#endif
