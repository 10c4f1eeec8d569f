/* SPDX-License-Identifier: MIT */
/*
 * scrub.h - erase what libraries left of a secret, where they cannot be told to do it themselves.
 */
#ifndef OTP_SCRUB_H
#define OTP_SCRUB_H

#include <stddef.h>

/* Overwrite the stack below the caller, where functions it called had their copies. */
void otp_scrub_stack(void);

/* Overwrite blocks of @size that were freed a moment ago and not yet given out again. */
void otp_scrub_freed(size_t size);

#endif
