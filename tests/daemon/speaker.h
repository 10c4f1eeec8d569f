/* SPDX-License-Identifier: MIT */
/*
 * speaker.h - for the tests of serenod: what users say to it, each in a login of his own.
 *
 * Needs root, for several users. Included by the test programs of daemon/ only.
 */
#ifndef TESTS_DAEMON_SPEAKER_H
#define TESTS_DAEMON_SPEAKER_H

#include "house.h"

#include <grp.h>

#include <sereno/login.h>

/* How the messages are sent. */
enum manner {
	IN_TURN,    /* each after the reply to the one before */
	AT_ONCE,    /* without waiting for any */
	BY_A_CHILD, /* the last one by another process than has connected */
	ALONE,	    /* one alone */
};

struct speaker {
	const char *user, *login; /* NULL: in no login */
	enum manner manner;
};

static inline uid_t uid_of(const char *user)
{
	const struct passwd *entry = getpwnam(user);

	assert_non_null(entry);
	return entry->pw_uid;
}

/* The kernel lets root say it once more where it lets anybody. */
static inline bool log_in(const char *login)
{
	FILE *file = fopen("/proc/self/loginuid", "we");
	bool good = file && fprintf(file, "%u", login ? uid_of(login) : LOGIN_NONE) > 0;

	if (file)
		good &= fclose(file) == 0;
	return good;
}

static inline void send_message(int fd, const struct channel_request *request)
{
	uint8_t bytes[CHANNEL_MESSAGE_MAX];
	const ssize_t n = channel_request_encode(request, bytes);

	if (n < 0 || send(fd, bytes, (size_t)n, MSG_NOSIGNAL) != n)
		_exit(2);
}

static inline void hear_reply(int fd, struct channel_reply *ret)
{
	uint8_t bytes[CHANNEL_MESSAGE_MAX];
	const ssize_t n = recv(fd, bytes, sizeof(bytes), 0);

	if (n <= 0 || channel_reply_decode(bytes, (size_t)n, ret) < 0)
		_exit(3);
}

static inline void send_by_a_child(int fd, const struct channel_request *request)
{
	const pid_t pid = fork();

	if (pid == 0) {
		send_message(fd, request);
		_exit(0);
	}
	(void)waitpid(pid, NULL, 0);
}

static inline void converse(int fd, enum manner manner, const struct channel_request *last,
			    struct channel_reply *ret)
{
	const struct channel_request first = { .kind = CHANNEL_REQUESTS };

	if (manner != ALONE)
		send_message(fd, &first);
	if (manner == AT_ONCE)
		send_message(fd, last);
	if (manner != ALONE)
		hear_reply(fd, ret);
	if (manner == BY_A_CHILD)
		send_by_a_child(fd, last);
	else if (manner != AT_ONCE)
		send_message(fd, last);
	hear_reply(fd, ret);
}

static inline void speak(const struct house *house, const struct speaker *speaker,
			 const struct channel_request *last, int to)
{
	static struct channel_reply reply;
	const struct passwd *entry;
	int fd = -1;

	if (!log_in(speaker->login))
		_exit(77);
	entry = getpwnam(speaker->user); /* in memory that the login's was in, too */
	if (setgroups(0, NULL) < 0 || setresgid(entry->pw_gid, entry->pw_gid, entry->pw_gid) < 0 ||
	    setresuid(entry->pw_uid, entry->pw_uid, entry->pw_uid) < 0 ||
	    channel_open(house->root, &fd) < 0)
		_exit(1);
	converse(fd, speaker->manner, last, &reply);
	_exit(write(to, &reply, sizeof(reply)) == sizeof(reply) ? 0 : 4);
}

/* What serenod answers to the last message, sent by a process of that user's own. */
static inline enum channel_answer say(const struct house *house, const struct speaker *speaker,
				      struct channel_request last, struct channel_reply *reply)
{
	int ends[2], status = 0;
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		speak(house, speaker, &last, ends[1]);
	(void)close(ends[1]);
	for (size_t used = 0; used < sizeof(*reply);) {
		const ssize_t n = read(ends[0], (char *)reply + used, sizeof(*reply) - used);

		if (n <= 0)
			break;
		used += (size_t)n;
	}
	(void)close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
	return reply->answer;
}

#endif
