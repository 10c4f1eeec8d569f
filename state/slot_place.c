/* SPDX-License-Identifier: MIT */
/* slot_place.c - where records lie: directories to be trusted, files that appear whole, locks. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <sereno/scoped.h>

#include "slot_place.h"

/* O_NONBLOCK: a FIFO put there must not hold a login. */
#define FILE_FLAGS	(O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK)
#define DIRECTORY_FLAGS (O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_DIRECTORY)
#define LOCK_PAUSE_NSEC 500000

static bool owner_is_trusted(uid_t uid)
{
	return uid == 0 || uid == geteuid();
}

static int check_directory(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return neg_errno();
	if (!S_ISDIR(st.st_mode) || !owner_is_trusted(st.st_uid) || (st.st_mode & 022) != 0)
		return -EPERM;
	return 0;
}

/* Make a directory that is still there after a power cut. The mode is set again because the umask
 * belongs to the program we are in. */
static int make_directory(int parent, const char *name, mode_t mode)
{
	scoped_fd int fd = -1;

	if (mkdirat(parent, name, mode) < 0)
		return errno == EEXIST ? 0 : neg_errno();
	fd = openat(parent, name, DIRECTORY_FLAGS);
	if (fd < 0 || fchmod(fd, mode) < 0 || fsync(fd) < 0 || fsync(parent) < 0)
		return neg_errno();
	return 0;
}

/* Where the name is taken by something that is no directory, or a link, somebody put it there. */
static int open_failure(void)
{
	const int r = neg_errno();

	return r == -ENOTDIR || r == -ELOOP || r == -EISDIR || r == -ENXIO ? -EPERM : r;
}

static int open_directory(int parent, const char *name, int *ret_fd)
{
	scoped_fd int fd = openat(parent, name, DIRECTORY_FLAGS);
	int r;

	if (fd < 0)
		return open_failure();
	r = check_directory(fd);
	if (r < 0)
		return r;
	*ret_fd = take(fd, -1);
	return 0;
}

/* The directories above ours are the system's and may be links; on a host they are there. */
static int make_state(const char *root)
{
	static const char *const names[] = { "var", "lib", "sereno" };
	scoped_fd int parent = open(*root ? root : "/", O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	int next, r;

	if (parent < 0)
		return neg_errno();
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		r = make_directory(parent, names[i], 0755);
		if (r < 0)
			return r;
		next = openat(parent, names[i], O_RDONLY | O_CLOEXEC | O_DIRECTORY);
		if (next < 0)
			return neg_errno();
		close_p(&parent);
		parent = next;
	}
	return 0;
}

int slot_place_state(const char *root, enum slot_missing missing, int *ret_fd)
{
	scoped_free char *path = NULL;
	int r;

	if (asprintf(&path, "%s/var/lib/sereno", root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	r = open_directory(AT_FDCWD, path, ret_fd);
	if (r != -ENOENT || missing == SLOT_MUST_EXIST)
		return r;
	r = make_state(root);
	if (r < 0)
		return r;
	return open_directory(AT_FDCWD, path, ret_fd);
}

int slot_place_kind(int state, const char *name, enum slot_missing missing, int *ret_fd)
{
	int r = open_directory(state, name, ret_fd);

	if (r != -ENOENT || missing == SLOT_MUST_EXIST)
		return r;
	r = make_directory(state, name, 0700);
	if (r < 0)
		return r;
	return open_directory(state, name, ret_fd);
}

static int64_t monotonic_msec(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail on Linux */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits by asking again: a blocking flock(2) could only be cut short by a signal, and signals
 * belong to the program we are in. */
static int lock_until(int fd, int64_t deadline)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_NSEC };

	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return neg_errno();
		if (monotonic_msec() >= deadline)
			return -EBUSY;
		(void)nanosleep(&pause, NULL); /* woken early, we ask early */
	}
	return 0;
}

