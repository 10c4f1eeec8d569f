/* SPDX-License-Identifier: MIT */
/*
 * media_changes.h - the devices that are plugged in and would get something else by a new policy.
 */
#ifndef ADMIN_MEDIA_CHANGES_H
#define ADMIN_MEDIA_CHANGES_H

#include "json.h"
#include "output.h"
#include "present.h"

/* Zero-initialised is empty. */
struct media_changes {
	struct present_list list;
	struct media_verdict *was, *becomes; /* of each */
	char *who;			     /* for whom; NULL: nobody sits there */
};

/* Compare what @old and @new (NULL: none) give of what is there to who sits at the default seat.
 * Returns 0, -EBADMSG, -ENOMEM or a read error. */
int media_changes_find(const struct present_asker *old, const struct present_asker *new,
		       struct media_changes *ret);
void media_changes_clear(struct media_changes *changes);

void media_changes_print(const struct media_changes *changes, const struct output *output);
/* Member "devices" of the open object: those that change. */
void media_changes_write(const struct media_changes *changes, struct json *json);

#endif
