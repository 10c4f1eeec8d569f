/* SPDX-License-Identifier: MIT */
/*
 * play.h - a login of a test's own: a process with an audit session that the kernel gave it.
 */
#ifndef TESTS_SESSIONS_PLAY_H
#define TESTS_SESSIONS_PLAY_H

#include <fcntl.h>
#include <grp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include <sereno/scoped.h>
#include <sereno/sessions.h>

/* What the players do once their login is there; they must not come back. */
typedef void player(void *context);

struct play {
	const char *root, *user, *service, *origin;
	uid_t uid;
	player *act;
	void *context;
};

static inline int write_number(const char *path, unsigned number)
{
	scoped_fd int fd = open(path, O_WRONLY | O_CLOEXEC);
	char text[16];
	const int n = snprintf(text, sizeof(text), "%u", number);

	return fd >= 0 && write(fd, text, (size_t)n) == n ? 0 : -1;
}

/* Whether the kernel gives out audit sessions here, and to us. */
static inline bool audit_is_there(void)
{
	const pid_t child = fork();
	int status = 0;
	uint32_t session;
	uid_t uid;

	if (child == 0)
		_exit(write_number("/proc/self/loginuid", 54321) == 0 &&
				      login_self(&session, &uid) == 0 && session != LOGIN_NONE
			      ? 0
			      : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status == 0;
}

static inline void play_login(const struct play *play, int ready)
{
	struct login login = { .opened = 1700000000 };

	if (write_number("/proc/self/loginuid", play->uid) < 0 ||
	    login_self(&login.session, &login.uid) < 0 ||
	    origin_parse(play->origin, &login.origin) < 0)
		_exit(10);
	(void)snprintf(login.user, sizeof(login.user), "%s", play->user);
	(void)snprintf(login.service, sizeof(login.service), "%s", play->service);
	if (login_write(play->root, &login) < 0)
		_exit(11);
	login.leader = getpid();
	if (write(ready, &login, sizeof(login)) != (ssize_t)sizeof(login))
		_exit(12);
	close_p(&ready);
	play->act(play->context);
	_exit(13);
}

/* Start it; *@ret is its record. Returns its leader, a child of ours. */
static inline pid_t play_start(const struct play *play, struct login *ret)
{
	struct login *logins = NULL;
	size_t unreadable = 0;
	int fds[2];
	pid_t child;
	ssize_t n;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* when a test fails nobody stays */
		play_login(play, fds[1]);
	}
	assert_int_equal(close(fds[1]), 0);
	assert_int_equal(read(fds[0], ret, sizeof(*ret)), sizeof(*ret));
	assert_int_equal(close(fds[0]), 0);
	n = login_list_all(play->root, &logins, &unreadable);
	while (n-- > 0)
		if (logins[n].leader == child)
			*ret = logins[n]; /* with the start time of the leader */
	free(logins);
	return child;
}

static inline void sleeps(void *context)
{
	(void)context;
	for (;;)
		(void)pause();
}

static inline bool is_alive(pid_t child)
{
	return waitpid(child, NULL, WNOHANG) == 0;
}

static inline void put_away(pid_t child)
{
	if (kill(child, SIGKILL) == 0)
		(void)waitpid(child, NULL, 0);
}

#endif
