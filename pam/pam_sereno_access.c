/* SPDX-License-Identifier: MIT */
/* pam_sereno_access.c - the account phase: may this person do this, from there, now? */
#include <time.h>

#include <security/pam_modules.h>

#include <sereno/role_use.h>
#include <sereno/scoped.h>

#include "answer.h"
#include "entry.h"
#include "judge.h"
#include "report.h"
#include "second_factor.h"

/* For those who review the role. Whether it could be kept is no matter to him who logs in. */
static void note_use(const char *root, const struct access_verdict *verdict, int64_t now)
{
	if (verdict->outcome == ACCESS_ALLOW && !verdict->on_trial && verdict->role[0])
		(void)role_use_note(root, verdict->role, now);
}

static int decide(pam_handle_t *pamh, int flags, const char *root, const struct request *request)
{
	const unsigned met =
		second_factor_shown(pamh, request->subject.uid) ? DEMAND_SECOND_FACTOR : 0;
	const int64_t now = time(NULL);
	struct judgement judgement;

	judge(root, request, now, met, &judgement);
	report_judgement(root, request, &judgement);
	note_use(root, &judgement.verdict, now);
	if (judgement.verdict.outcome == ACCESS_DENY)
		answer_refusal(pamh, flags, request->kind);
	return answer_account(judgement.verdict.outcome);
}

EXPORT int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	scoped(request_clear) struct request request = { .service = "" };
	struct options options;
	const int code = entry_begin(pamh, argc, argv, &options, &request);

	return code == PAM_SUCCESS ? decide(pamh, flags, options.root, &request) : code;
}
