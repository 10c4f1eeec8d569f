/* SPDX-License-Identifier: MIT */
/*
 * sereno_media_device.c - the program that udev's rules run for each device that comes.
 *
 *   sereno-media-device [--root DIR] usb|block DEVPATH [WORD]
 *
 * WORD is what the kernel's command line has for sereno.media. Of udev's properties, which are its
 * environment, it knows ID_SEAT, DISK_MEDIA_CHANGE and what it said of the device before. It writes
 * lines KEY=VALUE for IMPORT{program}; where it fails, or takes longer than TIME_SEC, udev has no
 * SERENO_MEDIA from it, and the device stays off.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sereno/scoped.h>

#include "block_device.h"
#include "noted.h"
#include "standing.h"
#include "usb_device.h"

#define TIME_SEC   2
#define EXIT_USAGE 2

struct task {
	const char *root, *kind, *path;
	enum standing_boot boot;
};

/* A read from a device may never end, and udev itself waits for three minutes. The default of the
 * signal ends the process; whoever started us may have it ignored or blocked. */
static int limit_time(void)
{
	sigset_t signals;

	if (sigemptyset(&signals) < 0 || sigaddset(&signals, SIGALRM) < 0 ||
	    sigprocmask(SIG_UNBLOCK, &signals, NULL) < 0 || signal(SIGALRM, SIG_DFL) == SIG_ERR)
		return neg_errno();
	(void)alarm(TIME_SEC); /* cannot fail */
	return 0;
}

static int read_arguments(int argc, char *argv[], struct task *ret)
{
	struct task task = { .root = "" };
	int i = 1;

	if (argc > 2 && strcmp(argv[1], "--root") == 0) {
		task.root = argv[2];
		i = 3;
	}
	if (argc - i < 2 || argc - i > 3)
		return -EINVAL;
	task.kind = argv[i];
	task.path = argv[i + 1];
	if (argc - i == 3 && strcmp(argv[i + 2], "on") == 0)
		task.boot = STANDING_BOOT_CLOSED;
	*ret = task;
	return task.path[0] == '/' ? 0 : -EINVAL;
}

static int run(const struct task *task)
{
	scoped(standing_close) struct standing standing;
	int r;

	standing_open(task->root, secure_getenv("ID_SEAT"), task->boot, &standing);
	if (strcmp(task->kind, "usb") == 0)
		r = usb_device_decide(&standing, task->boot, task->path, stdout);
	else if (strcmp(task->kind, "block") == 0)
		r = block_device_decide(&standing, task->path, stdout);
	else
		return -EINVAL;
	if (fflush(stdout) != 0 || ferror(stdout))
		r = neg_errno();
	if (r < 0 && r != -ENODEV)
		noted_failed(&standing, task->path, "it was not decided", r);
	noted_policy(&standing);
	return r;
}

int main(int argc, char *argv[])
{
	struct task task;
	int r;

	r = read_arguments(argc, argv, &task);
	if (r == 0)
		r = limit_time();
	if (r == 0)
		r = run(&task);
	if (r == -EINVAL)
		fprintf(stderr,
			"usage: sereno-media-device [--root DIR] usb|block DEVPATH [WORD]\n");
	return r == -EINVAL ? EXIT_USAGE : r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
