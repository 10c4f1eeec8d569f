/* SPDX-License-Identifier: MIT */
/*
 * local_password.h - what this host's shadow file says about an account's password. For room pam/.
 *
 * The file itself, and not the name service: only where the hash is kept here can a change be told
 * from the hash, and has a history any meaning.
 */
#ifndef PAM_LOCAL_PASSWORD_H
#define PAM_LOCAL_PASSWORD_H

#include <stdbool.h>
#include <stdint.h>

struct local_password {
	uint64_t tag; /* of the hash, age_tag() */
	bool usable;  /* a password that can be typed: neither empty nor locked */
	bool due;     /* shadow asks for a new one: its maximum, or an administrator (passwd -e) */
	int64_t changed; /* first moment of the day of the last change, UTC; 0 where not known */
};

/* Read ROOT/etc/shadow. Returns 0, -ENOENT (not there: the hash is kept elsewhere), -ERANGE or a
 * read error. The hash is not left in memory. */
int local_password_read(const char *root, const char *user, struct local_password *ret);

#endif
