/* SPDX-License-Identifier: MIT */
/*
 * media_polkit.h - the rule for polkit that goes with a policy: udisks asks it before it mounts,
 * unlocks, opens or formats for somebody.
 */
#ifndef ADMIN_MEDIA_POLKIT_H
#define ADMIN_MEDIA_POLKIT_H

#include <sereno/model.h>

/*
 * Have ROOT/etc/polkit-1/rules.d/10-sereno-media.rules say what goes with the media: block of
 * @model; where there is none, or it is on trial, no rule is left. For whoever puts @model into
 * force, behind the commit. Returns 0, also on a host without polkit, or a negative errno.
 */
int media_polkit_write(const char *root, const struct model *model);

#endif
