/* SPDX-License-Identifier: MIT */
/*
 * noted.h - what the helper of udev leaves behind of its decisions: events, and the list of the
 * refused.
 */
#ifndef MEDIA_NOTED_H
#define MEDIA_NOTED_H

#include <sereno/device.h>

#include "standing.h"

/* What is said of a device, whatever bus it is on. */
struct noted_device {
	const char *path; /* in sysfs */
	const struct device_facts *facts;
	const struct device_texts *texts;
};

/* It was let in, also where it was on trial. */
void noted_allowed(const struct standing *standing, const struct noted_device *device,
		   const struct media_verdict *verdict);

/* It was refused: said, and put on the list, but not each time where it comes again and again.
 * @detail may be NULL. */
void noted_refused(const struct standing *standing, const struct noted_device *device,
		   const struct media_verdict *verdict, const char *detail);

/* What was in use is refused now: it was put out, or @detail says why it was not. */
void noted_put_out(const struct standing *standing, const struct noted_device *device,
		   const struct media_verdict *verdict, const char *detail);

/* Something could not be done: @what, and a negative errno. */
void noted_failed(const struct standing *standing, const char *path, const char *what, int error);

/* The policy could not be used, where that is so; once for the run of a helper. */
void noted_policy(const struct standing *standing);

#endif
