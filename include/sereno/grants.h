/* SPDX-License-Identifier: MIT */
/*
 * grants.h - what logins read of the register: who was granted which role, and who has departed.
 *
 * ROOT/var/lib/sereno/grants.1.cdb (root, 0644) is published by the register (register.h) after
 * every change, whole, by one rename; leavers.1.cdb (root, 0600), a moment before it, has the
 * departures that are yet to come, too: nobody but root knows of these. It names roles as the
 * policy does, so that neither file has to be written again when the other one is. Reading is under
 * the rules of policy.h: libc alone, by pread(2), no map, no state, inside other people's
 * processes; what is missing or damaged is an error and never "not granted" or "not departed".
 * policy_open() opens it too: who holds a struct policy asks policy_grants().
 */
#ifndef SERENO_GRANTS_H
#define SERENO_GRANTS_H

#include <stdint.h>
#include <sys/types.h>

#include <sereno/model.h>

#define GRANTS_USER_MAX 255 /* bytes of a user's name */
#define GRANTS_NO_UID	((uid_t)-1)

struct grants;

struct grants_facts {
	uint64_t serial;   /* of the register when it was published */
	int64_t published; /* UTC seconds. A clock that is behind it is wrong: nothing is granted */
	int64_t boottime;  /* CLOCK_BOOTTIME then, in seconds: see grants_earliest() */
	uint32_t n_grants, n_departures;
};

/* One role granted to one user. */
struct grant {
	uint32_t id; /* in the register */
	char role[MODEL_NAME_MAX + 1];
	struct validity valid;
};

/* From @since on, nothing is allowed to the user of that name, or of that number. */
struct departure {
	uint32_t id; /* in the register */
	char user[GRANTS_USER_MAX + 1];
	uid_t uid; /* GRANTS_NO_UID: by name alone, as all accounts of number 0 */
	int64_t since;
};

/* Open what is published below @root ("" is the host); who may not read leavers.1.cdb sees who has
 * left by the time of publishing alone. On success *@ret is released with grants_close(). Returns
 * 0, -EBADMSG (not there, or damaged), -EPERM (others could have written it), -ENOMEM or what
 * open(2) or read(2) reported. */
int grants_open(const char *root, struct grants **ret);

/* The same with whatever can be read of the two files, each of which has who has left: for where
 * there is no policy, and it is asked only who is to be refused. An error when neither can be. */
int grants_open_remains(const char *root, struct grants **ret);

/* Release; NULL is allowed. */
void grants_close(struct grants *grants);
void grants_close_p(struct grants **grants); /* for scoped() */

/* Borrowed, valid until grants_close(). */
const struct grants_facts *grants_facts(const struct grants *grants);

/* The least that the time can be now, UTC seconds, whatever the clock says: when @grants was
 * published, and the time the host has been up since. After a reboot it is too little, never too
 * much. */
int64_t grants_earliest(const struct grants *grants);

/* What @user was granted, also what is over or yet to come. On success *@ret, NULL for nothing, is
 * the caller's, released with free(). Returns how many, -EBADMSG, -ENOMEM or a read error. */
ssize_t grants_of(const struct grants *grants, const char *user, struct grant **ret);

/* The earliest departure of @user or, unless it is 0 or GRANTS_NO_UID, of the number @uid; its time
 * may be yet to come. Returns 1 (then *@ret is set), 0 (none, for certain), -EBADMSG, -ENOMEM or a
 * read error. */
int grants_departed(const struct grants *grants, const char *user, uid_t uid,
		    struct departure *ret);

/* Read every record and check that all are there and sound. Returns 0, -EBADMSG or a read error. */
int grants_verify(const struct grants *grants);

/* For the register: what is to be published. In no order. */
struct granted {
	const char *user;
	struct grant grant;
};

struct grants_image {
	struct grants_facts facts; /* n_grants and n_departures count the arrays */
	const struct granted *grants;
	const struct departure *departures;
};

/* Put @image in the place of what is published below @root, each of the two files all or nothing,
 * on disk when it returns. ROOT/var/lib/sereno must exist. Only for whoever holds the register's
 * lock. Returns 0, -E2BIG, -ENOMEM or a write error; what was published before is then still there,
 * but for departures that it may have already. */
int grants_publish(const char *root, const struct grants_image *image);

#endif
