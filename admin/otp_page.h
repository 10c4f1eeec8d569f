/* SPDX-License-Identifier: MIT */
/*
 * otp_page.h - secrets as people see them: a token for the phone, recovery codes.
 */
#ifndef ADMIN_OTP_PAGE_H
#define ADMIN_OTP_PAGE_H

#include <sereno/otp.h>

#include "dialogue.h"
#include "otp.h"

/* A token that its user is to have. The strings are borrowed. */
struct otp_offer {
	const struct otp_token *token;
	const char *issuer, *person, *label;
	const char *notice; /* said first; or NULL */
};

/* Show it and ask for the code that the phone makes of it: again while Enter alone is typed, which
 * turns the page where it does not fit on one. Returns as dialogue_ask(), or -EINVAL: there is no
 * URI for that name. */
int otp_page_token(const struct otp_task *task, struct dialogue *dialogue,
		   const struct otp_offer *offer, char answer[static DIALOGUE_ANSWER_SIZE]);

/* Show @n recovery codes, and on a page wait for Enter. */
void otp_page_recovery(const struct otp_task *task, struct dialogue *dialogue,
		       char (*code)[OTP_RECOVERY_SIZE], uint32_t n);

/* End the dialogue in which secrets were shown; where they could not be taken away, say so. */
void otp_page_end(const struct otp_task *task, struct dialogue *dialogue);

#endif
