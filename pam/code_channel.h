/* SPDX-License-Identifier: MIT */
/*
 * code_channel.h - a code checked for a caller who is not root: by serenod. For room pam/.
 */
#ifndef PAM_CODE_CHANNEL_H
#define PAM_CODE_CHANNEL_H

#include "code_check.h"

/* Have serenod check what was typed, if @asked is about the caller's own account. It charges and
 * reports; what keeps it from being asked is reported here. */
void code_channel_check(const struct code_asked *asked, const char *typed,
			struct code_verdict *ret);

#endif
