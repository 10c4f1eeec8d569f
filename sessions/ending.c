/* SPDX-License-Identifier: MIT */
/* ending.c - a session ended with all its processes. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>

#include <sereno/scoped.h>
#include <sereno/service.h>

#include "manager.h"
#include "processes.h"

#define HANGUP_MSEC 1500 /* to put things away */
#define KILL_MSEC   2000
#define ROUNDS	    5  /* of killing: what forks meanwhile is found in the next one */
#define LOOKS	    10 /* one after the other that find nothing, before nothing is there */
#define STOPS_MAX   100
#define LOOKS_MAX   300
#define QUICK_LOOKS 50 /* before waiting for the kernel in between */
#define PAUSE_NSEC  5000000

static int pidfd_of(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

static void send_signal(int fd, int number)
{
	(void)syscall(SYS_pidfd_send_signal, fd, number, NULL, 0); /* gone is what we want */
}

/* A hold on the process itself, whoever has its number later; -1 when it is gone already. */
static int hold(const struct process *process)
{
	scoped_fd int fd = pidfd_of(process->pid);

	if (fd < 0 || process_started(process->pid) != process->start)
		return -1;
	return take(fd, -1);
}

static bool may_end(const struct process *process)
{
	return process->belongs && process->pid > 1 && process->pid != getpid();
}

static int64_t now_msec(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail on Linux */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Wait until all in @fds are gone, for @limit_msec at most, and let go of them. */
static void await(int *fds, size_t n, int64_t limit_msec)
{
	const int64_t deadline = now_msec() + limit_msec;

	for (size_t i = 0; i < n; i++) {
		struct pollfd polled = { .fd = fds[i], .events = POLLIN };
		const int64_t left = deadline - now_msec();

		(void)poll(&polled, 1, left > 0 ? (int)left : 0); /* looked at again anyhow */
		close_p(&fds[i]);
	}
}

/* Send @number to all that belongs, and wait. Returns how many there were, or -ENOMEM. */
static ssize_t signal_all(const struct processes *processes, int number, int64_t limit_msec)
{
	scoped_free int *fds = calloc(processes->n + 1, sizeof(*fds));
	size_t n = 0;

	if (!fds)
		return -ENOMEM;
	for (size_t i = 0; i < processes->n; i++) {
		const int fd = may_end(&processes->item[i]) ? hold(&processes->item[i]) : -1;

		if (fd < 0)
			continue;
		send_signal(fd, number);
		fds[n++] = fd;
	}
	await(fds, n, limit_msec);
	return (ssize_t)n;
}

static ssize_t signal_round(const struct login *login, uid_t uid, int number, int64_t limit_msec)
{
	scoped(processes_free_p) struct processes *processes = NULL;
	int r = processes_read(&processes);

	if (r < 0)
		return r;
	processes_mark(processes, login, uid);
	return signal_all(processes, number, limit_msec);
}

/* One look at a session that is being ended. */
struct hunt {
	int number; /* of the signal */
	size_t n, running;
};

static void strike(void *context, const struct process *process, int handle)
{
	struct hunt *hunt = context;

	if (process->pid <= 1 || process->pid == getpid())
		return;
	hunt->n++;
	hunt->running += process->state != 'T';
	send_signal(handle, hunt->number);
}

/*
 * Stop all until none that runs is found, so that none can start another; then kill. A chain in
 * which each starts the next one and ends at once is seen by some looks only: each process is
 * struck as soon as it is read, and it takes several looks that find nothing to be done.
 */
static int hunt_down(const struct login *login, uid_t uid)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NSEC };
	struct hunt hunt = { .number = SIGSTOP, .running = 1 };
	size_t clean = 0;
	int r = 0;

	for (int i = 0; r == 0 && hunt.running > 0 && i < STOPS_MAX; i++) {
		hunt = (struct hunt){ .number = SIGSTOP };
		r = processes_catch(login, uid, strike, &hunt);
	}
	for (int i = 0; r == 0 && clean < LOOKS && i < LOOKS_MAX; i++) {
		hunt = (struct hunt){ .number = SIGKILL };
		r = processes_catch(login, uid, strike, &hunt);
		clean = hunt.n == 0 ? clean + 1 : 0;
		if (hunt.n > 0 && i >= QUICK_LOOKS)
			(void)nanosleep(&pause, NULL);
	}
	return r < 0 ? r : clean == LOOKS ? 0 : -EBUSY;
}

/* What is in the scope of the session is killed by the kernel at one blow, where there is one. */
static void kill_scope(const struct login *login, uid_t uid)
{
	scoped_fd int fd = -1;
	char path[128];

	(void)snprintf(path, sizeof(path),
		       "/sys/fs/cgroup/user.slice/user-%u.slice/session-%u.scope/cgroup.kill",
		       (unsigned)uid, (unsigned)login->session); /* fits */
	fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0)
		(void)!write(fd, "1", 1); /* what is left is seen */
}

static int end_own(const struct login *login, uid_t uid)
{
	const ssize_t n = signal_round(login, uid, SIGHUP, HANGUP_MSEC);

	if (n < 0)
		return (int)n;
	kill_scope(login, uid);
	return hunt_down(login, uid);
}

/* Without a session number of its own, what the leader left behind when it went cannot be told
 * from others: all are held before the first signal, and killed together with it. */
static int end_shared(const struct login *login, uid_t uid)
{
	ssize_t n = 1;

	for (int i = 0; n > 0 && i < ROUNDS; i++)
		n = signal_round(login, uid, SIGKILL, KILL_MSEC);
	if (n < 0)
		return (int)n;
	return n == 0 ? 0 : -EBUSY;
}

int session_end(const struct login *login, uid_t uid, enum session_managed managed)
{
	if (login->leader <= 1) /* of a container: all of it would be its descendants */
		return -EPERM;
	if (managed == SESSION_BY_MANAGER) {
		if (service_kind(login->service) == SERVICE_USER_MANAGER)
			manager_stop_user(uid);
		else if (session_is_own(login, uid))
			manager_end_session(login->session, uid);
	}
	/* Whatever it said: what is left is seen. */
	return session_is_own(login, uid) ? end_own(login, uid) : end_shared(login, uid);
}
