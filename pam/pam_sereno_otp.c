/* SPDX-License-Identifier: MIT */
/* pam_sereno_otp.c - asks for a one-time code where the policy wants one, and checks it. */
#include <errno.h>
#include <libintl.h>
#include <time.h>

#include <security/pam_ext.h>
#include <security/pam_modules.h>

#include <sereno/scoped.h>

#include "answer.h"
#include "code_charge.h"
#include "code_check.h"
#include "code_memory.h"
#include "code_need.h"
#include "code_prompt.h"
#include "enrolment.h"
#include "first_factor.h"
#include "options.h"
#include "report.h"
#include "second_factor.h"

#define _(text) dgettext("sereno", text)

/* What is said where somebody was asked; the account phase has no word for "wrong". */
enum phase { PHASE_AUTH, PHASE_COMBINED, PHASE_ACCOUNT };

static int refusal_code(enum phase phase, enum code_outcome outcome)
{
	if (outcome == CODE_UNAVAILABLE)
		return PAM_AUTHINFO_UNAVAIL;
	return phase == PHASE_ACCOUNT ? PAM_PERM_DENIED : PAM_AUTH_ERR;
}

static int accepted(const struct code_asked *asked)
{
	return second_factor_note(asked->pamh, asked->request->subject.uid, SECOND_FACTOR_NOW);
}

/* Whether one accepted before counts, and that is now known to this handle. */
static bool counts_again(const struct code_asked *asked)
{
	return code_memory_counts(asked) &&
	       second_factor_note(asked->pamh, asked->request->subject.uid, SECOND_FACTOR_BEFORE) ==
		       0;
}

/* Who has no such account, or is refused whatever he shows, is asked like everybody. */
static int ask_in_vain(pam_handle_t *pamh, enum phase phase, int refusal)
{
	scoped(code_answer_erase) struct code_answer answer = { .typed = NULL };
	const int code = phase == PHASE_COMBINED
				 ? code_prompt_combined(pamh, OTP_DIGITS_MIN, &answer)
				 : code_prompt(pamh, &answer);

	if (code != PAM_SUCCESS)
		return code;
	code_refusal_wait(pamh, &answer);
	return refusal;
}

/* No account phase will tell why. Not before he is asked, so that the prompt comes as fast. */
static int ask_whom_it_refuses(const struct code_asked *asked, const struct judgement *judgement)
{
	scoped(code_answer_erase) struct code_answer answer = { .typed = NULL };
	const int code = code_prompt(asked->pamh, &answer);

	report_judgement(asked->root, asked->request, judgement);
	if (code != PAM_SUCCESS)
		return code;
	code_refusal_wait(asked->pamh, &answer);
	return PAM_AUTH_ERR;
}

/* What he has shown of his own: su takes the password of somebody else. */
static enum first_factor own_first_factor(const struct code_asked *asked)
{
	return asked->request->target ? FIRST_FACTOR_NONE : first_factor_shown(asked->pamh);
}

/* A ticket is redeemed in the account phase, by who has shown something else as well. */
static bool takes_ticket(const struct code_asked *asked, enum phase phase, const char *typed)
{
	const enum first_factor shown = own_first_factor(asked);
	scoped(otp_answer_erase) struct otp_answer ticket = { 0 };

	if (phase != PHASE_AUTH || shown == FIRST_FACTOR_NONE) {
		report_code(asked->root, asked->request, EVENT_CODE_REFUSED, "ticket-alone",
			    "a right one, without a password or a key before it");
		return false;
	}
	otp_answer_read(typed, &ticket);
	return enrolment_note(asked->pamh, asked->request->subject.uid, shown, &ticket) == 0;
}

static void tell_recovered(const struct code_asked *asked, const struct code_verdict *verdict)
{
	if (verdict->recovered && !(asked->flags & PAM_SILENT))
		(void)pam_info(asked->pamh, _("Recovery codes left: %u"), verdict->recovery_left);
}

