/* SPDX-License-Identifier: MIT */
/* pam_sereno_access.c - the account phase: may this person do this, from there, now? */
#include <time.h>

#include <security/pam_modules.h>

#include <sereno/scoped.h>

#include "answer.h"
#include "judge.h"
#include "options.h"
#include "report.h"
#include "second_factor.h"

static int decide(pam_handle_t *pamh, int flags, const char *root, const struct request *request)
{
	const unsigned met =
		second_factor_shown(pamh, request->subject.uid) ? DEMAND_SECOND_FACTOR : 0;
	struct judgement judgement;

	judge(root, request, time(NULL), met, &judgement);
	report_judgement(root, request, &judgement);
	if (judgement.verdict.outcome == ACCESS_DENY)
		answer_refusal(pamh, flags, request->kind);
	return answer_account(judgement.verdict.outcome);
}

EXPORT int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	scoped(request_clear) struct request request = { .service = "" };
	struct options options;
	const char *wrong = NULL;
	int r;

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
	return decide(pamh, flags, options.root, &request);
}
