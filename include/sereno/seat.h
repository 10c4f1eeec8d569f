/* SPDX-License-Identifier: MIT */
/*
 * seat.h - who sits at a seat, as sereno-media wrote it down for the helper of udev.
 *
 * ROOT/run/sereno/seats/SEAT (root, 0600), replaced by rename(2). It is believed only while
 * logind's own file ROOT/run/systemd/seats/SEAT names the same session and uid; else nobody is
 * there. Libc only; functions return 0 or a negative errno.
 */
#ifndef SERENO_SEAT_H
#define SERENO_SEAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <sereno/grants.h>
#include <sereno/role_terms.h>

#define SEAT_NAME_MAX	 64
#define SEAT_SESSION_MAX 64
#define SEAT_DEFAULT	 "seat0"

struct seat {
	char session[SEAT_SESSION_MAX + 1]; /* logind's; "": nobody is there */
	char user[GRANTS_USER_MAX + 1];
	uid_t uid;
	bool locked;
	struct role_names roles; /* that he holds */
	int64_t until;		 /* UTC seconds: from then on the roles are to be looked at again */
};

/* Whether @name can be a seat's: letters, digits, - and _, not empty, not too long. */
bool seat_name_is_sound(const char *name);

/* Who sits at @name. Nobody (0, ret->session "") where nothing is written, logind does not confirm
 * it, or the record is unsound. At or after ret->until the caller takes him for a holder of no
 * role. Returns 0, -EINVAL or a read error other than -ENOENT. */
int seat_read(const char *root, const char *name, struct seat *ret);

/* Write it down, on the way that readers see the old or the new one whole. */
int seat_write(const char *root, const char *name, const struct seat *seat);

/* Ask sereno-media to look at all seats and devices again: writes to ROOT/run/sereno/seats/again.
 * Callable in other people's processes. Returns 0; -ENOENT where sereno-media has never run,
 * -EACCES for who is not root, or another negative errno. */
#define SEAT_AGAIN "again"
int seat_look_again(const char *root);

#endif
