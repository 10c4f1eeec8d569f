/* SPDX-License-Identifier: MIT */
/* answer.c - the one converter from verdicts and errors to PAM codes and words. */
#include <errno.h>
#include <libintl.h>

#include <security/pam_ext.h>

#include "answer.h"

#define _(text) dgettext("sereno", text)

int answer_error(int err)
{
	switch (err) {
	case -ENOMEM:
		return PAM_BUF_ERR;
	case -ESRCH:
		return PAM_USER_UNKNOWN;
	default:
		return PAM_SERVICE_ERR;
	}
}

int answer_account(enum access_outcome outcome)
{
	switch (outcome) {
	case ACCESS_ALLOW:
		return PAM_SUCCESS;
	case ACCESS_NOT_GOVERNED:
		return PAM_IGNORE;
	case ACCESS_DENY:
		return PAM_PERM_DENIED;
	}
	return PAM_SERVICE_ERR;
}

/* Behind a job or the user manager nobody reads. */
void answer_refusal(pam_handle_t *pamh, int flags, enum service_kind kind)
{
	if ((unsigned)flags & PAM_SILENT || kind == SERVICE_JOB || kind == SERVICE_USER_MANAGER)
		return;
	(void)pam_error(pamh, "%s",
			_("Access is not permitted here and now.")); /* refused anyway */
}
