/* SPDX-License-Identifier: MIT */
/* pam_sereno_password.c - how good a password is, how old, and whether it has leaked. */
#include <security/pam_modules.h>

#include <sereno/scoped.h>

#include "answer.h"
#include "options.h"
#include "password_age.h"
#include "password_change.h"
#include "report.h"

static int start(pam_handle_t *pamh, int argc, const char **argv, struct holder *ret)
{
	struct options options;
	const char *wrong = NULL;
	int r;

	r = options_read(argc, argv, &options, &wrong);
	if (r < 0) {
		report_option(wrong);
		return r;
	}
	return holder_read(pamh, options.root, ret);
}

/* Jobs, sudo and lockers do not wait for what only logins are asked. */
static bool is_login(pam_handle_t *pamh)
{
	const void *service = NULL;

	return pam_get_item(pamh, PAM_SERVICE, &service) == PAM_SUCCESS && service &&
	       service_kind(service) == SERVICE_LOGIN;
}

/* Behind a successful login: what it looks at decides in the account phase. */
EXPORT int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct holder holder;

	(void)flags;
	if (is_login(pamh) && start(pamh, argc, argv, &holder) == 0)
		password_look(pamh, &holder);
	return PAM_IGNORE;
}

EXPORT int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_IGNORE;
}

EXPORT int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct holder holder;
	int r;

	if (!is_login(pamh))
		return PAM_IGNORE;
	r = start(pamh, argc, argv, &holder);
	return r < 0 ? answer_error(r) : password_account(pamh, flags, &holder);
}

EXPORT int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct holder holder;
	const int r = start(pamh, argc, argv, &holder);

	if (r < 0)
		return answer_error(r);
	if ((unsigned)flags & PAM_PRELIM_CHECK)
		return password_may_change(pamh, flags, &holder);
	return password_take_new(pamh, flags, &holder);
}
