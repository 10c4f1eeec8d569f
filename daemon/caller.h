/* SPDX-License-Identifier: MIT */
/*
 * caller.h - who is at the other end of a connection, as the kernel tells. For room daemon/.
 */
#ifndef DAEMON_CALLER_H
#define DAEMON_CALLER_H

#include <sys/types.h>

#include <sereno/codes.h>
#include <sereno/origin.h>

struct caller {
	uid_t uid;
	char name[256];
	struct origin origin; /* of the login he is in; of no weight but for counting */
};

/* Read the peer of @fd. Returns 0, -ESRCH (its uid has no account; @ret->uid is known) or what
 * getsockopt(2) and NSS reported. */
int caller_read(const char *root, int fd, struct caller *ret);

struct codes_account caller_account(const struct caller *caller);

#endif
