/* SPDX-License-Identifier: MIT */
/*
 * manager.h - logind and systemd, asked to end what they started. For room sessions/ only.
 */
#ifndef SESSIONS_MANAGER_H
#define SESSIONS_MANAGER_H

#include <stdint.h>
#include <sys/types.h>

/* Have logind end the session of that number, if it has one that is @uid's; and systemd stop the
 * user manager of @uid. Where they do not run, nothing is done; whether it worked is seen by what
 * is left. Each waits for its answer for a few seconds. */
void manager_end_session(uint32_t session, uid_t uid);
void manager_stop_user(uid_t uid);

#endif
