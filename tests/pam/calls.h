/* SPDX-License-Identifier: MIT */
/*
 * calls.h - for test programs of modules: stand between a module and the C library.
 *
 * The linker exports what is defined here (-rdynamic), so that the module, libpam and every library
 * they load call it. One call, the nth or all from then on, can be told to fail; the clocks can be
 * moved; and nobody waits. Included by one file of a program.
 */
#ifndef TESTS_PAM_CALLS_H
#define TESTS_PAM_CALLS_H

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define CALLS_OWN_MALLOC 0
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define CALLS_OWN_MALLOC 0
#endif
#ifndef CALLS_OWN_MALLOC
#define CALLS_OWN_MALLOC 1 /* else the sanitizer's stands there */
#endif

struct crypt_data;

/* Name, type, what it says when it fails, parameters, arguments. open and openat are declared with
 * a mode, which they ignore where there is none. */
/* clang-format off */
#define CALLS(X) \
	X(open, int, -1, (const char *n, int f, mode_t m), (n, f, m)) \
	X(openat, int, -1, (int d, const char *n, int f, mode_t m), (d, n, f, m)) \
	X(fstatat, int, -1, (int d, const char *n, struct stat *s, int f), (d, n, s, f)) \
	X(lstat, int, -1, (const char *n, struct stat *s), (n, s)) \
	X(flock, int, -1, (int fd, int o), (fd, o)) \
	X(fcntl, int, -1, (int fd, int c, void *a), (fd, c, a)) \
	X(read, ssize_t, -1, (int fd, void *b, size_t n), (fd, b, n)) \
	X(__read_chk, ssize_t, -1, (int fd, void *b, size_t n, size_t s), (fd, b, n, s)) \
	X(pread, ssize_t, -1, (int fd, void *b, size_t n, off_t o), (fd, b, n, o)) \
	X(__pread_chk, ssize_t, -1, (int fd, void *b, size_t n, off_t o, size_t s), (fd, b, n, o, s)) \
	X(write, ssize_t, -1, (int fd, const void *b, size_t n), (fd, b, n)) \
	X(pwrite, ssize_t, -1, (int fd, const void *b, size_t n, off_t o), (fd, b, n, o)) \
	X(ftruncate, int, -1, (int fd, off_t n), (fd, n)) \
	X(posix_fallocate, int, errno, (int fd, off_t o, off_t n), (fd, o, n)) \
	X(fchmod, int, -1, (int fd, mode_t m), (fd, m)) \
	X(mkdir, int, -1, (const char *n, mode_t m), (n, m)) \
	X(mkdirat, int, -1, (int d, const char *n, mode_t m), (d, n, m)) \
	X(renameat, int, -1, (int d, const char *n, int e, const char *m), (d, n, e, m)) \
	X(renameat2, int, -1, (int d, const char *n, int e, const char *m, unsigned f), (d, n, e, m, f)) \
	X(unlinkat, int, -1, (int d, const char *n, int f), (d, n, f)) \
	X(fdopendir, DIR *, NULL, (int fd), (fd)) \
	X(readdir, struct dirent *, NULL, (DIR *d), (d)) \
	X(setsockopt, int, -1, (int fd, int l, int o, const void *v, socklen_t n), (fd, l, o, v, n)) \
	X(sendto, ssize_t, -1, (int fd, const void *b, size_t n, int f, const struct sockaddr *a, socklen_t l), (fd, b, n, f, a, l)) \
	X(uname, int, -1, (struct utsname *u), (u)) \
	X(getrandom, ssize_t, -1, (void *b, size_t n, unsigned f), (b, n, f)) \
	X(getpwuid_r, int, errno, (uid_t u, struct passwd *p, char *b, size_t s, struct passwd **r), (u, p, b, s, r)) \
	X(getgrouplist, int, -1, (const char *n, gid_t g, gid_t *l, int *s), (n, g, l, s)) \
	X(EVP_CIPHER_CTX_new, EVP_CIPHER_CTX *, NULL, (void), ()) \
	X(EVP_CIPHER_CTX_ctrl, int, 0, (EVP_CIPHER_CTX *c, int t, int a, void *p), (c, t, a, p)) \
	X(EVP_EncryptInit_ex, int, 0, (EVP_CIPHER_CTX *c, const EVP_CIPHER *t, ENGINE *e, const unsigned char *k, const unsigned char *i), (c, t, e, k, i)) \
	X(EVP_EncryptUpdate, int, 0, (EVP_CIPHER_CTX *c, unsigned char *o, int *l, const unsigned char *i, int n), (c, o, l, i, n)) \
	X(EVP_EncryptFinal_ex, int, 0, (EVP_CIPHER_CTX *c, unsigned char *o, int *l), (c, o, l)) \
	X(EVP_DecryptInit_ex, int, 0, (EVP_CIPHER_CTX *c, const EVP_CIPHER *t, ENGINE *e, const unsigned char *k, const unsigned char *i), (c, t, e, k, i)) \
	X(EVP_DecryptUpdate, int, 0, (EVP_CIPHER_CTX *c, unsigned char *o, int *l, const unsigned char *i, int n), (c, o, l, i, n)) \
	X(EVP_DecryptFinal_ex, int, 0, (EVP_CIPHER_CTX *c, unsigned char *o, int *l), (c, o, l)) \
	X(EVP_Digest, int, 0, (const void *d, size_t n, unsigned char *m, unsigned *s, const EVP_MD *t, ENGINE *e), (d, n, m, s, t, e)) \
	X(oath_totp_generate2, int, -1, (const char *k, size_t l, time_t n, unsigned p, time_t s, unsigned d, int f, char *o), (k, l, n, p, s, d, f, o)) \
	X(crypt_r, char *, NULL, (const char *p, const char *s, struct crypt_data *d), (p, s, d)) \
	X(crypt_gensalt_rn, char *, NULL, (const char *p, unsigned long c, const char *r, int n, char *o, int s), (p, c, r, n, o, s))
