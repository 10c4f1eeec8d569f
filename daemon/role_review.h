/* SPDX-License-Identifier: MIT */
/*
 * role_review.h - reviews of roles, for who owns one: what he may see, and what he signs. For room
 * daemon/.
 */
#ifndef DAEMON_ROLE_REVIEW_H
#define DAEMON_ROLE_REVIEW_H

#include "talk.h"

/* Hear CHANNEL_REVIEW or CHANNEL_SIGN: where he may, @talk->question is to be asked. */
enum talk_next role_review_hear(struct talk *talk);

/* The list of CHANNEL_SIGN's role has this digest now: "HEX USERS\n", NULL where it cannot be told.
 */
void role_review_sign(struct talk *talk, const char *list);

/* CHANNEL_REVIEW: the list is on its way, or (@err < 0) cannot be asked for. */
void role_review_sent(struct talk *talk, int err);

#endif
