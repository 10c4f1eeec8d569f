/* SPDX-License-Identifier: MIT */
/*
 * answer.h - verdicts and errors as PAM codes, and what the user is told. For room pam/.
 */
#ifndef PAM_ANSWER_H
#define PAM_ANSWER_H

#include <sereno/access.h>

#include "request.h"

/* The PAM code for a negative errno: always one that refuses. */
int answer_error(int err);

/* The PAM code of an account decision. */
int answer_account(enum access_outcome outcome);

/* Tell the user that he is refused, and no more: the reason would help who tries doors. */
void answer_refusal(pam_handle_t *pamh, int flags, enum service_kind kind);

#endif
