/* SPDX-License-Identifier: MIT */
/*
 * media_safety.h - whether a media: block would take from a host what it cannot do without.
 */
#ifndef ADMIN_MEDIA_SAFETY_H
#define ADMIN_MEDIA_SAFETY_H

#include "present.h"
#include "safety.h"

/*
 * Report each device that is plugged in, that the host or whoever runs this needs, and that
 * @policy, compiled from the edition, would refuse while nobody sits there, as after the next
 * start: the last keyboard, a disk of the system, the interface of the default route or of the
 * caller's login, a hub on the way to what is allowed. On trial, they are warnings. Returns 0,
 * -EBADMSG or -ENOMEM.
 */
int check_media(const struct situation *situation, struct policy *policy,
		const struct caller *caller);

#endif
