/* SPDX-License-Identifier: MIT */
/* pam_sereno_guard.c - takes the password itself, and lets it be checked only so often. */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <security/pam_ext.h>
#include <security/pam_modules.h>

#include <sereno/scoped.h>

#include "answer.h"
#include "guard.h"
#include "guard_report.h"
#include "guard_rules.h"
#include "options.h"
#include "report.h"

/* The delay that pam_unix asks for after a wrong password: not to be told apart by the clock. */
#define FAIL_DELAY_USEC 2000000

/* One authentication, as far as the guard is concerned. */
struct attempt {
	const char *root;
	struct request request;
	struct guard_rules rules;
	struct attempt_subject subject;
};

static void attempt_clear_p(struct attempt *attempt)
{
	request_clear(&attempt->request);
}

/*
 * sshd hands on this, over and over to the length of what was typed, in place of the password of a
 * name that may not log in by it: no such account, not in AllowUsers, root where that is off.
 */
static bool is_no_password(const char *service, const char *password)
{
	static const char filler[] = "\b\n\r\177INCORRECT";

	if (strcmp(service, "sshd") != 0)
		return false;
	for (size_t i = 0; password[i]; i++)
		if (password[i] != filler[i % (sizeof(filler) - 1)])
			return false;
	return true;
}

/* Whose password sshd did not hand on is charged as nobody's: his account pays nothing, and a name
 * that exists looks like one that does not. */
static struct attempt_subject subject_of(const struct attempt *attempt, const char *password)
{
	const struct request *request = &attempt->request;
	const bool known = request->known && !is_no_password(request->service, password);

	return (struct attempt_subject){
		.user = known ? request->subject.name : request->user,
		.uid = known ? request->subject.uid : (uid_t)-1,
		.known = known,
		.never_locked = known && attempt->rules.never_locked,
		.origin = request_origin_to_charge(request),
		.class = request->kind == SERVICE_UNLOCK ? ATTEMPT_UNLOCK : ATTEMPT_LOGIN,
	};
}

/* Damage must not keep out those who come to mend it. */
static bool may_pass_unguarded(const struct attempt *attempt)
{
	const struct attempt_subject *subject = &attempt->subject;

	return attempt->rules.on_trial ||
	       (subject->never_locked &&
		(subject->origin.kind == ORIGIN_SEAT || subject->origin.kind == ORIGIN_SERIAL));
}

static int refuse(pam_handle_t *pamh)
{
	(void)pam_fail_delay(pamh, FAIL_DELAY_USEC); /* best effort */
	return PAM_AUTH_ERR;
}

static int refuse_unusable(pam_handle_t *pamh, const struct attempt *attempt, int err)
{
	guard_report_unusable(attempt->root, &attempt->subject, err);
	return may_pass_unguarded(attempt) ? PAM_IGNORE : refuse(pamh);
}

static int refuse_too_many(pam_handle_t *pamh, const struct attempt *attempt, uint32_t wait_sec)
{
	const bool on_trial = attempt->rules.on_trial;

	guard_report_refused(attempt->root, attempt->request.service,
			     on_trial ? EVENT_ATTEMPTS_ON_TRIAL : EVENT_ATTEMPTS_REFUSED,
			     &attempt->subject, wait_sec);
	return on_trial ? PAM_IGNORE : refuse(pamh);
}

/* PAM_IGNORE, never success: that he may try must not let anybody in. */
static int charge(pam_handle_t *pamh, const struct attempt *attempt)
{
	enum attempt_answer answer = ATTEMPT_REFUSED;
	struct kept_charge kept = { .root = attempt->root, .limits = attempt->rules.limits };
	uint32_t wait_sec = 0;
	int r;

	r = attempt_clock_now(&kept.charged);
	if (r == 0)
		r = attempt_charge(attempt->root, &kept.limits, &attempt->subject, &kept.charged,
				   &kept.charge, &answer, &wait_sec);
	if (r < 0)
		return refuse_unusable(pamh, attempt, r);
	if (kept.charge.fell_back)
		guard_report_fallback(attempt->root, &attempt->subject);
	if (answer == ATTEMPT_REFUSED)
		return refuse_too_many(pamh, attempt, wait_sec);
	r = kept_charge_keep(pamh, GUARD_DATA, &kept);
	return r < 0 ? refuse_unusable(pamh, attempt, r) : PAM_IGNORE;
}

/*
 * The password is asked for here, so that a prompt nobody answers costs nothing; the modules behind
 * find it in the handle. Accounts without a password are theirs to judge.
 */
static int guard(pam_handle_t *pamh, struct attempt *attempt)
{
	const char *password = NULL;
	int code;

	guard_rules_read(attempt->root, &attempt->request, time(NULL), &attempt->rules);
	if (!attempt->rules.limited && !attempt->rules.departed)
		return PAM_IGNORE;
	code = pam_get_authtok(pamh, PAM_AUTHTOK, &password, NULL);
	if (code == PAM_CONV_AGAIN)
		return PAM_INCOMPLETE;
	if (code != PAM_SUCCESS)
		return code;
	if (!password || !password[0])
		return PAM_IGNORE;
	if (attempt->rules.departed) {
		report_departed(attempt->root, &attempt->request);
		return refuse(pamh);
	}
	attempt->subject = subject_of(attempt, password);
	return charge(pamh, attempt);
}

static int authenticate(pam_handle_t *pamh, const char *root)
{
	scoped(attempt_clear_p) struct attempt attempt = { .root = root };
	const char *user = NULL;
	int code, r;

	kept_charge_drop(pamh, GUARD_DATA);
	code = pam_get_user(pamh, &user, NULL);
	if (code == PAM_CONV_AGAIN)
		return PAM_INCOMPLETE;
	if (code != PAM_SUCCESS)
		return code;
	r = request_read_password(pamh, root, &attempt.request);
	if (r < 0) {
		report_failure(root, &attempt.request, r);
		return answer_error(r);
	}
	return guard(pamh, &attempt);
}

/* A screen locker that runs as its user may not write the host's records: it goes unguarded. Below
 * root=DIR it is DIR's owner who may. */
EXPORT int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct options options;
	const char *wrong = NULL;
	int r;

	(void)flags;
	r = options_read(argc, argv, &options, &wrong);
	if (r < 0) {
		report_option(wrong);
		return answer_error(r);
	}
	if (geteuid() != 0 && !options.root[0])
		return PAM_IGNORE;
	return authenticate(pamh, options.root);
}

/* A program comes here only when all of the authentication has succeeded. */
EXPORT int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)flags;
	(void)argc;
	(void)argv;
	guard_succeed(pamh);
	return PAM_IGNORE;
}

EXPORT int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)argc;
	(void)argv;
	if (!((unsigned)flags & PAM_DELETE_CRED))
		guard_succeed(pamh);
	return PAM_IGNORE;
}
