/* SPDX-License-Identifier: MIT */
/* otp_remove.c - sereno otp remove and reset: tokens are taken away, a lost record begins anew. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include <sereno/remembered.h>
#include <sereno/scoped.h>

#include "otp.h"

static void tell_next(const struct otp_task *task)
{
	output_print(task->output, STYLE_PLAIN,
		     _("to log in where a code is asked for he needs a new one; next: sereno otp "
		       "ticket %s, or sereno otp enrol %s\n"),
		     task->user, task->user);
}

static enum exit_status nothing(const struct otp_task *task)
{
	char buffer[ESCAPE_MAX];

	if (!task->options->label)
		return complain(EXIT_NO, _("%s has no token"), task->user);
	return complain(EXIT_NO, _("%s has no token %s; sereno otp status %s lists them"),
			task->user, escape(buffer, task->options->label), task->user);
}

/* How many there would be left, or -ENOENT. */
static int count_left(const struct codes_status *status, const char *label)
{
	if (!label)
		return status->n_tokens > 0 ? 0 : -ENOENT;
	for (uint32_t i = 0; i < status->n_tokens; i++)
		if (strcmp(status->token[i].label, label) == 0)
			return (int)status->n_tokens - 1;
	return -ENOENT;
}

static void tell_removed(const struct otp_task *task, int left)
{
	const bool dry = task->options->given & OPTION_DRY_RUN;
	char buffer[ESCAPE_MAX];
	const char *label = task->options->label;

	if (left > 0)
		output_print(task->output, STYLE_PLAIN,
			     dry ? _("the token %s of %s would be removed\n")
				 : _("the token %s of %s is removed\n"),
			     escape(buffer, label), task->user);
	else
		output_print(
			task->output, STYLE_PLAIN,
			dry ? _("every token of %s would be removed, with the recovery codes\n")
			    : _("every token of %s is removed, with the recovery codes\n"),
			task->user);
	if (left == 0 && !dry)
		tell_next(task);
}

/* Who had the token may have logged in by it a moment ago: that must not count any more. */
static void forget_places(const struct otp_task *task)
{
	const int r = remembered_forget(task->root, task->account.uid);

	if (r < 0)
		(void)complain_error(r, _("codes of %s may count again where they were accepted"),
				     task->user);
}

enum exit_status otp_remove_run(struct otp_task *task)
{
	const char *label = task->options->label;
	struct codes_status before;
	enum exit_status status;
	int left, r;

	status = otp_account(task);
	if (status != EXIT_YES)
		return status;
	r = codes_status(task->root, &task->account, &before);
	if (r == -ENOENT)
		return nothing(task);
	if (r < 0)
		return otp_complain(task, r);
	left = count_left(&before, label);
	if (left < 0)
		return nothing(task);
	if (!(task->options->given & OPTION_DRY_RUN)) {
		r = codes_remove(task->root, &task->account, label, time(NULL));
		if (r == -ENOENT)
			return nothing(task);
		if (r < 0)
			return otp_complain(task, r);
		forget_places(task);
		otp_report(task, EVENT_OTP_REMOVED, label ? label : "all", EVENT_NO_TIME);
	}
	tell_removed(task, left);
	return EXIT_YES;
}

/* A record that can be read is not lost: who has a token keeps it until somebody removes it. */
enum exit_status otp_reset_run(struct otp_task *task)
{
	struct codes_status before;
	enum exit_status status;
	int r;

	status = otp_account(task);
	if (status != EXIT_YES)
		return status;
	r = codes_status(task->root, &task->account, &before);
	if (r == -ENOENT)
		return complain(EXIT_NO, _("there is no record of %s"), task->user);
	if (r == 0 && before.n_tokens > 0)
		return complain(EXIT_NO,
				_("the record of %s is not lost; to take the tokens away: sereno "
				  "otp remove %s"),
				task->user, task->user);
	if (task->options->given & OPTION_DRY_RUN) {
		output_print(task->output, STYLE_PLAIN, _("%s would begin anew, without a token\n"),
			     task->user);
		return EXIT_YES;
	}
	r = codes_reset(task->root, &task->account);
	if (r < 0)
		return complain_error(r, _("%s cannot begin anew (run this as root)"), task->user);
	forget_places(task);
	otp_report(task, EVENT_OTP_REMOVED, "reset", EVENT_NO_TIME);
	output_print(task->output, STYLE_PLAIN, _("%s begins anew, without a token\n"), task->user);
	tell_next(task);
	return EXIT_YES;
}
