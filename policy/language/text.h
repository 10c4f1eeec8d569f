/* SPDX-License-Identifier: MIT */
/* text.h - may these bytes be read as a policy at all? */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>

#include <sereno/diag.h>

/*
 * Look at every character of @text before any YAML is read from it: a scanner takes NEL, LS and
 * PS for line ends and UTF-16 for text, so that what a reviewer sees as a comment could be a live
 * key. Faults are added to @diags, so many at most that a binary file does not flood it.
 * Returns 0 or -EINVAL.
 */
int text_check(const char *text, size_t length, struct diag_list *diags);

#endif
