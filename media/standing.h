/* SPDX-License-Identifier: MIT */
/*
 * standing.h - how things stand for a device that comes: what is in force, and who sits there.
 *
 * For the helper of udev. It waits for nobody: no name service, no bus.
 */
#ifndef MEDIA_STANDING_H
#define MEDIA_STANDING_H

#include <sereno/media.h>
#include <sereno/seat.h>

enum standing_kind {
	STANDING_UNMANAGED, /* no media: block is in force: nothing of ours changes anything */
	STANDING_POLICY,
	STANDING_NO_POLICY, /* there should be one and it cannot be used */
};

struct standing {
	enum standing_kind kind;
	const char *root; /* borrowed */
	int unusable;	  /* STANDING_NO_POLICY: why, a negative errno */
	struct policy *policy;
	struct media_rules rules;
	struct seat seat;
	const char *role[ROLE_NAMES_MAX];
	struct media_subject subject; /* borrows of the above */
	int64_t now;
};

/* Whether the boot loader says that all devices start off (sereno.media=on): then nothing in force
 * is no reason to leave them alone. */
enum standing_boot { STANDING_BOOT_OPEN, STANDING_BOOT_CLOSED };

/* Look at what is in force below @root, and who sits at @seat (NULL or "": the default one).
 * Released with standing_close(). Cannot fail: what cannot be read allows nothing. */
void standing_open(const char *root, const char *seat, enum standing_boot boot,
		   struct standing *ret);
/* Look at who sits at another seat. */
void standing_turn(struct standing *standing, const char *seat);

void standing_close(struct standing *standing); /* for scoped(), too */

/* What @device gets. */
void standing_judge(struct standing *standing, const struct device_facts *device,
		    struct media_verdict *ret);

#endif
