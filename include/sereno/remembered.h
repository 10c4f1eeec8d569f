/* SPDX-License-Identifier: MIT */
/*
 * remembered.h - where a second factor was accepted, so that it counts there again.
 *
 * A place is a login, told by the process that opened it, or the seat or a serial line of this
 * host; never a pseudo terminal, whose name goes from one user to the next. What is remembered
 * counts for one account, in this boot, for as long as the policy says. Records are
 * ROOT/run/sereno/codes/UID-PLACE (root, 0600 in a 0700 directory): a record that is lost or
 * damaged only means that a code is asked for.
 *
 * Call as root. Callable inside other people's processes; libc only.
 */
#ifndef SERENO_REMEMBERED_H
#define SERENO_REMEMBERED_H

#include <stdint.h>
#include <sys/types.h>

#include <sereno/attempts.h>

enum remembered_kind { REMEMBERED_LOGIN, REMEMBERED_SEAT, REMEMBERED_LINE };

struct remembered_place {
	enum remembered_kind kind;
	uint64_t number; /* process, or device of the line; 0 for the seat */
	uint64_t start;	 /* of the process, clock ticks since boot; else 0 */
};

/* The login that the calling process is in, of login uid @uid where the kernel has no audit
 * sessions. Returns 0, -ENOENT (none is told) or a negative errno. */
int remembered_own_login(const char *root, uid_t uid, struct remembered_place *ret);

/* The login that process @pid opens, if it does. Returns 0, -ENOENT (none, or process 1) or a
 * negative errno. */
int remembered_process(pid_t pid, struct remembered_place *ret);

/* The line @tty (with or without "/dev/"), which its program must own. Returns 0, -ENOENT (no such
 * device) or a negative errno. */
int remembered_line(const char *tty, struct remembered_place *ret);

/* Account @uid has shown a second factor at @place. Returns 0 or a negative errno. */
int remembered_write(const char *root, uid_t uid, const struct remembered_place *place,
		     const struct attempt_clock *now);

/* Whether he has within the last @within_sec. Returns 0, -ENOENT (he has not) or a negative errno:
 * take it for a no. */
int remembered_find(const char *root, uid_t uid, const struct remembered_place *place,
		    uint32_t within_sec, const struct attempt_clock *now);

/* The login of @place is over. Returns 0, -ENOENT or a negative errno. */
int remembered_remove(const char *root, uid_t uid, const struct remembered_place *place);

/* Nothing that account @uid has shown counts again. Returns how many places were forgotten, or a
 * negative errno. */
int remembered_forget(const char *root, uid_t uid);

#endif
