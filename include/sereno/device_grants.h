/* SPDX-License-Identifier: MIT */
/*
 * device_grants.h - which devices were granted to whom, as the register published it.
 *
 * ROOT/var/lib/sereno/devices.1.cdb (root, 0600), written whole after every change, by one rename.
 * media_load() reads it. A grant only ever adds to what the policy gives, so that a file that is
 * not there (nothing was published yet, or it was lost) allows nothing; a damaged one is an error.
 * Under the rules of policy.h.
 */
#ifndef SERENO_DEVICE_GRANTS_H
#define SERENO_DEVICE_GRANTS_H

#include <stdint.h>
#include <sys/types.h>

#include <sereno/grants.h>
#include <sereno/media.h>

struct device_grants;

/* One device granted to one user. */
struct device_grant {
	uint32_t id;				/* in the register */
	uint8_t identity[DEVICE_IDENTITY_SIZE]; /* see device_identity() */
	char user[GRANTS_USER_MAX + 1];
	uid_t uid; /* both must be his */
	/* MEDIA_ENCRYPTED and MEDIA_READ_ONLY are of use for what stores alone: nothing else that
	 * the device can do is let in by them. */
	enum media_access access;
	struct validity valid;
};

/* What is to be published, in no order. */
struct device_grants_image {
	uint64_t serial;   /* of the register */
	int64_t published; /* UTC seconds, and CLOCK_BOOTTIME then: as in struct grants_facts */
	int64_t boottime;
	uint32_t n;
	const struct device_grant *grants;
};

/* Open what is published below @root ("" is the host). On success *@ret is released with
 * device_grants_close(). Returns 0, -ENOENT (nothing is), -EBADMSG (damaged), -EPERM (others could
 * have written it), -EACCES (not root), -ENOMEM or a read error. */
int device_grants_open(const char *root, struct device_grants **ret);
void device_grants_close(struct device_grants *grants);	   /* NULL is allowed */
void device_grants_close_p(struct device_grants **grants); /* for scoped() */

/* The serial of the register when it was published. */
uint64_t device_grants_serial(const struct device_grants *grants);

/* The least that the time can be now: as grants_earliest(). A grant that ended by then is over,
 * whatever the clock says; and none holds before the moment of publishing. */
int64_t device_grants_earliest(const struct device_grants *grants);
int64_t device_grants_published(const struct device_grants *grants);

/* What was granted for the device of @identity, also what is over or yet to come. On success *@ret,
 * NULL for nothing, is the caller's, released with free(). Returns how many, -EBADMSG, -ENOMEM or a
 * read error. */
ssize_t device_grants_of(const struct device_grants *grants,
			 const uint8_t identity[static DEVICE_IDENTITY_SIZE],
			 struct device_grant **ret);

/* Read every record. Returns 0, -EBADMSG, -ENOMEM or a read error. */
int device_grants_verify(const struct device_grants *grants);

/* Put @image in the place of what is published below @root, all or nothing, on disk when it
 * returns. Only for whoever holds the register's lock. Returns as grants_publish(). */
int device_grants_publish(const char *root, const struct device_grants_image *image);

#endif
