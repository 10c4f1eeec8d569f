/* SPDX-License-Identifier: MIT */
/*
 * caller.h - who runs this command, and by which login he came.
 *
 * For the safety checks of apply and for its event. It is a guess where the kernel keeps no
 * audit records and no login was recorded; it never gives anybody a right.
 */
#ifndef ADMIN_CALLER_H
#define ADMIN_CALLER_H

#include <stdbool.h>

#include <sereno/origin.h>

#include "people.h"

struct caller {
	bool known;	  /* user, service and origin mean something */
	char user[256];	  /* who logged in; "" when that cannot be told */
	char service[64]; /* by which service: sshd, login ... */
	struct origin origin;
	struct origin reached; /* by ssh, the address of this host that he came to; else unknown */
	char elevated_by[16];  /* "sudo" or "su" when he became root by it, else "" */
};

void caller_find(const char *root, const struct people *people, struct caller *ret);

#endif
