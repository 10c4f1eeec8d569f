/* SPDX-License-Identifier: MIT */
/* manager.c - logind and systemd, asked to end what they started. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <sereno/scoped.h>

#include "manager.h"

#define PATIENCE_MSEC 10000
#define WORD_SIZE     64

/* Run @words, an absolute path first, with nothing of our surroundings. */
static void run(const char *const *words)
{
	static const char *const environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C",
						   NULL };
	struct pollfd polled = { .events = POLLIN };
	posix_spawn_file_actions_t actions;
	pid_t child;
	int r;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return;
	r = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDWR, 0);
	for (int fd = STDOUT_FILENO; r == 0 && fd <= STDERR_FILENO; fd++)
		r = posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, fd);
	if (r == 0)
		r = posix_spawn(&child, words[0], &actions, NULL, (char *const *)(uintptr_t)words,
				(char *const *)(uintptr_t)environment);
	(void)posix_spawn_file_actions_destroy(&actions); /* always 0 in glibc */
	if (r != 0)
		return;
	polled.fd = (int)syscall(SYS_pidfd_open, child, 0);
	if (polled.fd < 0 || poll(&polled, 1, PATIENCE_MSEC) <= 0)
		(void)kill(child, SIGKILL); /* ours, and not waited for: the number is still its */
	close_p(&polled.fd);
	(void)waitpid(child, NULL, 0);
}

/* logind's file of the session has a line "UID=NUMBER". */
static bool logind_has(uint32_t session, uid_t uid)
{
	scoped_file FILE *stream = NULL;
	scoped_free char *line = NULL;
	char path[WORD_SIZE], wanted[WORD_SIZE];
	size_t size = 0;

	(void)snprintf(path, sizeof(path), "/run/systemd/sessions/%u", session); /* they fit */
	(void)snprintf(wanted, sizeof(wanted), "UID=%u\n", (unsigned)uid);
	stream = fopen(path, "re");
	while (stream && getline(&line, &size, stream) >= 0)
		if (strcmp(line, wanted) == 0)
			return true;
	return false;
}

void manager_end_session(uint32_t session, uid_t uid)
{
	char number[WORD_SIZE];
	const char *const words[] = { "/usr/bin/loginctl", "terminate-session", number, NULL };

	(void)snprintf(number, sizeof(number), "%u", session); /* fits */
	if (logind_has(session, uid))
		run(words);
}

void manager_stop_user(uid_t uid)
{
	char unit[WORD_SIZE];
	const char *const words[] = { "/usr/bin/systemctl", "stop", unit, NULL };

	(void)snprintf(unit, sizeof(unit), "user@%u.service", (unsigned)uid); /* fits */
	if (access("/run/systemd/system", F_OK) == 0)
		run(words);
}
