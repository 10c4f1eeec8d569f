/* SPDX-License-Identifier: MIT */
/* verifier.c - have a password checked by a process that may speak PAM. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <sereno/scoped.h>

#include "verifier.h"

static void question_erase(struct question *question)
{
	explicit_bzero(question, sizeof(*question));
}

static int connect_to(const char *root, int fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct ucred peer;
	socklen_t length = sizeof(peer);
	const int n =
		snprintf(address.sun_path, sizeof(address.sun_path), "%s" QUESTION_SOCKET, root);

	if (n < 0 || (size_t)n >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return neg_errno();
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
		return neg_errno();
	return peer.uid == geteuid() ? 0 : -EPERM;
}

int verifier_ask(const char *root, uid_t uid, const char *password, int *ret_fd)
{
	scoped(question_erase) struct question question = { QUESTION_VERSION, uid, "" };
	const size_t length = strnlen(password, sizeof(question.password));
	scoped_fd int fd = -1;
	int r;

	if (length == sizeof(question.password))
		return -EINVAL;
	memcpy(question.password, password, length);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return neg_errno();
	r = connect_to(root, fd);
	if (r < 0)
		return r;
	if (send(fd, &question, sizeof(question), MSG_NOSIGNAL) < 0)
		return neg_errno();
	*ret_fd = take(fd, -1);
	return 0;
}

enum verifier_answer verifier_hear(int fd)
{
	uint8_t answer = 0;

	if (recv(fd, &answer, sizeof(answer), MSG_DONTWAIT) != sizeof(answer))
		return VERIFIER_UNAVAILABLE;
	return answer == VERIFIER_YES || answer == VERIFIER_NO ? (enum verifier_answer)answer
							       : VERIFIER_UNAVAILABLE;
}
