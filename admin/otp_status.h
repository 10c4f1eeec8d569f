/* SPDX-License-Identifier: MIT */
/*
 * otp_status.h - what is known of somebody's second factor, as people and programs read it.
 */
#ifndef ADMIN_OTP_STATUS_H
#define ADMIN_OTP_STATUS_H

#include <stdbool.h>

#include "json.h"
#include "otp.h"

/* What one account has; .err is why its record cannot be read, and the rest means nothing then. */
struct otp_standing {
	const char *user;
	int err;
	struct codes_status status;
};

/* Whether there is something to do about it. */
bool otp_standing_bad(const struct otp_standing *standing);

void otp_standings_print(const struct otp_task *task, const struct otp_standing *standings,
			 size_t n);
void otp_standings_json(const struct otp_task *task, const struct otp_standing *standings,
			size_t n);

#endif