#define ALLOCATIONS(X) \
	X(malloc, void *, NULL, (size_t n), (n)) \
	X(calloc, void *, NULL, (size_t n, size_t s), (n, s)) \
	X(realloc, void *, NULL, (void *p, size_t n), (p, n)) \
	X(reallocarray, void *, NULL, (void *p, size_t n, size_t s), (p, n, s))
/* clang-format on */

/* clang-format off */
#define CALL_NUMBER(name, ...) CALL_##name,
#define CALL_NAME(name, ...)   #name,
enum call { CALLS(CALL_NUMBER) CALL_fstat, CALL_fdatasync, CALL_fsync, CALL_socket, CALL_getpwnam_r, ALLOCATIONS(CALL_NUMBER) CALLS_ALL };
static const char *const call_names[CALLS_ALL] __attribute__((unused)) = { CALLS(CALL_NAME) "fstat", "fdatasync", "fsync", "socket", "getpwnam_r", ALLOCATIONS(CALL_NAME) };
/* clang-format on */

enum manner { FAIL_ONCE, FAIL_FROM_THEN_ON };

static struct {
	bool armed;
	enum call call;
	enum manner manner;
	unsigned nth; /* from 1; 0: none fails, the calls are counted */
	int error;
	unsigned seen[CALLS_ALL];
	bool struck;
	uid_t raised;	   /* what is added to the uids of names */
	char *home;	   /* everybody's; NULL: their own */
	ino_t foreign;	   /* the file that a stranger owns */
	int64_t moved_sec; /* by how much all clocks but the monotonic one are ahead */
	int64_t wall;	   /* where the wall clock stands still; 0: it goes */
} calls;

static inline void calls_arm(enum call call, unsigned nth, enum manner manner, int error)
{
	memset(calls.seen, 0, sizeof(calls.seen));
	calls.call = call;
	calls.nth = nth;
	calls.manner = manner;
	calls.error = error;
	calls.struck = false;
	calls.armed = true;
}

static inline void calls_disarm(void)
{
	calls.armed = false;
}

static inline bool call_strikes(enum call call)
{
	unsigned n;

	if (!calls.armed)
		return false;
	n = ++calls.seen[call];
	if (call != calls.call || calls.nth == 0 || n < calls.nth)
		return false;
	if (calls.manner == FAIL_ONCE && n > calls.nth)
		return false;
	calls.struck = true;
	errno = calls.error;
	return true;
}

/* Have @module stay in memory: libpam would load it anew for each handle. Hosts are in memory, too,
 * where nobody else's files are waited for. */
static inline bool calls_keep(const char *module)
{
	const char *build = getenv("O");
	char path[512];

	if (access("/dev/shm", W_OK) == 0 && setenv("TMPDIR", "/dev/shm", 0) < 0)
		return false;

	(void)snprintf(path, sizeof(path), "%s/%s.so", build ? build : "build", module);
	return dlopen(path, RTLD_NOW) != NULL;
}

/* What stands behind the one that is defined here. */
static inline void call_find(const char *name, void *pointer)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (!found) {
		(void)fprintf(stderr, "no %s\n", name);
		abort();
	}
	memcpy(pointer, &found, sizeof(found));
}

