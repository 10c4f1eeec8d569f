/* SPDX-License-Identifier: MIT */
/*
 * process.h - the processes of somebody, by the kernel's word alone.
 */
#ifndef DEPARTURE_PROCESS_H
#define DEPARTURE_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include <sereno/departure.h>

#define PROCESS_NAME_MAX 64
#define PROCESS_UNIT_MAX 160

struct process {
	pid_t pid;
	int handle; /* pidfd: no other process is ever meant by it */
	char command[PROCESS_NAME_MAX];
	char unit[PROCESS_UNIT_MAX]; /* the system's manager runs it as this; "" */
	bool by_login;		     /* is not his, but runs in a login of his */
	bool stopped;
};

/*
 * Call @each for every process that runs as @leaver's user, by any of the four user ids, or as one
 * that was handed to him for containers, or in a login of his. Left out: zombies, process 1, and
 * the caller with those that it descends from. Returns 0, a negative errno, or what @each returned
 * other than 0.
 */
int process_each(const struct leaver *leaver,
		 int (*each)(void *context, const struct process *process), void *context);

/* Send @signal_number to it. Returns 0 (also when it is gone) or a negative errno. */
int process_signal(const struct process *process, int signal_number);

/*
 * Send @signal_number to all whose real or saved user id is the leaver's, at one moment: the kernel
 * lets none of them fork meanwhile, so that one that lives too briefly to be looked at is reached
 * too. Those of other ids in his logins are not. Returns 1, 0 (there is none, or the caller itself
 * was started from one of them, and nothing was sent) or a negative errno.
 */
int process_signal_all(const struct leaver *leaver, int signal_number);

#endif
