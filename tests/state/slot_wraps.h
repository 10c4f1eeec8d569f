/* SPDX-License-Identifier: MIT */
/*
 * slot_wraps.h - for one test program: stand between the store and the C library.
 *
 * The linker sends the calls here (--wrap); one of them, the nth, or all from then on, can be
 * told to fail, be cut short, or be preceded by something that another process might do.
 */
#ifndef SERENO_TESTS_SLOT_WRAPS_H
#define SERENO_TESTS_SLOT_WRAPS_H

#include <errno.h>
#include <malloc.h>
#include <stdarg.h>
#include <sys/file.h>
#include <time.h>

#include "slot_scene.h"

/* clang-format off */
enum call {
	CALL_OPEN, CALL_OPENAT, CALL_FSTAT, CALL_FSTATAT, CALL_FLOCK, CALL_PREAD, CALL_PWRITE, CALL_FDATASYNC,
	CALL_FSYNC, CALL_FTRUNCATE, CALL_FCHMOD, CALL_MKDIRAT, CALL_RENAMEAT2, CALL_UNLINKAT, CALL_GETRANDOM,
	CALL_MALLOC, CALL_CALLOC, CALLS,
};
static UNUSED const char *const call_names[CALLS] = {
	"open", "openat", "fstat", "fstatat", "flock", "pread", "pwrite", "fdatasync", "fsync", "ftruncate", "fchmod",
	"mkdirat", "renameat2", "unlinkat", "getrandom", "malloc", "calloc",
};
/* clang-format on */

enum manner {
	FAIL_ONCE,
	FAIL_FROM_THEN_ON,
	CUT_SHORT,	     /* half of the bytes, no error */
	CUT_SHORT_THEN_FAIL, /* half of the bytes, and the next such call fails */
};

static struct {
	bool armed;
	enum call call;
	unsigned nth; /* from 1 */
	enum manner manner;
	int error;
	unsigned seen[CALLS];
	char order[64]; /* of writes and syncs, see below */
	unsigned struck;
	void (*before_flock)(void); /* once */
	mode_t foreign;		    /* file type whose owner is shown as a stranger */
	int64_t slept_nsec;	    /* no time passes but this */
	const void *secret;	    /* bytes that nothing released may hold */
	size_t secret_length;
	unsigned secrets_released;
} plan;

static UNUSED void disarm(void)
{
	plan.armed = false;
}

static UNUSED void arm(enum call call, unsigned nth, enum manner manner, int error)
{
	memset(&plan, 0, sizeof(plan));
	plan.call = call;
	plan.nth = nth;
	plan.manner = manner;
	plan.error = error;
	plan.armed = true;
}

/* Note what the order of decides about power cuts: w write, d fdatasync, s fsync, r rename. */
static void note(enum call call)
{
	static const char marks[CALLS] = { [CALL_PWRITE] = 'w',
					   [CALL_FDATASYNC] = 'd',
					   [CALL_FSYNC] = 's',
					   [CALL_RENAMEAT2] = 'r' };
	const size_t length = strlen(plan.order);

	if (marks[call] && length < sizeof(plan.order) - 1)
		plan.order[length] = marks[call];
}

/* Whether this call of @call fails; errno says how. */
static bool strikes(enum call call)
{
	unsigned n;

	if (!plan.armed)
		return false;
	note(call);
	n = ++plan.seen[call];
	if (call != plan.call || n < plan.nth)
		return false;
	if (plan.manner == FAIL_ONCE && n > plan.nth)
		return false;
	if (plan.manner == CUT_SHORT)
		return false;
	if (plan.manner == CUT_SHORT_THEN_FAIL && n != plan.nth + 1)
		return false;
	plan.struck++;
	errno = plan.error;
	return true;
}

/* How many of @length bytes this call of @call, which strikes() has counted, gets. */
static size_t allowed(enum call call, size_t length)
{
	if (!plan.armed || call != plan.call || plan.seen[call] != plan.nth)
		return length;
	if (plan.manner != CUT_SHORT && plan.manner != CUT_SHORT_THEN_FAIL)
		return length;
	if (plan.manner == CUT_SHORT)
		plan.struck++;
	return (length + 1) / 2;
}

/* clang-format off */
#define WRAP(call, failure, type, name, parameters, arguments) \
	type __real_##name parameters; \
	type __wrap_##name parameters; \
	type __wrap_##name parameters \
	{ \
		return strikes(call) ? (failure) : __real_##name arguments; \
	}

