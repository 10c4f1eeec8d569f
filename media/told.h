/* SPDX-License-Identifier: MIT */
/*
 * told.h - what the watcher of seats tells the log.
 */
#ifndef SERENO_MEDIA_TOLD_H
#define SERENO_MEDIA_TOLD_H

#include <sereno/device.h>

/* @user NULL: nobody sits there. */
void told_leaving(const char *root, const struct device *device, const char *user,
		  unsigned grace_sec);
void told_removed(const char *root, const struct device *device, const char *user,
		  const char *reason);
void told_failed(const char *root, const struct device *device, const char *what, int err);

/* Of no device. */
void told_seats_unknown(const char *root, const char *what, int err);
void told_policy_unusable(const char *root, int err);
void told_state_unusable(const char *root, const char *what, int err);

#endif
