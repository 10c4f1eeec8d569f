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
	char state;   /* as ps(1) shows it */
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

/*
 * Call @each, at once as each one is read, for the processes that belong to @login of @uid by its
 * own session number, the youngest numbers first: what lives for a moment alone may still be there.
 * One may come more than once. @handle is a pidfd of the process, closed afterwards. Returns 0 or a
 * negative errno.
 */
typedef void caught(void *context, const struct process *process, int handle);
int processes_catch(const struct login *login, uid_t uid, caught *each, void *context);

/* When process @pid started; 0 when it is gone. */
uint64_t process_started(pid_t pid);

#endif
