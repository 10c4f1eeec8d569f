/* SPDX-License-Identifier: MIT */
/* otp_verify.c - sereno otp verify and resync: what a phone shows, typed by somebody. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include <sereno/scoped.h>

#include "dialogue.h"
#include "otp.h"

/* Up to two codes as they were typed, erased before the terminal comes back. */
struct typed {
	struct dialogue dialogue;
	char code[2][DIALOGUE_ANSWER_SIZE];
};

static void typed_clear(struct typed *typed)
{
	explicit_bzero(typed->code, sizeof(typed->code));
	dialogue_close(&typed->dialogue);
}

static enum exit_status ask(struct typed *typed, const char *prompt,
			    char code[static DIALOGUE_ANSWER_SIZE])
{
	const int r = dialogue_ask(&typed->dialogue, prompt, code);

	if (r > 0)
		return EXIT_YES;
	if (r == -EINTR)
		return EXIT_NO; /* the signal says the rest */
	if (r < 0)
		return complain_error(r, _("cannot read standard input"));
	return complain(EXIT_NO, _("nothing was typed"));
}

static void warn_of_damage(const struct otp_task *task, const struct codes_result *result)
{
	if (result->fell_back)
		(void)complain(
			EXIT_NO,
			_("the record of %s was damaged: codes up to now count as used; next: "
			  "sereno otp recovery %s"),
			task->user, task->user);
}

static void tell_accepted(const struct otp_task *task, const struct codes_result *result)
{
	char buffer[ESCAPE_MAX];

	if (result->verdict == CODES_RECOVERED) {
		output_print(task->output, STYLE_GOOD,
			     P_("right: a recovery code. It is used up; %u is left\n",
				"right: a recovery code. It is used up; %u are left\n",
				result->recovery_left),
			     result->recovery_left);
		return;
	}
	output_print(task->output, STYLE_GOOD,
		     _("right: a code of the token %s. It is used up; wait for the next one to log "
		       "in\n"),
		     escape(buffer, result->label));
	if (result->offset != 0)
		output_print(task->output, STYLE_WARNING,
			     _("the phone's clock is off by %d steps; sereno otp resync %s takes "
			       "that into account\n"),
			     result->offset, task->user);
}

static bool is_accepted(const struct codes_result *result)
{
	return result->verdict == CODES_ACCEPTED || result->verdict == CODES_RECOVERED;
}

/* As a login would: a code is used up by it, and somebody guessed, if it was wrong. */
static void report_verified(const struct otp_task *task, const struct codes_result *result)
{
	const struct caller *caller = &task->caller;
	char origin[ORIGIN_TEXT_MAX];
	char detail[320];
	struct event event = {
		.id = EVENT_CODE_REFUSED,
		.subject = task->account.user,
		.service = "sereno-otp",
		.origin = caller->known ? origin : NULL,
		.reason = codes_verdict_word(result->verdict),
		.detail = detail,
		.until = EVENT_NO_TIME,
	};

	origin_format(&caller->origin, origin);
	(void)snprintf(detail, sizeof(detail), "asked by %s", /* may be cut */
		       caller->user[0] ? caller->user : "root");
	if (is_accepted(result)) {
		event.id = result->verdict == CODES_ACCEPTED ? EVENT_CODE_ACCEPTED
							     : EVENT_CODE_RECOVERED;
		event.reason = NULL;
	}
	(void)event_send(task->root, &event); /* it is used up whoever hears of it */
}

enum exit_status otp_verify_run(struct otp_task *task)
{
	scoped(typed_clear) struct typed typed = { .dialogue = { .signals = -1 } };
	struct codes_attempt attempt;
	struct codes_result result;
	enum exit_status status;
	int r;

	status = otp_account(task);
	if (status != EXIT_YES)
		return status;
	dialogue_open(&typed.dialogue);
	status = ask(&typed, _("One-time code: "), typed.code[0]);
	if (status != EXIT_YES)
		return status;
	attempt = (struct codes_attempt){ typed.code[0], time(NULL), task->rules.window };
	r = codes_check(task->root, &task->account, &attempt, &result);
	if (r < 0)
		return otp_complain(task, r);
	warn_of_damage(task, &result);
	report_verified(task, &result);
	if (!is_accepted(&result))
		return complain(EXIT_NO, "%s", otp_refusal(result.verdict));
	tell_accepted(task, &result);
	return EXIT_YES;
}

/* Without --label there must be one token only. */
static enum exit_status check_label(const struct otp_task *task, const char *label)
{
	struct codes_status status;
	char buffer[ESCAPE_MAX];
	const int r = codes_status(task->root, &task->account, &status);

	if (r < 0 && r != -ENOENT)
		return otp_complain(task, r);
	if (r == -ENOENT || status.n_tokens == 0)
		return complain(EXIT_NO, _("%s has no token; next: sereno otp enrol %s"),
				task->user, task->user);
	if (!label && status.n_tokens > 1)
		return complain(EXIT_USAGE,
				_("%s has %u tokens: choose one by --label (sereno otp status %s)"),
				task->user, status.n_tokens, task->user);
	for (uint32_t i = 0; label && i < status.n_tokens; i++)
		if (strcmp(status.token[i].label, label) == 0)
			return EXIT_YES;
	if (!label)
		return EXIT_YES;
	return complain(EXIT_NO, _("%s has no token %s; sereno otp status %s lists them"),
			task->user, escape(buffer, label), task->user);
}

static enum exit_status resync(const struct otp_task *task, const struct typed *typed,
			       const char *label)
{
	const struct codes_resync request = { label,
					      { typed->code[0], typed->code[1] },
					      time(NULL) };
	struct codes_result result;
	char detail[32];
	int r;

	r = codes_resync(task->root, &task->account, &request, &result);
	if (r < 0)
		return otp_complain(task, r);
	warn_of_damage(task, &result);
	if (result.verdict == CODES_WRONG)
		return complain(EXIT_NO, _("these are not two codes in a row, of a clock that is "
					   "off by 12 hours at most"));
	if (result.verdict != CODES_ACCEPTED)
		return complain(EXIT_NO, "%s", otp_refusal(result.verdict));
	(void)snprintf(detail, sizeof(detail), "%d steps", result.offset); /* fits */
	otp_report(task, EVENT_OTP_RESYNCED, detail, EVENT_NO_TIME);
	output_print(task->output, STYLE_PLAIN,
		     _("the phone's clock is %d steps of ours away, which counts from now on; both "
		       "codes are used up\n"),
		     result.offset);
	return EXIT_YES;
}

enum exit_status otp_resync_run(struct otp_task *task)
{
	scoped(typed_clear) struct typed typed = { .dialogue = { .signals = -1 } };
	const char *label = task->options->label;
	enum exit_status status;

	status = otp_account(task);
	if (status == EXIT_YES)
		status = check_label(task, label);
	if (status != EXIT_YES)
		return status;
	dialogue_open(&typed.dialogue);
	status = ask(&typed, _("One-time code: "), typed.code[0]);
	if (status == EXIT_YES)
		status = ask(&typed, _("The next one that the phone shows: "), typed.code[1]);
	return status == EXIT_YES ? resync(task, &typed, label) : status;
}
