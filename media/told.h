/* SPDX-License-Identifier: MIT */
/*
 * told.h - what the watcher of seats tells the log.
 */
#ifndef SERENO_MEDIA_TOLD_H
#define SERENO_MEDIA_TOLD_H

#include "candidate.h"

#define TOLD_DEVICE_SIZE (CANDIDATE_NAME_SIZE + 16 + 2 * DEVICE_TEXT_MAX)

/* A device as it is told: where it is, its numbers, what it calls itself. */
void told_device(const struct candidate *candidate, char ret[static TOLD_DEVICE_SIZE]);

/* @user NULL: nobody sits there. */
void told_leaving(const char *root, const char *device, const char *user, unsigned grace_sec);
void told_removed(const char *root, const char *device, const char *user, const char *reason);
void told_failed(const char *root, const char *device, const char *what, int err);

/* Of no device. */
void told_seats_unknown(const char *root, const char *what, int err);
void told_policy_unusable(const char *root, int err);
void told_state_unusable(const char *root, const char *what, int err);

#endif
