/* SPDX-License-Identifier: MIT */
/*
 * session_follow.h - tell those whose access ends, and end the sessions of those who were told.
 */
#ifndef ADMIN_SESSION_FOLLOW_H
#define ADMIN_SESSION_FOLLOW_H

#include "options.h"
#include "session_look.h"

/* One round, at @clock. EXIT_NO: a session could not be ended; the next round tries again. */
enum exit_status session_follow(const struct options *options, const struct output *output,
				struct session_clock clock);

#endif
