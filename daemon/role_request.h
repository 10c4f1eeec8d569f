/* SPDX-License-Identifier: MIT */
/*
 * role_request.h - roles asked for, and the answers of those who may give them. For room daemon/.
 */
#ifndef DAEMON_ROLE_REQUEST_H
#define DAEMON_ROLE_REQUEST_H

#include "talk.h"

/* Do what @talk->request, of CHANNEL_ASK_ROLE and what follows it, asks. Fills in @talk->reply. */
void role_request_answer(struct talk *talk);

#endif
