/* SPDX-License-Identifier: MIT */
/*
 * report.h - what a module did, as events. For room pam/.
 *
 * Nothing here fails: a login is not refused because nobody takes its event.
 */
#ifndef PAM_REPORT_H
#define PAM_REPORT_H

#include <sereno/event.h>

#include "judge.h"
#include "request.h"

/* The decision; nothing for a subject that is not governed. */
void report_judgement(const char *root, const struct request *request,
		      const struct judgement *judgement);

/* A refusal without a judgement: the request could not be understood, for @err. */
void report_failure(const char *root, const struct request *request, int err);

/* A password is typed for an account whose owner has left: it is not checked. */
void report_departed(const char *root, const struct request *request);

/* The line in /etc/pam.d has an @option that is not one of ours. */
void report_option(const char *option);

/* A session opened or closed; @until as in struct event. */
void report_session(const char *root, enum event_id id, const struct request *request,
		    int64_t until);

/* A login could not be recorded, for @err: it is refused, or sudo in it will not know its origin.
 */
void report_unrecorded(const char *root, const struct request *request, enum access_outcome outcome,
		       int err);

/* When somebody logged in last could not be recorded, for @err: he will look inactive. */
void report_age_unrecorded(const char *root, const struct request *request, int err);

/* EVENT_CODE_...: a code was accepted, or why not; @reason and @detail may be NULL. */
void report_code(const char *root, const struct request *request, enum event_id id,
		 const char *reason, const char *detail);

/* The subject got himself a token, by @how. */
void report_enrolled(const char *root, const struct request *request, const char *how);

/* The record of the subject's second factor was damaged, and a stricter one stood in. */
void report_codes_fallback(const char *root, const struct request *request);

/* It could not be read or written, for @err. */
void report_codes_unusable(const char *root, const struct request *request, int err);

#endif
