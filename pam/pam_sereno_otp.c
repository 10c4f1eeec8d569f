/* SPDX-License-Identifier: MIT */
/* pam_sereno_otp.c - asks for a one-time code where the policy wants one, and checks it. */
#include <errno.h>
#include <time.h>

#include <security/pam_ext.h>
#include <security/pam_modules.h>

#include <sereno/scoped.h>

#include "answer.h"
#include "code_check.h"
#include "code_need.h"
#include "code_prompt.h"
#include "options.h"
#include "report.h"
#include "second_factor.h"

/* What is said where somebody was asked; the account phase has no word for "wrong". */
enum phase { PHASE_AUTH, PHASE_ACCOUNT };

static int refusal_code(enum phase phase, enum code_outcome outcome)
{
	if (outcome == CODE_UNAVAILABLE)
		return PAM_AUTHINFO_UNAVAIL;
	return phase == PHASE_AUTH ? PAM_AUTH_ERR : PAM_PERM_DENIED;
}

/* Who has no such account, or is refused whatever he shows, is asked like everybody. */
static int ask_in_vain(pam_handle_t *pamh)
{
	scoped(code_answer_erase) struct code_answer answer = { .typed = NULL };
	const int code = code_prompt(pamh, &answer);

	if (code != PAM_SUCCESS)
		return code;
	code_refusal_wait(pamh, &answer);
	return PAM_AUTH_ERR;
}

static int ask(const struct code_asked *asked, enum phase phase)
{
	scoped(code_answer_erase) struct code_answer answer = { .typed = NULL };
	struct code_verdict verdict;
	int code;

	code = code_prompt(asked->pamh, &answer);
	if (code != PAM_SUCCESS) {
		report_code(asked->root, asked->request, EVENT_CODE_REFUSED, "no-answer", NULL);
		return code;
	}
	code_check(asked, answer.typed, time(NULL), &verdict);
	if (verdict.outcome == CODE_ACCEPTED &&
	    second_factor_note(asked->pamh, asked->request->subject.uid) == 0)
		return PAM_SUCCESS;
	code_refusal_wait(asked->pamh, &answer);
	return refusal_code(phase, verdict.outcome);
}

/* Whether a module before this one was given a password in this handle. */
static bool stands_behind_password(pam_handle_t *pamh)
{
	const void *password = NULL;

	return pam_get_item(pamh, PAM_AUTHTOK, &password) == PAM_SUCCESS && password;
}

/*
 * PAM_IGNORE is "not needed". Whom the policy refuses for another reason it asks for no code
 * either: behind a password the account phase tells him. Where the code comes alone he is asked,
 * so as to look like everybody.
 */
static int authenticate(pam_handle_t *pamh, const char *root, const struct request *request)
{
	struct second_factor_rules rules;
	const struct code_asked asked = { pamh, root, request, &rules };

	switch (code_need(root, request, time(NULL), &rules)) {
	case CODE_NOT_NEEDED:
		return PAM_IGNORE;
	case CODE_NEEDED:
		return ask(&asked, PHASE_AUTH);
	case CODE_POINTLESS:
		return stands_behind_password(pamh) ? PAM_IGNORE : ask_in_vain(pamh);
	case CODE_UNDECIDED:
		return stands_behind_password(pamh) ? PAM_SERVICE_ERR : ask_in_vain(pamh);
	}
	return PAM_SERVICE_ERR;
}

EXPORT int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	scoped(request_clear) struct request request = { .service = "" };
	struct options options;
	const char *wrong = NULL, *user = NULL;
	int code, r;

	(void)flags;
	second_factor_drop(pamh);
	r = options_read(argc, argv, &options, &wrong);
	if (r < 0) {
		report_option(wrong);
		return answer_error(r);
	}
	code = pam_get_user(pamh, &user, NULL);
	if (code != PAM_SUCCESS)
		return code == PAM_CONV_AGAIN ? PAM_INCOMPLETE : code;
	r = request_read(pamh, options.root, &request);
	if (r == -ESRCH || r == -ENAMETOOLONG)
		return ask_in_vain(pamh);
	if (r < 0) {
		report_failure(options.root, &request, r);
		return answer_error(r);
	}
	return authenticate(pamh, options.root, &request);
}

/* A program comes here also without having authenticated anybody: by key, by a cached password. */
static int account(pam_handle_t *pamh, const char *root, const struct request *request)
{
	struct second_factor_rules rules;
	const struct code_asked asked = { pamh, root, request, &rules };

	if (second_factor_shown(pamh, request->subject.uid))
		return PAM_IGNORE;
	if (code_need(root, request, time(NULL), &rules) != CODE_NEEDED)
		return PAM_IGNORE; /* the access module, which stands behind, judges */
	return ask(&asked, PHASE_ACCOUNT);
}

EXPORT int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	scoped(request_clear) struct request request = { .service = "" };
	struct options options;
	const char *wrong = NULL;
	int r;

	(void)flags;
	r = options_read(argc, argv, &options, &wrong);
	if (r < 0) {
		report_option(wrong);
		return answer_error(r);
	}
	r = request_read(pamh, options.root, &request);
	if (r < 0) {
		report_failure(options.root, &request, r);
		return answer_error(r);
	}
	return account(pamh, options.root, &request);
}

EXPORT int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_SUCCESS;
}
