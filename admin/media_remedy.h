/* SPDX-License-Identifier: MIT */
/*
 * media_remedy.h - what refuses a device, and what to write so that it is let in, for people.
 */
#ifndef ADMIN_MEDIA_REMEDY_H
#define ADMIN_MEDIA_REMEDY_H

#include "present.h"

/* "rule lost-stick", "the word storage"; NULL without memory. The caller's. */
char *media_remedy_cause(const struct media_verdict *verdict);

/* "write under media: rules: ..."; NULL without memory. The caller's. Of bytes that the device says
 * only printable ASCII is in it. */
char *media_remedy(const struct present *present, const struct media_verdict *verdict);

#endif
