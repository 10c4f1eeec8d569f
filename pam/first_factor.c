/* SPDX-License-Identifier: MIT */
/* first_factor.c - what was shown in this handle before a code is asked for. */
#include <string.h>

#include "first_factor.h"

#define SSHD_METHODS "SSH_AUTH_INFO_0"
#define KEY_METHOD   "publickey "

static bool is_sshd(pam_handle_t *pamh)
{
	const void *service = NULL;

	return pam_get_item(pamh, PAM_SERVICE, &service) == PAM_SUCCESS && service &&
	       strcmp(service, "sshd") == 0;
}

/*
 * A line for each method that has succeeded in this connection: "publickey ssh-ed25519 AAAA...".
 * sshd sets it before each phase of a conversation that follows a key, and clears it where there
 * was none; after a key alone it is not set until the session.
 */
static bool is_key_shown(pam_handle_t *pamh)
{
	const char *line = is_sshd(pamh) ? pam_getenv(pamh, SSHD_METHODS) : NULL;

	while (line && *line) {
		if (strncmp(line, KEY_METHOD, sizeof(KEY_METHOD) - 1) == 0)
			return true;
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return false;
}

enum first_factor first_factor_shown(pam_handle_t *pamh)
{
	const void *password = NULL;

	if (pam_get_item(pamh, PAM_AUTHTOK, &password) == PAM_SUCCESS && password &&
	    *(const char *)password)
		return FIRST_FACTOR_PASSWORD;
	return is_key_shown(pamh) ? FIRST_FACTOR_KEY : FIRST_FACTOR_NONE;
}
