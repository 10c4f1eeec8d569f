/* SPDX-License-Identifier: MIT */
/*
 * petition.h - a user's conversation with serenod about roles: what he asks, what it answers.
 */
#ifndef ADMIN_PETITION_H
#define ADMIN_PETITION_H

#include <sereno/calendar.h>
#include <sereno/channel.h>

#include "messages.h"
#include "options.h"

struct petition {
	const char *root;
	int fd;
	unsigned said;	  /* requests in this connection */
	struct zone zone; /* of the policy; UTC where that cannot be read */
	struct channel_request request;
	struct channel_reply reply;
};

/* Begin, for a user who is not root; complains itself. Always release with petition_clear(). */
enum exit_status petition_open(const struct options *options, struct petition *ret);
void petition_clear(struct petition *petition);

/* Say @petition->request, in another connection where this one has no room left for it; complains
 * unless the answer is CHANNEL_ACCEPTED. */
enum exit_status petition_say(struct petition *petition);

/* The same for CHANNEL_REVIEW: *@ret_list is the caller's to read and close. */
enum exit_status petition_ask_for_list(struct petition *petition, int *ret_list);

/* The number of a request, as an operand; complains itself. */
enum exit_status petition_number(const char *text, uint32_t *ret);

/* --reason, or "" where it is left out and @wanted is false; complains itself. */
enum petition_reason { REASON_WANTED, REASON_WELCOME };
enum exit_status petition_reason(const struct options *options, enum petition_reason wanted,
				 struct petition *petition);

/* The zone that times are told in. */
void petition_zone(const char *root, struct zone *ret);

#endif
