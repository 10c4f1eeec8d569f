/* SPDX-License-Identifier: MIT */
/*
 * media_ways.h - ways past a media: block that a host has open.
 */
#ifndef ADMIN_MEDIA_WAYS_H
#define ADMIN_MEDIA_WAYS_H

#include "safety.h"

/* Warn of each, where the policy has the block: governed people in the groups that own the nodes of
 * media, rules of polkit that answer before ours, other programs that let devices in. Returns 0 or
 * -ENOMEM. */
int check_media_ways(const struct situation *situation);

#endif
