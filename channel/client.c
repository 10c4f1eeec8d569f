/* SPDX-License-Identifier: MIT */
/* client.c - a conversation with serenod, from the side that asks. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include <sereno/channel.h>
#include <sereno/scoped.h>

#define TIMEOUT_MSEC (CHANNEL_TIMEOUT_SEC * 1000)

struct packet {
	uint8_t bytes[CHANNEL_MESSAGE_MAX];
};

static void packet_erase(struct packet *packet)
{
	explicit_bzero(packet, sizeof(*packet));
}

static int64_t now_msec(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int address_of(const char *root, struct sockaddr_un *ret)
{
	const int n = snprintf(ret->sun_path, sizeof(ret->sun_path), "%s" CHANNEL_SOCKET, root);

	ret->sun_family = AF_UNIX;
	return n < 0 || (size_t)n >= sizeof(ret->sun_path) ? -ENAMETOOLONG : 0;
}

/* Who could have put a socket there is root, but a mistake must not hand out passwords. */
static int check_peer(const char *root, int fd)
{
	struct ucred peer;
	socklen_t length = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
		return neg_errno();
	return peer.uid == 0 || (root[0] && peer.uid == geteuid()) ? 0 : -EPERM;
}

/* A full queue makes connect() wait; an interrupted one has done nothing. */
static int connect_by(int fd, const struct sockaddr_un *address, int64_t until)
{
	while (connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0) {
		if (errno == EAGAIN)
			return -ETIMEDOUT;
		if (errno != EINTR)
			return neg_errno();
		if (now_msec() >= until)
			return -ETIMEDOUT;
	}
	return 0;
}

static int open_channel(const char *root, int *ret_fd)
{
	const struct timeval timeout = { .tv_sec = CHANNEL_TIMEOUT_SEC };
	const int64_t until = now_msec() + TIMEOUT_MSEC;
	struct sockaddr_un address = { 0 };
	scoped_fd int fd = -1;
	int r;

	r = address_of(root, &address);
	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return neg_errno();
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) < 0)
		return neg_errno();
	r = connect_by(fd, &address, until);
	if (r == 0)
		r = check_peer(root, fd);
	if (r == 0)
		*ret_fd = take(fd, -1);
	return r;
}

int channel_open(const char *root, int *ret_fd)
{
	const int saved = errno;
	const int r = open_channel(root, ret_fd);

	if (r == 0)
		errno = saved;
	return r;
}

/* Who is turned away at the door finds the reply behind an error: it is read all the same. */
static int send_packet(int fd, const struct packet *packet, size_t length)
{
	while (send(fd, packet->bytes, length, MSG_NOSIGNAL) < 0) {
		if (errno == EPIPE || errno == ECONNRESET)
			return 0;
		if (errno == EAGAIN)
			return -ETIMEDOUT;
		if (errno != EINTR)
			return neg_errno();
	}
	return 0;
}

static int wait_until(int fd, int64_t until)
{
	struct pollfd waiting = { .fd = fd, .events = POLLIN };
	int64_t left;
	int n;

	do {
		left = until - now_msec();
		if (left <= 0)
			return -ETIMEDOUT;
		n = poll(&waiting, 1, (int)left);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return neg_errno();
	return n == 0 ? -ETIMEDOUT : 0;
}

/* A descriptor that came with it is *@list's, which is closed where there is one already; with
 * NULL none finds room. */
static ssize_t receive(int fd, struct packet *packet, int *list)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .room = "" };
	struct iovec part = { packet->bytes, sizeof(packet->bytes) };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = list ? &control : NULL,
		.msg_controllen = list ? sizeof(control) : 0,
	};
	const ssize_t n = recvmsg(fd, &message, MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_CLOEXEC);
	const struct cmsghdr *head = n < 0 || !list ? NULL : CMSG_FIRSTHDR(&message);

	if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
	    head->cmsg_len == CMSG_LEN(sizeof(int))) {
		close_p(list);
		memcpy(list, CMSG_DATA(head), sizeof(int));
	}
	return n;
}

