/* SPDX-License-Identifier: MIT */
/*
 * answer.h - what the rules of udev hear of a decision: lines KEY=VALUE.
 */
#ifndef MEDIA_ANSWER_H
#define MEDIA_ANSWER_H

#include <stdio.h>

#include <sereno/media.h>

/* Nothing of ours changes anything. */
void answer_unmanaged(FILE *out);

/* SERENO_MEDIA=deny|encrypted|read-only|allow, why, and by which rule. */
void answer_verdict(FILE *out, const struct media_verdict *verdict);

/* For a block device: it is not to be seen by anybody but root. */
void answer_hidden(FILE *out);

/* For one that nobody can write. */
void answer_read_only(FILE *out);

/* For one that may be mounted: with which options, for udisks. @access is not MEDIA_DENY. */
void answer_mount_options(FILE *out, enum media_access access, unsigned options);

#endif
