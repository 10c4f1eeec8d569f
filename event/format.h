/* SPDX-License-Identifier: MIT */
/*
 * format.h - an event as text: the members as escaped words. For room event/ only.
 */
#ifndef EVENT_FORMAT_H
#define EVENT_FORMAT_H

#include <stddef.h>

#include "catalogue.h"

/* A member's text is cut to this: a hostile name cannot push the verdict out of the line. */
#define EVENT_VALUE_MAX 257

/* "subject" for MEMBER_SUBJECT: the word of the line; upper case after SERENO_ in the journal. */
const char *member_name(enum event_member member);

/*
 * Write the escaped value of @member to @text. Returns its length, 0 when @event has none and its
 * catalogue entry does not ask for one.
 */
size_t member_format(const struct event *event, enum event_member member,
		     char text[static EVENT_VALUE_MAX]);

#endif
