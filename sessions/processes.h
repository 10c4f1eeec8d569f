/* SPDX-License-Identifier: MIT */
/*
 * processes.h - the host's processes at one moment, and which of them belong to a login. For room
 * sessions/ only.
 */
#ifndef SESSIONS_PROCESSES_H
#define SESSIONS_PROCESSES_H

#include <stdint.h>

#include <sereno/sessions.h>

struct process {
	pid_t pid, parent;
	uint64_t start;	  /* clock ticks since boot */
	uint32_t session; /* audit session, LOGIN_NONE: none */
	uid_t login_uid;
	dev_t line;   /* its terminal, 0: none */
	bool belongs; /* of the login that processes_mark() was asked for last */
};

struct processes {
	struct process *item; /* by pid */
	size_t n, allocated;
};

/* Mark what belongs to @login of @uid. */
void processes_mark(struct processes *processes, const struct login *login, uid_t uid);

/* Whether @login's session number stands for him alone. */
bool session_is_own(const struct login *login, uid_t uid);

/* When process @pid started; 0 when it is gone. */
uint64_t process_started(pid_t pid);

#endif
