/* SPDX-License-Identifier: MIT */
/* reviewer.c - have the list of a role drawn by a process that reads the host's users. */
#include "reviewer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <sereno/scoped.h>

static int connect_to(const char *root, int fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct ucred peer;
	socklen_t length = sizeof(peer);
	const int n =
		snprintf(address.sun_path, sizeof(address.sun_path), "%s" REVIEWER_SOCKET, root);

	if (n < 0 || (size_t)n >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return neg_errno();
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
		return neg_errno();
	return peer.uid == geteuid() ? 0 : -EPERM;
}

/* Nobody writes after us: who gets the descriptor can only read. */
static int put_question(int fd, const struct reviewer_question *question)
{
	if (send(fd, question, sizeof(*question), MSG_NOSIGNAL) != (ssize_t)sizeof(*question))
		return -EPIPE;
	if (shutdown(fd, SHUT_WR) < 0 || fcntl(fd, F_SETFL, 0) < 0)
		return neg_errno();
	return 0;
}

int reviewer_ask(const char *root, const struct reviewer_question *question, int *ret_fd)
{
	scoped_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r;

	if (fd < 0)
		return neg_errno();
	r = connect_to(root, fd);
	if (r == 0)
		r = put_question(fd, question);
	if (r < 0)
		return r;
	*ret_fd = take(fd, -1);
	return 0;
}

int reviewer_hear(int fd, char text[static REVIEWER_TEXT_MAX])
{
	const ssize_t n = recv(fd, text, REVIEWER_TEXT_MAX, MSG_DONTWAIT);

	if (n < 2 || n == REVIEWER_TEXT_MAX || text[n - 2] != '\0' ||
	    text[n - 1] != REVIEWER_WHOLE || strlen(text) != (size_t)n - 2)
		return -EBADMSG;
	return 0;
}
