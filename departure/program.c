/* SPDX-License-Identifier: MIT */
/* program.c - running one program of the system, and waiting for it, but not for ever. */
#include "program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include <sereno/scoped.h>

static int64_t now_msec(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum complaints { COMPLAINTS_HEARD, COMPLAINTS_LOST };

static int add_output(posix_spawn_file_actions_t *actions, int out, enum complaints complaints)
{
	const int r = posix_spawn_file_actions_adddup2(actions, out, 1);

	if (r != 0)
		return r;
	return complaints == COMPLAINTS_HEARD
		       ? posix_spawn_file_actions_adddup2(actions, out, 2)
		       : posix_spawn_file_actions_addopen(actions, 2, "/dev/null", O_WRONLY, 0);
}

static int spawn(const char *const *argv, int out, enum complaints complaints, pid_t *ret)
{
	static const char *const environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C",
						   NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int r;

	(void)sigemptyset(&none);
	if (posix_spawn_file_actions_init(&actions) != 0)
		return -ENOMEM;
	if (posix_spawnattr_init(&attributes) != 0) {
		(void)posix_spawn_file_actions_destroy(&actions);
		return -ENOMEM;
	}
	r = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	if (r == 0)
		r = add_output(&actions, out, complaints);
	if (r == 0)
		r = posix_spawnattr_setsigmask(&attributes, &none);
	if (r == 0)
		r = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	if (r == 0)
		r = posix_spawn(ret, argv[0], &actions, &attributes, (char *const *)(uintptr_t)argv,
				(char *const *)(uintptr_t)environment);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)posix_spawnattr_destroy(&attributes);
	return -r;
}

/* What is made of what it says. */
struct hearing {
	size_t total;
	char *said; /* the beginning alone, PROGRAM_SAID_MAX bytes; or NULL */
	size_t kept;
	program_line *each; /* or NULL */
	void *context;
	bool too_long;
	size_t length;
	char line[PROGRAM_LINE_MAX + 1];
};

static void hear_byte(struct hearing *hearing, char byte)
{
	if (hearing->said && hearing->kept < PROGRAM_SAID_MAX - 1)
		hearing->said[hearing->kept++] = byte;
	if (!hearing->each)
		return;
	if (byte == '\n') {
		hearing->line[hearing->length] = '\0';
		if (!hearing->too_long)
			hearing->each(hearing->context, hearing->line);
		hearing->length = 0;
		hearing->too_long = false;
	} else if (hearing->length < PROGRAM_LINE_MAX) {
		hearing->line[hearing->length++] = byte;
	} else {
		hearing->too_long = true;
	}
}

/* Until it closes its output. */
static int listen_to(int in, struct hearing *hearing)
{
	const int64_t end = now_msec() + PROGRAM_TIME_SEC * 1000;
	struct pollfd waiting = { .fd = in, .events = POLLIN };
	char buffer[4096];
	ssize_t n = 1;

	while (n > 0) {
		const int64_t left = end - now_msec();

		if (left <= 0)
			return -ETIMEDOUT;
		if (poll(&waiting, 1, (int)left) <= 0)
			continue;
		n = read(in, buffer, sizeof(buffer));
		if (n < 0 && errno == EINTR)
			n = 1;
		for (ssize_t i = 0; i < n; i++)
			hear_byte(hearing, buffer[i]);
		hearing->total += n > 0 ? (size_t)n : 0;
		if (hearing->total > PROGRAM_TOTAL_MAX)
			return -EFBIG;
	}
	return 0;
}

/* @kept_back: the caller gives up on it. */
static int wait_for(pid_t pid, int heard)
{
	int status = 0;

	if (heard < 0)
		(void)kill(pid, SIGKILL); /* our child, not yet waited for: nobody else's number */
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return neg_errno();
	if (heard < 0)
		return heard;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -ECHILD;
}

static int run(const char *const *argv, enum complaints complaints, struct hearing *hearing)
{
	scoped_fd int in = -1;
	scoped_fd int out = -1;
	int ends[2];
	pid_t pid;
	int r;

	if (access(argv[0], X_OK) < 0)
		return neg_errno();
	if (pipe2(ends, O_CLOEXEC) < 0)
		return neg_errno();
	in = ends[0];
	out = ends[1];
	r = spawn(argv, out, complaints, &pid);
	if (r < 0)
		return r;
	(void)close(take(out, -1));
	return wait_for(pid, listen_to(in, hearing));
}

int program_run(const char *const *argv, char said[static PROGRAM_SAID_MAX])
{
	scoped_free struct hearing *hearing = calloc(1, sizeof(*hearing));
	int r;

	said[0] = '\0';
	if (!hearing)
		return -ENOMEM;
	hearing->said = said;
	r = run(argv, COMPLAINTS_HEARD, hearing);
	said[hearing->kept] = '\0';
	said[strcspn(said, "\n")] = '\0';
	return r;
}

int program_read(const char *const *argv, program_line *each, void *context)
{
	scoped_free struct hearing *hearing = calloc(1, sizeof(*hearing));

	if (!hearing)
		return -ENOMEM;
	hearing->each = each;
	hearing->context = context;
	return run(argv, COMPLAINTS_LOST, hearing);
}
