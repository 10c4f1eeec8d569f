/* SPDX-License-Identifier: MIT */
/*
 * service.h - the closed table of what a PAM service is: who its subject is, what it needs.
 *
 * Pure functions; callable from every room and any thread.
 */
#ifndef SERENO_SERVICE_H
#define SERENO_SERVICE_H

#include <stdbool.h>

enum service_kind {
	SERVICE_LOGIN,	      /* judged by rules; every unknown service */
	SERVICE_ELEVATE,      /* sudo, su, polkit-1: rules, for who asks, from his login's origin */
	SERVICE_TOOL,	      /* chsh, chfn: as above */
	SERVICE_JOB,	      /* cron, at: a role, but no rule */
	SERVICE_USER_MANAGER, /* systemd-user: a role, but no rule */
	SERVICE_UNLOCK,	      /* screen lockers: a role, but no rule */
};

/* The kind of the PAM service @name; SERVICE_LOGIN for a name not in the table. */
enum service_kind service_kind(const char *name);

/* Whether a rule must fit; where none is needed, holding a role is enough. */
bool service_needs_rule(enum service_kind kind);

/* The name rules use for @name: "sudo" for sudo-i, "su" for su-l, else @name itself. */
const char *service_canonical(const char *name);

/* Whether a program of this name opens its line itself, so that PAM_TTY tells the origin when
 * there is no PAM_RHOST: login and the display managers. */
bool service_owns_line(const char *name);

/* "login", "elevate", "tool", "job", "user-manager", "unlock". */
const char *service_kind_name(enum service_kind kind);

#endif
