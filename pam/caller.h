/* SPDX-License-Identifier: MIT */
/*
 * caller.h - what the process may that a module runs in. For room pam/.
 */
#ifndef PAM_CALLER_H
#define PAM_CALLER_H

#include <stdbool.h>

/* Whether it may use the records below @root itself: root may, and below a @root that is not "" its
 * owner. A screen locker that runs as its user may not. */
bool caller_keeps_records(const char *root);

#endif
