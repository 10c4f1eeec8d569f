/* SPDX-License-Identifier: MIT */
/* pam_sereno_access.c - the account phase: may this person do this, from there, now? */
#include <time.h>

#include <security/pam_modules.h>

#include <sereno/scoped.h>

#include "answer.h"
#include "entry.h"
#include "judge.h"
#include "report.h"

/* Data of the same handle, set by the module that saw the code. Nobody else can set it. */
#define SECOND_FACTOR_DATA "sereno-second-factor"

static unsigned demands_met(const pam_handle_t *pamh)
{
	const void *proof = NULL;

	if (pam_get_data(pamh, SECOND_FACTOR_DATA, &proof) != PAM_SUCCESS || !proof)
		return 0;
	return DEMAND_SECOND_FACTOR;
}

static int decide(pam_handle_t *pamh, int flags, const char *root, const struct request *request)
{
	struct judgement judgement;

	judge(root, request, time(NULL), demands_met(pamh), &judgement);
	report_judgement(root, request, &judgement);
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