/* sshd after a login by key has nobody to ask, but passes on what it is told. */
static void report_no_answer(const struct code_asked *asked, enum phase phase)
{
	static const char in_account[] = "asked in the account phase, as after a key alone";

	report_code(asked->root, asked->request, EVENT_CODE_REFUSED, "no-answer",
		    phase == PHASE_ACCOUNT ? in_account : NULL);
	if (phase == PHASE_ACCOUNT && !(asked->flags & PAM_SILENT)) /* refused, told or not */
		(void)pam_error(asked->pamh, "%s",
				_("A one-time code is needed, and none was given."));
}

static int ask(const struct code_asked *asked, enum phase phase)
{
	scoped(code_answer_erase) struct code_answer answer = { .typed = NULL };
	struct code_verdict verdict;
	int code;

	code = phase == PHASE_COMBINED
		       ? code_prompt_combined(asked->pamh, asked->judgement->second_factor.digits,
					      &answer)
		       : code_prompt(asked->pamh, &answer);
	if (code != PAM_SUCCESS) {
		report_no_answer(asked, phase);
		return code;
	}
	code_check(asked, answer.typed, time(NULL), &verdict);
	if (verdict.outcome == CODE_ACCEPTED && accepted(asked) == 0) {
		tell_recovered(asked, &verdict);
		return PAM_SUCCESS;
	}
	if (verdict.outcome == CODE_TICKET && takes_ticket(asked, phase, answer.typed))
		return PAM_IGNORE;
	code_refusal_wait(asked->pamh, &answer);
	return refusal_code(phase, verdict.outcome);
}

/*
 * Who has shown a password or a key and may enrol is not asked for what he cannot have: the account
 * phase shows him a token, and refuses him until he has confirmed it.
 */
static int ask_or_enrol(const struct code_asked *asked, enum phase phase)
{
	const enum first_factor shown = own_first_factor(asked);

	if (counts_again(asked))
		return PAM_IGNORE;
	if (shown != FIRST_FACTOR_NONE && enrolment_may_begin(asked, time(NULL)) &&
	    enrolment_note(asked->pamh, asked->request->subject.uid, shown, NULL) == 0)
		return PAM_IGNORE;
	return ask(asked, phase);
}

/*
 * PAM_IGNORE is "not needed". Whom the policy refuses for another reason it asks for no code
 * either: behind a password the account phase tells him. Where the code comes alone he is asked,
 * so as to look like everybody.
 */
static int authenticate(const struct code_asked *asked, struct judgement *judgement,
			enum phase phase)
{
	const bool may_go_on =
		phase == PHASE_COMBINED || first_factor_shown(asked->pamh) == FIRST_FACTOR_PASSWORD;

	switch (code_need(asked->root, asked->request, time(NULL), judgement)) {
	case CODE_NOT_NEEDED:
		return PAM_IGNORE;
	case CODE_NEEDED:
		return ask_or_enrol(asked, phase);
	case CODE_POINTLESS:
		return may_go_on ? PAM_IGNORE : ask_whom_it_refuses(asked, judgement);
	case CODE_UNDECIDED:
		report_judgement(asked->root, asked->request, judgement);
		return may_go_on ? PAM_SERVICE_ERR
				 : ask_in_vain(asked->pamh, phase, PAM_SERVICE_ERR);
	}
	return PAM_SERVICE_ERR;
}

static int begin(pam_handle_t *pamh, unsigned flags, const char *root, enum phase phase)
{
	scoped(request_clear) struct request request = { .service = "" };
	struct judgement judgement;
	const struct code_asked asked = { pamh, flags, root, &request, &judgement };
	const char *user = NULL;
	int code, r;

	code = pam_get_user(pamh, &user, NULL);
	if (code != PAM_SUCCESS)
		return code == PAM_CONV_AGAIN ? PAM_INCOMPLETE : code;
	r = request_read(pamh, root, &request);
	if (r == -ESRCH || r == -ENAMETOOLONG)
		return ask_in_vain(pamh, phase, PAM_AUTH_ERR);
	if (r < 0) {
		report_failure(root, &request, r);
		return answer_error(r);
	}
	return authenticate(&asked, &judgement, phase);
}

