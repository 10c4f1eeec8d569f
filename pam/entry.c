/* SPDX-License-Identifier: MIT */
/* entry.c - the start of every entry point: the options, the request, or a reported refusal. */
#include "entry.h"

#include "answer.h"
#include "report.h"

int entry_begin(pam_handle_t *pamh, int argc, const char **argv, struct options *options,
		struct request *request)
{
	const char *wrong = NULL;
	int r;

	r = options_read(argc, argv, options, &wrong);
	if (r < 0) {
		report_option(wrong);
		return answer_error(r);
	}
	r = request_read(pamh, options->root, request);
	if (r < 0) {
		report_failure(options->root, request, r);
		return answer_error(r);
	}
	return PAM_SUCCESS;
}
