/* SPDX-License-Identifier: MIT */
/*
 * media_helper.c - how long udev waits for its program, from fork(2) to what it wrote: media_helper
 * ROUNDS HELPER ROOT DEVPATH. Beside it the least that a program takes, /bin/true.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "figure.h"

#define TARGET_MSEC 5.0

extern char **environ;

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(2);
}

static void write_authorized(const char *path, const char *text)
{
	const int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(path);
	(void)close(fd);
}

static char read_authorized(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	char byte = '?';

	if (fd < 0 || read(fd, &byte, 1) != 1)
		die(path);
	(void)close(fd);
	return byte;
}

/* Milliseconds. */
static double run(const char *const *words)
{
	const double start = figure_now_us();
	posix_spawn_file_actions_t actions;
	int status;
	pid_t pid;

	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	errno = posix_spawn(&pid, words[0], &actions, NULL, (char *const *)(uintptr_t)words,
			    environ);
	if (errno != 0 || waitpid(pid, &status, 0) < 0)
		die(words[0]);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (status != 0) {
		fprintf(stderr, "%s: status %d\n", words[0], status);
		exit(2);
	}
	return (figure_now_us() - start) / 1000;
}

int main(int argc, char *argv[])
{
	const char *const nothing[] = { "/bin/true", NULL };
	size_t rounds = argc == 5 ? strtoul(argv[1], NULL, 10) : 0;
	double *ours, *least;
	char authorized[PATH_MAX];
	bool met;

	if (rounds == 0) {
		fprintf(stderr, "media_helper ROUNDS HELPER ROOT DEVPATH\n");
		return 2;
	}
	ours = calloc(rounds, sizeof(*ours));
	least = calloc(rounds, sizeof(*least));
	if (!ours || !least)
		die("memory");
	(void)snprintf(authorized, sizeof(authorized), "%s/sys%s/authorized", argv[3], argv[4]);
	for (size_t i = 0; i < rounds; i++) {
		const char *const words[] = { argv[2], "--root", argv[3], "usb", argv[4], NULL };

		write_authorized(authorized, "0");
		ours[i] = run(words);
		if (read_authorized(authorized) != '1')
			die("it was not let in");
		least[i] = run(nothing);
	}
	met = figure_print("exec-to-authorized-median", figure_median(ours, rounds), "ms",
			   TARGET_MSEC);
	/* of the machine more than of us: the least has its own */
	figure_beside("exec-to-authorized-p99", ours[rounds * 99 / 100], "ms");
	figure_beside("bin-true-median", figure_median(least, rounds), "ms");
	figure_beside("bin-true-p99", least[rounds * 99 / 100], "ms");
	return met ? 0 : 1;
}