EXPORT int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct options options;
	const char *wrong = NULL;
	int r;

	r = options_read_task(argc, argv, &options, &wrong);
	if (r < 0) {
		report_option(wrong);
		return answer_error(r);
	}
	if (options.task == TASK_TELL_KEY)
		return first_factor_shown(pamh) == FIRST_FACTOR_KEY ? PAM_SUCCESS : PAM_AUTH_ERR;
	second_factor_drop(pamh);
	enrolment_drop(pamh);
	code_charge_drop(pamh);
	return begin(pamh, (unsigned)flags, options.root,
		     options.task == TASK_ASK_COMBINED ? PHASE_COMBINED : PHASE_AUTH);
}

static int enrol(const struct code_asked *asked)
{
	switch (enrolment_conduct(asked)) {
	case ENROLMENT_DONE:
		return accepted(asked) == 0 ? PAM_SUCCESS : PAM_BUF_ERR;
	case ENROLMENT_HAS_ONE:
		return ask(asked, PHASE_ACCOUNT);
	case ENROLMENT_REFUSED:
		return PAM_PERM_DENIED;
	case ENROLMENT_UNAVAILABLE:
		return PAM_AUTHINFO_UNAVAIL;
	case ENROLMENT_NO_ANSWER:
		return PAM_CONV_ERR;
	}
	return PAM_SERVICE_ERR;
}

static int ask_in_account(const struct code_asked *asked)
{
	if (counts_again(asked))
		return PAM_IGNORE;
	return enrolment_noted(asked) ? enrol(asked) : ask(asked, PHASE_ACCOUNT);
}

static int refuse(const struct code_asked *asked, const struct judgement *judgement)
{
	report_judgement(asked->root, asked->request, judgement);
	answer_refusal(asked->pamh, (int)asked->flags, asked->request->kind);
	return judgement->unusable < 0 ? PAM_SERVICE_ERR : answer_account(ACCESS_DENY);
}

/* What was accepted is remembered and given back here: not before all of the authentication has
 * succeeded. */
static int demand(const struct code_asked *asked)
{
	const uid_t uid = asked->request->subject.uid;
	int code = PAM_IGNORE;

	if (!second_factor_shown(asked->pamh, uid))
		code = ask_in_account(asked);
	if (second_factor_shown_now(asked->pamh, uid))
		code_memory_keep(asked);
	code_charge_succeed(asked->pamh);
	return code;
}

/*
 * A program comes here also without having authenticated anybody: by key, by a cached password.
 * Who is refused whatever he shows is refused at once: in a stack that forgot the access module's
 * line, nobody may come in at a forbidden hour because a code was pointless then.
 */
static int account(const struct code_asked *asked, struct judgement *judgement)
{
	switch (code_need(asked->root, asked->request, time(NULL), judgement)) {
	case CODE_NOT_NEEDED:
		return PAM_IGNORE;
	case CODE_NEEDED:
		return demand(asked);
	case CODE_POINTLESS:
	case CODE_UNDECIDED:
		return refuse(asked, judgement);
	}
	return PAM_SERVICE_ERR;
}

EXPORT int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	scoped(request_clear) struct request request = { .service = "" };
	struct judgement judgement;
	struct code_asked asked = { pamh, (unsigned)flags, "", &request, &judgement };
	struct options options;
	const char *wrong = NULL;
	int r;

	r = options_read_task(argc, argv, &options, &wrong);
	if (r < 0) {
		report_option(wrong);
		return answer_error(r);
	}
	asked.root = options.root;
	r = request_read(pamh, options.root, &request);
	if (r < 0) {
		report_failure(options.root, &request, r);
		return answer_error(r);
	}
	return account(&asked, &judgement);
}

EXPORT int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)argc;
	(void)argv;
	if (!((unsigned)flags & PAM_DELETE_CRED))
		code_charge_succeed(pamh);
	return PAM_SUCCESS;
}
