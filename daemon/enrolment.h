/* SPDX-License-Identifier: MIT */
/*
 * enrolment.h - a user gives himself a token. For room daemon/.
 */
#ifndef DAEMON_ENROLMENT_H
#define DAEMON_ENROLMENT_H

#include "talk.h"

/* He has proved himself: make a token, and keep it for this conversation. Fills in @talk->reply. */
void enrolment_begin(struct talk *talk);

/* @talk->request.code[0] is said to be the new token's. Likewise. */
void enrolment_confirm(struct talk *talk);

#endif
