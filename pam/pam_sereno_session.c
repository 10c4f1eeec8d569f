/* SPDX-License-Identifier: MIT */
/* pam_sereno_session.c - the session phase: decide again, hand over the end, record the login. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <security/pam_modules.h>

#include <sereno/age.h>
#include <sereno/login.h>
#include <sereno/scoped.h>
#include <sereno/seat.h>

#include "answer.h"
#include "code_memory.h"
#include "entry.h"
#include "judge.h"
#include "report.h"

/* pam_systemd, which stands behind us, makes it RuntimeMaxSec= of the session's scope. */
#define RUNTIME_DATA "systemd.runtime_max_sec"

static void free_data(pam_handle_t *pamh, void *data, int status)
{
	(void)pamh;
	(void)status;
	free(data);
}

/* When the access ends, the session does: logind sees to it, whatever else may fail to. It also
 * tells whoever asks, so that it does not hear of a departure before that has begun. */
static int hand_over_end(pam_handle_t *pamh, const struct judgement *judgement, int64_t now)
{
	const int64_t until = judgement->verdict.until_told;
	const void *other = NULL;
	char *seconds = NULL;

	if (judgement->verdict.outcome != ACCESS_ALLOW || until == TIME_NO_END ||
	    judgement->observe & OBSERVE_ROLES || /* on trial nothing is ended */
	    judgement->access_end != ACCESS_END_ENDS)
		return PAM_SUCCESS;
	if (pam_get_data(pamh, RUNTIME_DATA, &other) == PAM_SUCCESS && other)
		return PAM_SUCCESS; /* somebody before us knows better */
	if (asprintf(&seconds, "%" PRId64, until > now ? until - now : 1) < 0)
		return PAM_BUF_ERR;
	if (pam_set_data(pamh, RUNTIME_DATA, seconds, free_data) != PAM_SUCCESS) {
		free(seconds);
		return PAM_BUF_ERR;
	}
	return PAM_SUCCESS;
}

/*
 * Everybody's login is recorded, the ungoverned too: who becomes another by su from it asks from
 * its origin. So are jobs and user managers, for what sudo and su in them find. A user manager
 * serves all logins of its user, and stands for no origin.
 */
static int record_login(const char *root, const struct request *request, int64_t now)
{
	struct login login = { .opened = now };
	int r;

	if (request->kind != SERVICE_USER_MANAGER)
		login.origin = request->origins[0];
	r = login_self(&login.session, &login.uid);
	if (r < 0)
		return r;
	if (login.uid == LOGIN_NONE)
		login.uid = request->subject.uid;
	memcpy(login.user, request->subject.name, sizeof(login.user));
	(void)snprintf(login.service, sizeof(login.service), "%s", request->service);
	return login_write(root, &login);
}

/* Whether what is opened is new, and not a step inside of a login. */
static bool opens_login(const struct request *request)
{
	switch (request->kind) {
	case SERVICE_LOGIN:
	case SERVICE_JOB:
	case SERVICE_USER_MANAGER:
		return true;
	case SERVICE_ELEVATE:
	case SERVICE_TOOL:
	case SERVICE_UNLOCK:
		return false;
	}
	return false;
}

/* Inactivity counts from the last login; only the governed can be inactive. */
static void record_last_login(const char *root, const struct request *request, int64_t now)
{
	const struct age_owner owner = { root, request->subject.name, request->subject.uid };
	const int r = age_record_login(&owner, now);

	if (r < 0)
		report_age_unrecorded(root, request, r);
}

/*
 * Whether the login may only go on with a record: without one, sudo in it would be judged by the
 * other logins of that person, from better places perhaps. Rules let him in then, for REASON_RULE
 * is for the governed alone; root and break-glass are needed to repair what keeps records away.
 */
static bool needs_record(const struct request *request, const struct judgement *judgement)
{
	return request->kind == SERVICE_LOGIN && judgement->verdict.reason == REASON_RULE &&
	       (judgement->observe & OBSERVE_ROLES) == 0;
}

static int open_login(const char *root, const struct request *request,
		      const struct judgement *judgement, int64_t now)
{
	const int r = record_login(root, request, now);
	const bool refused = r < 0 && needs_record(request, judgement);

	if (r < 0)
		report_unrecorded(root, request, refused ? ACCESS_DENY : ACCESS_ALLOW, r);
	if (refused)
		return PAM_SESSION_ERR;
	if (request->kind == SERVICE_LOGIN) /* cron would fill the log */
		report_session(root, EVENT_SESSION_OPENED, request, judgement->verdict.until);
	return PAM_SUCCESS;
}

static int refuse(pam_handle_t *pamh, int flags, const char *root, const struct request *request,
		  const struct judgement *judgement)
{
	report_judgement(root, request, judgement);
	answer_refusal(pamh, flags, request->kind);
	return PAM_SESSION_ERR;
}

/*
 * The account phase may be minutes old, or was left out. What it demanded counts as met: it was
 * proved there, and the proof is not always in this handle (sshd opens the session in another
 * process than the one that asked for the code).
 */
static int open_session(pam_handle_t *pamh, int flags, const char *root,
			const struct request *request)
{
	const int64_t now = time(NULL);
	struct judgement judgement;
	int r = PAM_SUCCESS;

	judge(root, request, now, DEMANDS_ALL, &judgement);
	if (judgement.verdict.outcome == ACCESS_DENY)
		return refuse(pamh, flags, root, request, &judgement);
	if (request->kind == SERVICE_LOGIN)
		r = hand_over_end(pamh, &judgement, now);
	if (r == PAM_SUCCESS && opens_login(request))
		r = open_login(root, request, &judgement, now);
	/* without a policy nothing is kept: its place may be away with it, to be put back */
	if (r == PAM_SUCCESS && request->kind == SERVICE_LOGIN && judgement.unusable == 0 &&
	    judgement.verdict.outcome == ACCESS_ALLOW)
		record_last_login(root, request, now);
	if (r == PAM_SESSION_ERR)
		answer_refusal(pamh, flags, request->kind);
	else if (request->kind == SERVICE_LOGIN)
		(void)seat_look_again(root); /* logind tells it too, where there is one */
	return r;
}

EXPORT int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	scoped(request_clear) struct request request = { .service = "" };
	struct options options;
	const int code = entry_begin(pamh, argc, argv, &options, &request);

	return code == PAM_SUCCESS ? open_session(pamh, flags, options.root, &request) : code;
}

/* Nothing that goes wrong here may keep a session from ending. */
static void close_login(pam_handle_t *pamh, const char *root)
{
	scoped(request_clear) struct request request = { .service = "" };
	uint32_t session;
	uid_t uid;

	if (request_read(pamh, root, &request) < 0 || login_self(&session, &uid) < 0)
		return;
	if (!opens_login(&request))
		return;
	code_memory_close(root, request.subject.uid);
	if (request.kind == SERVICE_LOGIN)
		(void)seat_look_again(root);
	if (login_remove(root, session) == 0 && request.kind == SERVICE_LOGIN)
		report_session(root, EVENT_SESSION_CLOSED, &request, EVENT_NO_TIME);
}

EXPORT int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct options options;
	const char *wrong = NULL;

	(void)flags;
	if (options_read(argc, argv, &options, &wrong) == 0)
		close_login(pamh, options.root);
	return PAM_SUCCESS;
}
