/* SPDX-License-Identifier: MIT */
/*
 * enrolment_talk.h - what somebody who enrols is shown and asked. For room pam/.
 */
#ifndef PAM_ENROLMENT_TALK_H
#define PAM_ENROLMENT_TALK_H

#include <sereno/otp.h>

#include "code_check.h"

/* Show the secret of @token, and its QR code in @form. Returns 0, -ECONNABORTED (nobody can be
 * told) or an error of otp.h. */
int enrolment_show(const struct code_asked *asked, const struct otp_token *token,
		   enum otp_qr_form form);

/*
 * Ask for a code of it, after @n_wrong others; who cannot see the QR code has it drawn in ASCII.
 * *@ret is released with otp_text_free(). Returns a PAM code.
 */
int enrolment_ask(const struct code_asked *asked, const struct otp_token *token, unsigned n_wrong,
		  char **ret);

/* Show @n recovery codes, and wait until he has kept them. */
void enrolment_show_recovery(pam_handle_t *pamh, char (*code)[OTP_RECOVERY_SIZE], uint32_t n);

#endif
