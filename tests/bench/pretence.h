/* SPDX-License-Identifier: MIT */
/*
 * pretence.h - for benches of codes: the clock, the accounts and the log that all modules see.
 *
 * What is defined here stands before libc's own for every library of the process, ours and the
 * peers' modules alike. Wall clock and time since boot stand where the bench puts them, so that
 * each login can have a step of its own; durations are real. Accounts are u0, u1, ... with uids
 * from FIRST_UID on. What modules send to syslog is dropped, which costs the peers nothing; ours
 * write to a journal socket and pay for it.
 */
#ifndef SERENO_BENCH_PRETENCE_H
#define SERENO_BENCH_PRETENCE_H

#include <err.h>
#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <sereno/scoped.h>

#define FIRST_UID    100000U
#define PRETENCE_GID 100

struct pretence {
	int64_t wall; /* UTC seconds; 0: the host's own clock */
};

static struct pretence pretence_own;
static struct pretence *pretence = &pretence_own;

/* How often this process has "Invalid verification code" from pam_google_authenticator. */
static unsigned pretence_refused;

/* Memory that is the children's, too. */
static inline void *pretence_page(size_t size)
{
	void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		err(1, "mmap");
	return page;
}

/* From the middle of a step on; children see what is set later. */
static inline void pretence_begin(void)
{
	const int64_t now = time(NULL);

	pretence = pretence_page(sizeof(*pretence));
	pretence->wall = now / 30 * 30 + 15;
}

static inline int pretence_clock(clockid_t id, struct timespec *ret)
{
	return (int)syscall(SYS_clock_gettime, id, ret);
}

EXPORT int clock_gettime(clockid_t id, struct timespec *ret)
{
	if (pretence->wall && (id == CLOCK_REALTIME || id == CLOCK_BOOTTIME)) {
		*ret = (struct timespec){ .tv_sec = pretence->wall };
		return 0;
	}
	return pretence_clock(id, ret);
}

EXPORT time_t time(time_t *ret)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */
	if (ret)
		*ret = now.tv_sec;
	return now.tv_sec;
}

static inline bool pretence_number(const char *name, uid_t *ret)
{
	char *end = NULL;
	unsigned long number;

	if (name[0] != 'u' || name[1] < '0' || name[1] > '9')
		return false;
	number = strtoul(name + 1, &end, 10);
	if (*end || number > 1000000)
		return false;
	*ret = FIRST_UID + (uid_t)number;
	return true;
}

EXPORT int getpwnam_r(const char *name, struct passwd *entry, char *buffer, size_t size,
		      struct passwd **ret)
{
	static char nothing[] = "", home[] = "/nonexistent";
	const size_t length = strlen(name) + 1;
	uid_t uid = 0;

	*ret = NULL;
	if (strcmp(name, "root") != 0 && !pretence_number(name, &uid))
		return 0;
	if (length > size)
		return ERANGE;
	memcpy(buffer, name, length);
	*entry = (struct passwd){ .pw_name = buffer,
				  .pw_passwd = nothing,
				  .pw_uid = uid,
				  .pw_gid = uid ? PRETENCE_GID : 0,
				  .pw_gecos = nothing,
				  .pw_dir = home,
				  .pw_shell = nothing };
	*ret = entry;
	return 0;
}

void __vsyslog_chk(int priority, int flag, const char *format, va_list arguments);
void __syslog_chk(int priority, int flag, const char *format, ...);

EXPORT void __vsyslog_chk(int priority, int flag, const char *format, va_list arguments)
{
	(void)priority;
	(void)flag;
	(void)arguments;
	if (strstr(format, "Invalid verification code"))
		pretence_refused++;
}

EXPORT void __syslog_chk(int priority, int flag, const char *format, ...)
{
	(void)priority;
	(void)flag;
	(void)format;
}

EXPORT void openlog(const char *name, int option, int facility)
{
	(void)name;
	(void)option;
	(void)facility;
}

EXPORT void closelog(void)
{
}

#endif
