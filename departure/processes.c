/* SPDX-License-Identifier: MIT */
/* processes.c - the steps sessions and processes: what runs as him, or in a login of his, ends. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sereno/login.h>
#include <sereno/scoped.h>

#include "process.h"
#include "program.h"
#include "step.h"

#define ROUNDS_MAX 100
#define PAUSE_NSEC 20000000

static bool has_processes(const struct leaver *leaver, struct findings *findings)
{
	if (!*leaver->root && leaver->uid != GRANTS_NO_UID && leaver->uid != 0)
		return true;
	if (*leaver->root)
		finding_add(findings, FOUND_NOTE, "a file tree has no processes");
	return false;
}

static void list_sessions(const struct leaver *leaver, struct findings *findings)
{
	scoped_free struct login *logins = NULL;
	const ssize_t n = login_list(leaver->root, leaver->uid, &logins);

	for (ssize_t i = 0; i < n; i++)
		finding_add(findings, FOUND_DONE, "session of %s, opened by process %d, ended",
			    logins[i].service, (int)logins[i].leader);
}

/* The manager ends what belongs to a session, and forgets it; the next step ends what is left. */
void sessions_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings)
{
	char uid[16], said[PROGRAM_SAID_MAX];
	const char *const argv[] = { "/usr/bin/loginctl", "terminate-user", uid, NULL };
	int r;

	if (!has_processes(leaver, findings))
		return;
	list_sessions(leaver, findings);
	if (mode == DEPARTURE_LOOK || access("/run/systemd/seats", F_OK) < 0)
		return;
	(void)snprintf(uid, sizeof(uid), "%u", leaver->uid); /* fits */
	r = program_run(argv, said);
	/* It also fails when he has no session; who is left is seen in the next step. */
	if (r != 0)
		finding_add(findings, FOUND_NOTE, "loginctl terminate-user: %s",
			    r > 0 ? said : strerrordesc_np(-r));
	else
		finding_add(findings, FOUND_NOTE, "logind was told to end his sessions");
}

struct ending {
	struct findings *findings; /* NULL: they were listed */
	int signal_number;	   /* 0: none */
	size_t n, running;	   /* found; of those not stopped yet */
};

static void list_process(struct findings *findings, const struct process *process)
{
	finding_add(findings, FOUND_DONE, "process %d (%s)%s ended", (int)process->pid,
		    process->command, process->by_login ? ", in a login of his," : "");
	if (process->unit[0])
		finding_add(findings, FOUND_TO_DO,
			    "process %d belongs to %s, which may start it "
			    "again: see its User= and what it runs",
			    (int)process->pid, process->unit);
}

static int end_process(void *context, const struct process *process)
{
	struct ending *ending = context;

	ending->n++;
	ending->running += !process->stopped;
	if (ending->findings)
		list_process(ending->findings, process);
	return ending->signal_number ? process_signal(process, ending->signal_number) : 0;
}

static int sweep(const struct leaver *leaver, int signal_number, struct findings *findings,
		 size_t *ret_running, size_t *ret)
{
	struct ending ending = { .findings = findings, .signal_number = signal_number };
	const int r = process_each(leaver, end_process, &ending);

	*ret = ending.n;
	if (ret_running)
		*ret_running = ending.running;
	return r;
}

/* Stop all until none is found that still runs, so that none can start another; then kill. */
static int stop_all(const struct leaver *leaver, struct findings *findings, size_t *ret)
{
	size_t running = 1;
	int r = 0;

	for (int i = 0; r == 0 && running > 0 && i < ROUNDS_MAX; i++)
		r = sweep(leaver, SIGSTOP, i == 0 ? findings : NULL, &running, ret);
	return r;
}

/* At least once: where each starts the next one and ends, none may be found, and all go on. */
static int kill_all(const struct leaver *leaver, struct findings *findings, size_t *ret)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NSEC };
	int r = 0;

	*ret = 1;
	for (int i = 0; r == 0 && *ret > 0 && i < ROUNDS_MAX; i++) {
		r = process_signal_all(leaver, SIGKILL);
		if (r > 0 && i == 0 && findings->n == 0)
			finding_add(findings, FOUND_NOTE,
				    "whatever ran too briefly to be listed was ended");
		if (r >= 0)
			r = sweep(leaver, SIGKILL, NULL, NULL, ret);
		if (*ret > 0)
			(void)nanosleep(&pause, NULL); /* the kernel takes a moment to end them */
	}
	return r;
}

void processes_take(const struct leaver *leaver, enum departure_mode mode,
		    struct findings *findings)
{
	size_t n = 0;
	int r;

	if (!has_processes(leaver, findings))
		return;
	if (mode == DEPARTURE_LOOK) {
		r = sweep(leaver, 0, findings, NULL, &n);
		n = 0;
	} else {
		r = stop_all(leaver, findings, &n);
		if (r == 0)
			r = kill_all(leaver, findings, &n);
	}
	if (r < 0)
		finding_fail(findings, r, "his processes cannot be looked at");
	else if (n > 0)
		finding_add(findings, FOUND_FAILED, "%zu processes do not end", n);
}
