/* SPDX-License-Identifier: MIT */
/* release.c - sync, unmount, close, put out: in this order, and each told. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sereno/scoped.h>

#include "blocks.h"
#include "maps.h"
#include "mounts.h"
#include "release.h"
#include "told.h"

#define TEAR_SEC 10

enum release_force { FORCE_NOT, FORCE_DETACH };

/* A part of the work: 0 or a negative errno. */
typedef int release_part(const struct release *release);

/* One try. What is on the device is looked for anew each time: who uses it may have mounted more.
 */
static int try_once(const struct release *release, enum release_force force)
{
	scoped(blocks_clear) struct blocks blocks = { 0 };
	scoped(mounts_clear) struct mounts mounts = { 0 };
	int r = blocks_find(release->root, release->candidate->directory, &blocks);
	int closed;

	if (r == 0)
		r = mounts_find(&blocks, &mounts);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	mounts_sync(&mounts);
	r = mounts_release(&mounts, force == FORCE_NOT ? MOUNTS_IF_IDLE : MOUNTS_DETACH);
	closed = maps_close(&blocks, force == FORCE_NOT ? MAPS_IF_IDLE : MAPS_DEFERRED);
	return r < 0 ? r : closed;
}

/* Returns 0, or -EBUSY: it had to be torn away. */
static int let_go(const struct release *release)
{
	char text[TOLD_DEVICE_SIZE];
	int r = try_once(release, FORCE_NOT);

	told_device(release->candidate, text);
	if (r < 0 && release->grace_sec > 0)
		told_leaving(release->root, text, release->user, release->grace_sec);
	for (unsigned i = 0; r < 0 && i < release->grace_sec; i++) {
		(void)sleep(1);
		r = try_once(release, FORCE_NOT);
	}
	if (r == 0)
		return 0;
	if (try_once(release, FORCE_DETACH) < 0)
		sync(); /* whatever could not be found out */
	return -EBUSY;
}

static int tear(const struct release *release)
{
	return try_once(release, FORCE_DETACH);
}

/* Returns its end's 0 or -EBUSY, or -ETIMEDOUT. */
static int wait_for(pid_t child, unsigned sec)
{
	scoped_fd int fd = pidfd_open(child, 0);
	struct pollfd ended = { .fd = fd, .events = POLLIN };
	int status;

	if (fd >= 0 && poll(&ended, 1, (int)sec * 1000) <= 0) {
		(void)kill(child, SIGKILL); /* which it may be too deep in the kernel to hear */
		return -ETIMEDOUT;
	}
	if (waitpid(child, &status, 0) != child)
		return -EBUSY;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EBUSY;
}

/* The medium decides how long writing takes, and whether it ends; not how long it is waited for. */
static int within(unsigned sec, release_part *part, const struct release *release)
{
	const pid_t self = getpid();
	const pid_t child = fork();

	if (child < 0)
		return part(release);
	if (child > 0)
		return wait_for(child, sec);
	/* called off with us */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != self)
		_exit(1);
	_exit(part(release) < 0 ? 1 : 0);
}

static int write_uevent(int directory, const char *action)
{
	scoped_fd int fd = openat(directory, "uevent", O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return neg_errno();
	return write(fd, action, strlen(action)) < 0 ? neg_errno() : 0;
}

static int ask_for_block(const char *root, const char *name)
{
	scoped_free char *path = NULL;
	scoped_fd int directory = -1;

	if (asprintf(&path, "%s/sys/class/block/%s", root, name) < 0)
		return -ENOMEM;
	directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return directory < 0 ? neg_errno() : write_uevent(directory, "change");
}

/* The device's own event first: those of its disks take over what it was given, and udev keeps
 * them in this order. */
int release_ask_again(const char *root, const struct candidate *candidate)
{
	scoped(blocks_clear) struct blocks blocks = { 0 };
	int r = candidate->device ? write_uevent(candidate->device->fd, "add") : 0;

	if (r == 0)
		r = blocks_find(root, candidate->directory, &blocks);
	for (size_t i = 0; r == 0 && i < blocks.n; i++)
		r = ask_for_block(root, blocks.item[i].name);
	return r == -ENOENT ? 0 : r; /* a device without disks, or gone */
}

/* What stays in, for less, is told by whoever decides about it again. */
static void tell_end(const struct release *release, const char *text, int torn)
{
	if (torn < 0)
		told_removed(release->root, text, release->user, "forced");
	else if (release->end != RELEASE_AGAIN)
		told_removed(release->root, text, release->user, release->reason);
}

int release_run(const struct release *release)
{
	const struct candidate *candidate = release->candidate;
	const int torn = within(release->grace_sec + release->limit_sec, let_go, release);
	char text[TOLD_DEVICE_SIZE];
	int r = 0;

	told_device(candidate, text);
	if (release->end != RELEASE_AGAIN && candidate->device)
		r = device_authorize(candidate->device, DEVICE_OFF);
	if (r == -ENODEV) /* pulled out, meanwhile */
		return 0;
	if (r < 0) {
		told_failed(release->root, text, "it could not be put out", r);
		return r;
	}
	if (torn == -ETIMEDOUT) /* what it was stuck in has failed by now */
		(void)within(release->limit_sec < TEAR_SEC ? release->limit_sec : TEAR_SEC, tear,
			     release);
	tell_end(release, text, torn);
	if (release->end == RELEASE_OFF && candidate->device)
		return 0;
	return release_ask_again(release->root, candidate);
}
