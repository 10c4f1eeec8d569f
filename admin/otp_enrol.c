/* SPDX-License-Identifier: MIT */
/* otp_enrol.c - sereno otp enrol: a token, shown once and confirmed by a code of it. */
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include <sereno/scoped.h>

#include "otp.h"
#include "otp_page.h"

#define TRIES 3

struct enrolling {
	struct otp_task *task;
	struct dialogue dialogue;
	const char *label;
	struct otp_token token;
	struct utsname host;
	uint32_t had_recovery; /* codes that are still good */
	uint32_t n_recovery;
	char recovery[OTP_RECOVERY_MAX][OTP_RECOVERY_SIZE];
};

/* The terminal last: what a signal does to us comes after everything was erased. */
static void enrolling_clear(struct enrolling *enrolling)
{
	otp_token_erase(&enrolling->token);
	explicit_bzero(enrolling->recovery, sizeof(enrolling->recovery));
	dialogue_close(&enrolling->dialogue);
}

/* Before a secret is shown: is there a place for it? */
static enum exit_status look_first(struct enrolling *enrolling)
{
	struct otp_task *task = enrolling->task;
	struct codes_status status;
	const int r = codes_status(task->root, &task->account, &status);
	char buffer[ESCAPE_MAX];

	if (r == -ENOENT)
		return EXIT_YES;
	if (r < 0)
		return otp_complain(task, r);
	for (uint32_t i = 0; i < status.n_tokens; i++)
		if (strcmp(status.token[i].label, enrolling->label) == 0)
			return complain(EXIT_NO,
					_("%s has a token %s already: choose another --label, or "
					  "first: sereno otp remove %s --label %s"),
					task->user, escape(buffer, enrolling->label), task->user,
					buffer);
	if (status.n_tokens == CODES_TOKENS_MAX)
		return complain(EXIT_NO,
				_("%s has %d tokens, and there is no room for more; first: sereno "
				  "otp remove %s --label LABEL"),
				task->user, CODES_TOKENS_MAX, task->user);
	if (!status.recovery_void)
		enrolling->had_recovery = status.recovery_left;
	return EXIT_YES;
}

static const char *issuer_of(struct enrolling *enrolling)
{
	(void)uname(&enrolling->host); /* cannot fail */
	return otp_issuer(enrolling->task->rules.issuer, enrolling->host.nodename);
}

/* One showing, one answer. Returns 1 with *@ret, 0 or a negative errno. */
static int ask(struct enrolling *enrolling, const char *notice, enum codes_enrolled *ret)
{
	struct otp_task *task = enrolling->task;
	const struct otp_offer offer = { &enrolling->token, issuer_of(enrolling),
					 task->account.user, enrolling->label, notice };
	char answer[DIALOGUE_ANSWER_SIZE] = "";
	struct codes_enrolment enrolment = {
		.token = &enrolling->token,
		.label = enrolling->label,
		.warrant = CODES_BY_CALLER,
	};
	int r;

	r = otp_page_token(task, &enrolling->dialogue, &offer, answer);
	if (r > 0) {
		enrolment.confirm =
			(struct codes_attempt){ answer, time(NULL), task->rules.window };
		r = codes_enrol(task->root, &task->account, &enrolment, ret);
		r = r < 0 ? r : 1;
	}
	explicit_bzero(answer, sizeof(answer));
	return r;
}

/* Codes that he has stay good: they are no token's in particular. */
static int make_recovery_codes(struct enrolling *enrolling)
{
	const struct otp_task *task = enrolling->task;
	const uint32_t n = task->rules.recovery_codes;
	int r;

	if (n == 0 || n > OTP_RECOVERY_MAX || enrolling->had_recovery > 0)
		return 0;
	r = codes_recovery_issue(task->root, &task->account, time(NULL), n, enrolling->recovery);
	if (r == 0)
		enrolling->n_recovery = n;
	return r;
}

static enum exit_status enrolled(struct enrolling *enrolling)
{
	const struct otp_task *task = enrolling->task;
	char buffer[ESCAPE_MAX];
	const int r = make_recovery_codes(enrolling);

	otp_report(task, EVENT_OTP_ENROLLED, enrolling->label, EVENT_NO_TIME);
	if (enrolling->n_recovery > 0)
		otp_page_recovery(task, &enrolling->dialogue, enrolling->recovery,
				  enrolling->n_recovery);
	otp_page_end(task, &enrolling->dialogue);
	output_print(task->output, STYLE_PLAIN,
		     _("%s has the token %s; the code just typed is used up\n"), task->user,
		     escape(buffer, enrolling->label));
	if (enrolling->had_recovery > 0)
		output_print(task->output, STYLE_PLAIN,
			     P_("the recovery code of before stays good\n",
				"the %u recovery codes of before stay good\n",
				enrolling->had_recovery),
			     enrolling->had_recovery);
	if (r < 0)
		return complain_error(r,
				      _("the recovery codes could not be made; next: sereno otp "
					"recovery %s"),
				      task->user);
	return EXIT_YES;
}

/* Nothing is kept of a token that nobody confirmed. */
static enum exit_status not_enrolled(struct enrolling *enrolling, int r)
{
	const struct otp_task *task = enrolling->task;

	if (r == -EINTR)
		return EXIT_NO; /* the signal says the rest */
	otp_page_end(task, &enrolling->dialogue);
	if (r == -EINVAL)
		return complain(EXIT_SYSTEM,
				_("the name of %s, or the issuer of the policy, cannot "
				  "stand in what phones read"),
				task->user);
	if (r == -EEXIST || r == -E2BIG)
		return complain(EXIT_NO,
				_("somebody else gave %s a token in between; now: sereno "
				  "otp status %s"),
				task->user, task->user);
	if (r < 0)
		return otp_complain(task, r);
	return complain(EXIT_NO,
			_("not confirmed: %s has no new token. Remove the entry from the "
			  "phone; if its clock is right, try again"),
			task->user);
}

static enum exit_status show_and_confirm(struct enrolling *enrolling)
{
	enum codes_enrolled answer = CODES_UNCONFIRMED;
	const char *notice = NULL;
	int r = 1;

	for (unsigned i = 0; r > 0 && i < TRIES; i++) {
		r = ask(enrolling, notice, &answer);
		if (r > 0 && answer == CODES_ENROLLED)
			return enrolled(enrolling);
		notice = _("That was not its code. Is the phone's clock right?");
	}
	return not_enrolled(enrolling, r);
}

enum exit_status otp_enrol_run(struct otp_task *task)
{
	scoped(enrolling_clear) struct enrolling enrolling = { .task = task,
							       .dialogue = { .signals = -1 } };
	enum exit_status status;
	int r;

	status = otp_account(task);
	if (status == EXIT_YES)
		status = otp_may_show(task);
	if (status != EXIT_YES)
		return status;
	enrolling.label = otp_label(task, OTP_LABEL_STANDARD);
	if (!enrolling.label)
		return EXIT_USAGE;
	status = look_first(&enrolling);
	if (status != EXIT_YES)
		return status;
	r = otp_token_new((enum otp_algorithm)task->rules.algorithm, task->rules.digits,
			  task->rules.period_sec, &enrolling.token);
	if (r < 0)
		return complain_error(r, _("no secret can be made"));
	dialogue_open(&enrolling.dialogue);
	return show_and_confirm(&enrolling);
}