/* An error of the socket is told once, before what lies in it. */
static int receive_packet(int fd, int64_t until, struct packet *packet, size_t *ret_length,
			  int *list)
{
	unsigned resets = 0;
	ssize_t n;
	int r;

	do {
		r = wait_until(fd, until);
		if (r < 0)
			return r;
		n = receive(fd, packet, list);
		resets += n < 0 && errno == ECONNRESET;
	} while (n < 0 &&
		 (errno == EINTR || errno == EAGAIN || (errno == ECONNRESET && resets == 1)));
	if (n < 0)
		return neg_errno();
	if (n == 0)
		return -ECONNRESET;
	if ((size_t)n > sizeof(packet->bytes))
		return -EBADMSG;
	*ret_length = (size_t)n;
	return 0;
}

/* A password is another process's to check, which has to be started; likewise the list of a role.
 */
static int64_t patience_msec(const struct channel_request *request)
{
	return request->proof_kind == CHANNEL_PROOF_PASSWORD || request->kind == CHANNEL_SIGN
		       ? CHANNEL_PASSWORD_SEC * 1000
		       : TIMEOUT_MSEC;
}

static int ask(int fd, const struct channel_request *request, struct channel_reply *ret, int *list)
{
	scoped(packet_erase) struct packet packet = { { 0 } };
	scoped(channel_reply_erase) struct channel_reply reply = { 0 };
	size_t length = 0;
	ssize_t n;
	int r;

	n = channel_request_encode(request, packet.bytes);
	if (n < 0)
		return (int)n;
	r = send_packet(fd, &packet, (size_t)n);
	if (r == 0)
		r = receive_packet(fd, now_msec() + patience_msec(request), &packet, &length, list);
	if (r < 0)
		return r;
	if (channel_reply_decode(packet.bytes, length, &reply) < 0 ||
	    (reply.answer == CHANNEL_ACCEPTED && reply.kind != request->kind))
		return -EBADMSG;
	*ret = reply;
	return 0;
}

int channel_ask(int fd, const struct channel_request *request, struct channel_reply *ret)
{
	const int saved = errno;
	const int r = ask(fd, request, ret, NULL);

	if (r == 0)
		errno = saved;
	return r;
}

int channel_ask_for_list(int fd, const struct channel_request *request, struct channel_reply *ret,
			 int *ret_list)
{
	const int saved = errno;
	scoped_fd int list = -1;
	int r = ask(fd, request, ret, &list);

	if (r == 0 && ret->answer == CHANNEL_ACCEPTED && list < 0)
		r = -EBADMSG;
	if (r < 0)
		return r;
	if (ret->answer == CHANNEL_ACCEPTED)
		*ret_list = take(list, -1);
	errno = saved;
	return 0;
}

static int fill(char *to, size_t size, const char *from)
{
	const size_t length = strnlen(from, size);

	if (length == size)
		return -EINVAL;
	memcpy(to, from, length + 1);
	return 0;
}

int channel_verify(const char *root, const char *service, const char *typed,
		   enum channel_answer *ret, uint32_t *ret_left)
{
	scoped(channel_request_erase) struct channel_request request = { .kind = CHANNEL_VERIFY };
	scoped(channel_reply_erase) struct channel_reply reply = { 0 };
	scoped_fd int fd = -1;
	int r;

	r = fill(request.service, sizeof(request.service), service);
	if (r == 0)
		r = fill(request.code[0], sizeof(request.code[0]), typed);
	if (r == 0)
		r = channel_open(root, &fd);
	if (r == 0)
		r = channel_ask(fd, &request, &reply);
	if (r < 0)
		return r;
	*ret_left = reply.recovered ? reply.recovery_left : UINT32_MAX;
	*ret = reply.answer;
	return 0;
}
