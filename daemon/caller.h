/* SPDX-License-Identifier: MIT */
/*
 * caller.h - who is at the other end of a connection, as the kernel tells. For room daemon/.
 */
#ifndef DAEMON_CALLER_H
#define DAEMON_CALLER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <sereno/codes.h>
#include <sereno/origin.h>

struct caller {
	uid_t uid;
	char name[256];
	struct origin origin; /* of the login he is in; of no weight but for counting */
	pid_t pid;	      /* that has connected */
	uint64_t start;	      /* and when it started; 0 where it is gone */
};

/* Read the peer of @fd. Returns 0, -ESRCH (its uid has no account; @ret->uid is known) or what
 * getsockopt(2) and NSS reported. */
int caller_read(const char *root, int fd, struct caller *ret);

/* Who sent a message: the kernel says by which process, since the message before it was heard. */
struct sender {
	pid_t pid;  /* 0: not known */
	bool fresh; /* it was sent after the caller was read */
};

enum caller_self {
	CALLER_HIMSELF,	     /* in a login of his own account */
	CALLER_LOGIN_OTHER,  /* in somebody else's: sudo, su */
	CALLER_LOGIN_UNSET,  /* in none that the kernel knows */
	CALLER_NOT_THE_SAME, /* another process than has connected, or it is gone */
};

/* Is it @caller himself who says it, and not somebody who became his account? */
enum caller_self caller_is_himself(const struct caller *caller, const struct sender *sender);

struct codes_account caller_account(const struct caller *caller);

#endif
