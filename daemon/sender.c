/* SPDX-License-Identifier: MIT */
/* sender.c - messages, and which process has sent each, as the kernel says. */
#include "sender.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <sereno/scoped.h>

/* Without it no message has a sender, and nothing is decided. */
void sender_ask(int fd)
{
	const int on = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
}

ssize_t sender_receive(int fd, void *bytes, size_t size, pid_t *ret)
{
	/* Room for who it is and nothing else: descriptors find none. */
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} control = { .room = "" };
	struct iovec part = { bytes, size };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	const ssize_t n = recvmsg(fd, &message, MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_CLOEXEC);
	const struct cmsghdr *head = n < 0 ? NULL : CMSG_FIRSTHDR(&message);
	struct ucred who;

	*ret = 0;
	if (n < 0)
		return neg_errno();
	if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_CREDENTIALS &&
	    head->cmsg_len == CMSG_LEN(sizeof(who))) {
		memcpy(&who, CMSG_DATA(head), sizeof(who));
		*ret = who.pid;
	}
	return n;
}

bool sender_waits(int fd)
{
	int waiting = 1;

	return ioctl(fd, FIONREAD, &waiting) == 0 && waiting == 0;
}
