/* SPDX-License-Identifier: MIT */
/*
 * otp.h - what sereno otp can do, and what all of it needs: whose second factor, by which rules,
 * and who wants it.
 *
 * Root works on the records themselves. Who is not root has serenod do it (otp_own.h), for his own
 * account; with --root a tree of one's own is as good as root's.
 */
#ifndef ADMIN_OTP_H
#define ADMIN_OTP_H

#include <sereno/codes.h>
#include <sereno/event.h>
#include <sereno/policy.h>

#include "caller.h"
#include "escape.h"
#include "messages.h"
#include "options.h"
#include "output.h"
#include "people.h"

#define OTP_LABEL_STANDARD "phone"

struct otp_task {
	const struct options *options;
	const struct output *output;
	const char *root;
	bool own;	     /* through serenod */
	const char *subject; /* USER, or NULL */
	struct people *people;
	struct caller caller;
	struct second_factor_rules rules; /* of the policy in force; else the standard ones */
	struct zone zone;		  /* its, else UTC */
	struct codes_account account;	  /* after otp_account() */
	char user[ESCAPE_MAX];		  /* his name, to be shown */
};

/* Complain unless USER is given, and find his account. */
enum exit_status otp_account(struct otp_task *task);

/* The same for any name. */
enum exit_status otp_account_of(struct otp_task *task, const char *user);

/* --label, checked; @standard where it is not given. NULL when it is no label, which is said. */
const char *otp_label(const struct otp_task *task, const char *standard);

/* Say that the record of the account cannot be used, and what to do. */
enum exit_status otp_complain(const struct otp_task *task, int err);

/* Refuse to print a secret where it would be kept, unless --show-secret. */
enum exit_status otp_may_show(const struct otp_task *task);

/* Send event @id about the account, in the name of who runs this. @until is
 * EVENT_NO_TIME but for what expires. */
void otp_report(const struct otp_task *task, enum event_id id, const char *detail, int64_t until);

/* Why a code was not accepted, and what to do: for people. */
const char *otp_refusal(enum codes_verdict verdict);

enum exit_status otp_enrol_run(struct otp_task *task);
enum exit_status otp_status_run(struct otp_task *task);
enum exit_status otp_verify_run(struct otp_task *task);
enum exit_status otp_resync_run(struct otp_task *task);
enum exit_status otp_remove_run(struct otp_task *task);
enum exit_status otp_reset_run(struct otp_task *task);
enum exit_status otp_recovery_run(struct otp_task *task);
enum exit_status otp_ticket_run(struct otp_task *task);
enum exit_status otp_import_run(struct otp_task *task);

#endif
