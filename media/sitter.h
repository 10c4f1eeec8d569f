/* SPDX-License-Identifier: MIT */
/*
 * sitter.h - the roles that somebody holds who sits at a seat.
 *
 * Asked of the policy in force and, for his Unix groups, of the name service: this may wait, so the
 * helper of udev reads what was found here.
 */
#ifndef SERENO_MEDIA_SITTER_H
#define SERENO_MEDIA_SITTER_H

#include <sereno/policy.h>
#include <sereno/seat.h>

/* Fill in the roles of @seat, and until when they hold. @policy NULL: none. Returns 0 or a negative
 * errno; then he holds none, and it is to be asked again by and by. */
int sitter_find_roles(struct policy *policy, int64_t now, struct seat *seat);

#endif