/* The assembler's name, since the C library's headers have inline functions of the other. */
#define STAND(name, type, parameters)                                                             \
	type stand_##name parameters __asm__(#name) __attribute__((visibility("default"), used)); \
	type stand_##name parameters

#define CALL_STANDS(name, type, failure, parameters, arguments) \
	STAND(name, type, parameters)                           \
	{                                                       \
		static type(*behind) parameters;                \
                                                                \
		if (!behind)                                    \
			call_find(#name, &behind);              \
		if (call_strikes(CALL_##name))                  \
			return failure;                         \
		return behind arguments;                        \
	}

/* clang-format off */
CALLS(CALL_STANDS)
/* clang-format on */

STAND(fstat, int, (int fd, struct stat *st))
{
	static int (*behind)(int, struct stat *);
	int r;

	if (!behind)
		call_find("fstat", &behind);
	if (call_strikes(CALL_fstat))
		return -1;
	r = behind(fd, st);
	if (r == 0 && calls.foreign && st->st_ino == calls.foreign)
		st->st_uid = 4242;
	return r;
}

/* Nobody pulls the plug: to fail is all that a sync has to do. */
STAND(fdatasync, int, (int fd))
{
	(void)fd;
	return call_strikes(CALL_fdatasync) ? -1 : 0;
}

STAND(fsync, int, (int fd))
{
	(void)fd;
	return call_strikes(CALL_fsync) ? -1 : 0;
}

/* The kernel's audit, which libpam writes to, is the host's. */
STAND(socket, int, (int domain, int type, int protocol))
{
	static int (*behind)(int, int, int);

	if (!behind)
		call_find("socket", &behind);
	if (call_strikes(CALL_socket))
		return -1;
	if (domain == AF_NETLINK) {
		errno = EPROTONOSUPPORT;
		return -1;
	}
	return behind(domain, type, protocol);
}

STAND(getpwnam_r, int,
      (const char *name, struct passwd *entry, char *buffer, size_t size, struct passwd **ret))
{
	static int (*behind)(const char *, struct passwd *, char *, size_t, struct passwd **);
	int r;

	if (!behind)
		call_find("getpwnam_r", &behind);
	if (call_strikes(CALL_getpwnam_r))
		return errno;
	r = behind(name, entry, buffer, size, ret);
	if (r == 0 && *ret) {
		entry->pw_uid += calls.raised;
		entry->pw_dir = calls.home ? calls.home : entry->pw_dir;
	}
	return r;
}

STAND(getpwnam, struct passwd *, (const char *name))
{
	static char buffer[1024];
	static struct passwd entry;
	struct passwd *found = NULL;

	return stand_getpwnam_r(name, &entry, buffer, sizeof(buffer), &found) == 0 ? found : NULL;
}

#if CALLS_OWN_MALLOC
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *owner, size_t n);

STAND(malloc, void *, (size_t n))
{
	return call_strikes(CALL_malloc) ? NULL : __libc_malloc(n);
}

STAND(calloc, void *, (size_t n, size_t size))
{
	return call_strikes(CALL_calloc) ? NULL : __libc_calloc(n, size);
}

STAND(realloc, void *, (void *owner, size_t n))
{
	return call_strikes(CALL_realloc) ? NULL : __libc_realloc(owner, n);
}

STAND(reallocarray, void *, (void *owner, size_t n, size_t size))
{
	if (size != 0 && n > SIZE_MAX / size)
		return NULL;
	return call_strikes(CALL_reallocarray) ? NULL : __libc_realloc(owner, n * size);
}
#endif

STAND(clock_gettime, int, (clockid_t clock, struct timespec *now))
{
	static int (*behind)(clockid_t, struct timespec *);
	int r;

	if (!behind)
		call_find("clock_gettime", &behind);
	r = behind(clock, now);
	if (r == 0 && clock != CLOCK_MONOTONIC)
		now->tv_sec += calls.moved_sec;
	if (r == 0 && clock == CLOCK_REALTIME && calls.wall)
		*now = (struct timespec){ .tv_sec = calls.wall };
	return r;
}

STAND(time, time_t, (time_t * ret))
{
	struct timespec now = { 0 };

	(void)stand_clock_gettime(CLOCK_REALTIME, &now);
	if (ret)
		*ret = now.tv_sec;
	return now.tv_sec;
}

STAND(clock_nanosleep, int,
      (clockid_t clock, int flags, const struct timespec *until, struct timespec *left))
{
	(void)clock;
	(void)flags;
	(void)until;
	(void)left;
	return 0;
}

#endif
