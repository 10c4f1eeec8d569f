/* SPDX-License-Identifier: MIT */
/* duration.h - lengths of time on the command line. */
#ifndef ADMIN_DURATION_H
#define ADMIN_DURATION_H

#include <stdint.h>

/* Read "90m", "12h", "3d" or "2w", from a minute to ten years. Returns 0 or -EINVAL. */
int duration_read(const char *text, int64_t *ret_sec);

/* Write @sec so, in the largest unit that it is a whole number of; also "90s". Returns @text. */
#define DURATION_TEXT_MAX 24
const char *duration_text(uint64_t sec, char text[static DURATION_TEXT_MAX]);

#endif
