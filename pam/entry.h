/* SPDX-License-Identifier: MIT */
/*
 * entry.h - what every entry point of a module does first. For room pam/.
 */
#ifndef PAM_ENTRY_H
#define PAM_ENTRY_H

#include "options.h"
#include "request.h"

/*
 * Read the line of /etc/pam.d and the request; what is wrong with either is reported here. Always
 * release @request with request_clear(), which takes a zeroed one. Returns PAM_SUCCESS or the code
 * to refuse with.
 */
int entry_begin(pam_handle_t *pamh, int argc, const char **argv, struct options *options,
		struct request *request);

#endif