/* Returns 0, or -ESTALE when @name no longer means the file we hold. */
static int check_current(int directory, const char *name, int fd)
{
	struct stat held, named;

	if (fstat(fd, &held) < 0)
		return neg_errno();
	if (fstatat(directory, name, &named, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? -ESTALE : neg_errno();
	return held.st_dev == named.st_dev && held.st_ino == named.st_ino ? 0 : -ESTALE;
}

static int open_locked(int directory, const char *name, int flags, int64_t deadline, int *ret_fd)
{
	scoped_fd int fd = openat(directory, name, FILE_FLAGS | flags, 0600);
	int r;

	if (fd < 0)
		return open_failure();
	r = lock_until(fd, deadline);
	if (r < 0)
		return r;
	r = check_current(directory, name, fd);
	if (r < 0)
		return r;
	*ret_fd = take(fd, -1);
	return 0;
}

static int lock_named(int directory, const char *name, int flags, int *ret_fd)
{
	const int64_t deadline = monotonic_msec() + SLOT_LOCK_MSEC;
	int r;

	do {
		r = open_locked(directory, name, flags, deadline, ret_fd);
	} while (r == -ESTALE && monotonic_msec() < deadline);
	return r == -ESTALE ? -EBUSY : r;
}

int slot_place_lock(int directory, const char *name, int *ret_fd)
{
	return lock_named(directory, name, 0, ret_fd);
}

void slot_place_unlock(int *fd)
{
	if (*fd >= 0)
		(void)flock(*fd, LOCK_UN); /* closing does the same unless somebody forked */
	close_p(fd);
	*fd = -1;
}

int slot_place_remove(int directory, const char *name)
{
	scoped(slot_place_unlock) int fd = -1;
	int r = lock_named(directory, name, 0, &fd);

	if (r == -ENOENT || r == -EBUSY)
		return r; /* else it is no file to be locked, and goes as it is */
	if (unlinkat(directory, name, 0) < 0 || fsync(directory) < 0)
		return neg_errno();
	return 0;
}

static int check_plain(int directory, int fd, struct stat *ret_st)
{
	struct stat st, above;

	if (fstat(fd, &st) < 0 || fstat(directory, &above) < 0)
		return neg_errno();
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
		return -EPERM;
	if (!owner_is_trusted(st.st_uid) || st.st_uid != above.st_uid)
		return -EPERM;
	*ret_st = st;
	return 0;
}

int slot_place_check(int directory, int fd, mode_t mode, size_t size)
{
	struct stat st = { 0 };
	int r = check_plain(directory, fd, &st);

	if (r < 0)
		return r;
	if ((st.st_mode & 07777) != mode)
		return -EPERM;
	return st.st_size == (off_t)size ? 0 : -EBADMSG;
}

/* Writing allocates, fsync(2) makes the allocation last: no later write needs a new block. */
static int fill(int directory, int fd, mode_t mode, const uint8_t *bytes, size_t length)
{
	struct stat st = { 0 };
	int r = check_plain(directory, fd, &st);

	if (r < 0)
		return r;
	if (ftruncate(fd, 0) < 0)
		return neg_errno();
	r = slot_place_write(fd, bytes, length, 0);
	if (r < 0)
		return r;
	if (fchmod(fd, mode) < 0 || fsync(fd) < 0)
		return neg_errno();
	return 0;
}

/* One fixed name, locked while it is filled: two makers wait for each other, and what a killed
 * one left is used again instead of piling up. */
int slot_place_claim(int directory, const char *name, struct slot_claim *claim)
{
	const int n = snprintf(claim->name, sizeof(claim->name), "%s.new", name);

	if (n < 0 || (size_t)n >= sizeof(claim->name))
		return -ENAMETOOLONG;
	claim->directory = directory;
	return lock_named(directory, claim->name, O_CREAT, &claim->fd);
}

int slot_place_fill(struct slot_claim *claim, mode_t mode, const uint8_t *bytes, size_t length)
{
	char name[SLOT_CLAIM_MAX];
	int r = fill(claim->directory, claim->fd, mode, bytes, length);

	if (r < 0)
		return r;
	memcpy(name, claim->name, sizeof(name));
	name[strlen(name) - strlen(".new")] = '\0';
	if (renameat2(claim->directory, claim->name, claim->directory, name, RENAME_NOREPLACE) < 0)
		return neg_errno();
	r = fsync(claim->directory) < 0 ? neg_errno() : 0;
	slot_place_unlock(&claim->fd); /* it bears another name: nothing is left to take away */
	return r;
}

void slot_place_disclaim(struct slot_claim *claim)
{
	if (claim->fd < 0)
		return;
	(void)unlinkat(claim->directory, claim->name, 0); /* the next maker would overwrite it */
	slot_place_unlock(&claim->fd);
}

int slot_place_publish(int directory, const char *name, mode_t mode, const uint8_t *bytes,
		       size_t length)
{
	scoped(slot_place_disclaim) struct slot_claim claim = { .fd = -1 };
	int r = slot_place_claim(directory, name, &claim);

	if (r < 0)
		return r;
	return slot_place_fill(&claim, mode, bytes, length);
}

int slot_place_read(int fd, uint8_t *bytes, size_t length, off_t offset)
{
	ssize_t n;

	while (length > 0) {
		n = pread(fd, bytes, length, offset);
		if (n == 0)
			return -EBADMSG;
		if (n < 0 && errno != EINTR)
			return neg_errno();
		if (n < 0)
			continue;
		bytes += n;
		length -= (size_t)n;
		offset += n;
	}
	return 0;
}

int slot_place_write(int fd, const uint8_t *bytes, size_t length, off_t offset)
{
	ssize_t n;

	while (length > 0) {
		n = pwrite(fd, bytes, length, offset);
		if (n == 0)
			return -EIO; /* a file takes at least a byte or says why not */
		if (n < 0 && errno != EINTR)
			return neg_errno();
		if (n < 0)
			continue;
		bytes += n;
		length -= (size_t)n;
		offset += n;
	}
	return 0;
}

bool slot_caller_may(const char *root)
{
	struct stat st;

	if (geteuid() == 0)
		return true;
	return root[0] && stat(root, &st) == 0 && st.st_uid == geteuid();
}