WRAP(CALL_FSTATAT, -1, int, fstatat, (int d, const char *n, struct stat *s, int f), (d, n, s, f))
WRAP(CALL_FDATASYNC, -1, int, fdatasync, (int fd), (fd))
WRAP(CALL_FSYNC, -1, int, fsync, (int fd), (fd))
WRAP(CALL_FTRUNCATE, -1, int, ftruncate, (int fd, off_t length), (fd, length))
WRAP(CALL_FCHMOD, -1, int, fchmod, (int fd, mode_t mode), (fd, mode))
WRAP(CALL_MKDIRAT, -1, int, mkdirat, (int d, const char *n, mode_t mode), (d, n, mode))
WRAP(CALL_RENAMEAT2, -1, int, renameat2, (int d, const char *n, int e, const char *m, unsigned f), (d, n, e, m, f))
WRAP(CALL_UNLINKAT, -1, int, unlinkat, (int d, const char *n, int f), (d, n, f))
WRAP(CALL_MALLOC, NULL, void *, malloc, (size_t n), (n))
WRAP(CALL_CALLOC, NULL, void *, calloc, (size_t n, size_t m), (n, m))
/* clang-format on */

int __real_open(const char *name, int flags, ...);
int __wrap_open(const char *name, int flags, ...);
int __wrap_open(const char *name, int flags, ...)
{
	assert_false(flags & O_CREAT); /* the store makes files below a directory it holds */
	return strikes(CALL_OPEN) ? -1 : __real_open(name, flags);
}

int __real_openat(int directory, const char *name, int flags, ...);
int __wrap_openat(int directory, const char *name, int flags, ...);
int __wrap_openat(int directory, const char *name, int flags, ...)
{
	mode_t mode = 0;
	va_list arguments;

	va_start(arguments, flags);
	if (flags & O_CREAT)
		mode = va_arg(arguments, mode_t);
	va_end(arguments);
	return strikes(CALL_OPENAT) ? -1 : __real_openat(directory, name, flags, mode);
}

int __real_fstat(int fd, struct stat *st);
int __wrap_fstat(int fd, struct stat *st);
int __wrap_fstat(int fd, struct stat *st)
{
	const int r = strikes(CALL_FSTAT) ? -1 : __real_fstat(fd, st);

	if (r == 0 && plan.foreign != 0 && (st->st_mode & plan.foreign) == plan.foreign)
		st->st_uid = 4242;
	return r;
}

int __real_flock(int fd, int operation);
int __wrap_flock(int fd, int operation);
int __wrap_flock(int fd, int operation)
{
	void (*before)(void) = take(plan.before_flock, NULL);

	if (before)
		before();
	if (operation != LOCK_UN && strikes(CALL_FLOCK))
		return -1;
	return __real_flock(fd, operation);
}

ssize_t __real_pread(int fd, void *bytes, size_t length, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t length, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t length, off_t offset)
{
	if (strikes(CALL_PREAD))
		return -1;
	return __real_pread(fd, bytes, allowed(CALL_PREAD, length), offset);
}

/* What the fortified C library makes of pread(2) where it knows the buffer's size. */
ssize_t __wrap___pread_chk(int fd, void *bytes, size_t length, off_t offset, size_t size);
ssize_t __wrap___pread_chk(int fd, void *bytes, size_t length, off_t offset, size_t size)
{
	assert_true(length <= size);
	return __wrap_pread(fd, bytes, length, offset);
}

ssize_t __real_pwrite(int fd, const void *bytes, size_t length, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t length, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
	if (strikes(CALL_PWRITE))
		return -1;
	return __real_pwrite(fd, bytes, allowed(CALL_PWRITE, length), offset);
}

ssize_t __real_getrandom(void *bytes, size_t length, unsigned flags);
ssize_t __wrap_getrandom(void *bytes, size_t length, unsigned flags);
ssize_t __wrap_getrandom(void *bytes, size_t length, unsigned flags)
{
	if (strikes(CALL_GETRANDOM))
		return -1;
	return __real_getrandom(bytes, allowed(CALL_GETRANDOM, length), flags);
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	assert_int_equal(clock, CLOCK_MONOTONIC);
	now->tv_sec = plan.slept_nsec / 1000000000;
	now->tv_nsec = plan.slept_nsec % 1000000000;
	return 0;
}

int __wrap_nanosleep(const struct timespec *pause, struct timespec *left);
int __wrap_nanosleep(const struct timespec *pause, struct timespec *left)
{
	(void)left;
	plan.slept_nsec += pause->tv_sec * 1000000000 + pause->tv_nsec;
	return 0;
}

void __real_free(void *owner);
void __wrap_free(void *owner);
void __wrap_free(void *owner)
{
	if (owner && plan.secret &&
	    memmem(owner, malloc_usable_size(owner), plan.secret, plan.secret_length))
		plan.secrets_released++;
	__real_free(owner);
}

#endif
