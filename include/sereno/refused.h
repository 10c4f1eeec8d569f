/* SPDX-License-Identifier: MIT */
/*
 * refused.h - devices that were refused, for those who may ask that they be let in.
 *
 * ROOT/run/sereno/refused/ID (root, 0600), ID the first 16 hexadecimal digits of the identity: one
 * a device however often it comes, REFUSED_MAX of them, the oldest making room. A device that comes
 * again and again costs no write more often than every REFUSED_PAUSE_SEC; nor does one port, at
 * which something gives itself another name each time, more than REFUSED_BURST of them, and of one
 * port there are at most REFUSED_AT_PORT: it cannot push the others out. Behind one port of the
 * host, with all the hubs that somebody may have there, it is REFUSED_BURST_BEHIND and
 * REFUSED_BEHIND_PORT. Gone at the next boot.
 */
#ifndef SERENO_REFUSED_H
#define SERENO_REFUSED_H

#include <stdint.h>

#include <sereno/device.h>

#define REFUSED_MAX	     64
#define REFUSED_AT_PORT	     4
#define REFUSED_BURST	     3
#define REFUSED_PAUSE_SEC    5
#define REFUSED_BEHIND_PORT  16
#define REFUSED_BURST_BEHIND 12
#define REFUSED_ID_SIZE	     17 /* with its NUL */

struct refused {
	char id[REFUSED_ID_SIZE];
	uint8_t identity[DEVICE_IDENTITY_SIZE];
	uint16_t vendor, product; /* 0: it has none */
	enum device_bus bus;
	unsigned kinds;
	struct device_texts texts;	/* hostile: escape them */
	char path[256];			/* of the device in sysfs, when it was last seen */
	char user[GRANTS_USER_MAX + 1]; /* who sat there; "": nobody */
	uid_t uid;
	enum media_reason reason;
	int64_t first, last; /* UTC seconds */
	uint32_t times;	     /* that it was written; stops at its greatest value */
};

/* The id of a device, of its identity. */
void refused_id(const uint8_t identity[static DEVICE_IDENTITY_SIZE],
		char ret[static REFUSED_ID_SIZE]);

/* Note it: identity to reason, and when, as last; the rest is filled in here. Returns 1, 0 (it is
 * too soon to write, or to say, anything about it again) or a negative errno. */
int refused_note(const char *root, const struct refused *refused);

/* One by its id, or -ENOENT. */
int refused_read(const char *root, const char *id, struct refused *ret);

/* Take it off the list. -ENOENT: it is not there. */
int refused_forget(const char *root, const char *id);

/* Call @each for each, the newest first, until it returns other than 0, which is then returned;
 * else 0 or a negative errno. A damaged record is removed. */
typedef int refused_each(void *context, const struct refused *refused);
int refused_list(const char *root, refused_each *each, void *context);

#endif
