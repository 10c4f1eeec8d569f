/* SPDX-License-Identifier: MIT */
/*
 * release.h - taking a device away from who used it: its data first, then the device.
 *
 * Written out, unmounted, maps closed; what is in use is given a moment, and then it goes all the
 * same. A medium may take minutes for what is still to be written, or never end: so it is done in a
 * process of its own, and the device is put out when that takes too long.
 */
#ifndef SERENO_MEDIA_RELEASE_H
#define SERENO_MEDIA_RELEASE_H

#include "candidate.h"

#define RELEASE_GRACE_SEC 5
#define RELEASE_LIMIT_SEC 120 /* beyond the grace, for what is still to be written */

enum release_end {
	RELEASE_OFF,   /* it is put out */
	RELEASE_TURN,  /* it is put out, and udev's rules are asked again: for somebody else */
	RELEASE_AGAIN, /* it stays in, and udev's rules are asked again: for less than before */
};

/* Of what is not on USB, each end is that udev's rules are asked again: they hide it. */
struct release {
	const char *root; /* of sysfs; mounts and maps are the host's */
	const struct candidate *candidate;
	const char *user; /* who sits there now; NULL: nobody */
	const char *reason;
	enum release_end end;
	unsigned grace_sec, limit_sec;
};

/* Do it, with an event for what has become of it. Returns 0 or a negative errno. */
int release_run(const struct release *release);

/* Have udev's rules look at @candidate again, and then at its disks. Returns 0 or a negative errno.
 */
int release_ask_again(const char *root, const struct candidate *candidate);

#endif
