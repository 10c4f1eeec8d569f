/* SPDX-License-Identifier: MIT */
/* lingering.c - tests: a client sends a socket that makes wait whoever drops it. */
#include "house.h"

#include <arpa/inet.h>

#define LINGER_SEC 30
#define SOON_MSEC  2000

/* A socket full of what its peer never reads: its last close(2) waits. */
static int lingering_socket(int *ret_peer)
{
	static const char rubbish[65536];
	const struct linger linger = { 1, LINGER_SEC };
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(listener >= 0 && fd >= 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, length), 0);
	*ret_peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(*ret_peer >= 0);
	(void)close(listener);
	while (send(fd, rubbish, sizeof(rubbish), MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
		continue;
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)), 0);
	return fd;
}

static void send_with(int fd, const struct channel_request *request, int sent)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .bytes = "" };
	uint8_t bytes[CHANNEL_MESSAGE_MAX];
	struct iovec part = { bytes, 0 };
	const struct msghdr message = { .msg_iov = &part,
					.msg_iovlen = 1,
					.msg_control = control.bytes,
					.msg_controllen = sizeof(control.bytes) };
	const ssize_t n = channel_request_encode(request, bytes);

	assert_true(n > 0);
	part.iov_len = (size_t)n;
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &sent, sizeof(sent));
	assert_int_equal(sendmsg(fd, &message, MSG_NOSIGNAL), n);
}

static void send_request(int fd, const struct channel_request *request)
{
	uint8_t bytes[CHANNEL_MESSAGE_MAX];
	const ssize_t n = channel_request_encode(request, bytes);

	assert_true(n > 0);
	assert_int_equal(send(fd, bytes, (size_t)n, MSG_NOSIGNAL), n);
}

static void assert_answers_soon(struct house *house)
{
	const struct channel_request status = { .kind = CHANNEL_STATUS };
	const int64_t started = now_msec();
	struct channel_reply reply;
	const int fd = house_open(house);

	assert_int_equal(ask(fd, status, &reply), CHANNEL_ACCEPTED);
	assert_true(now_msec() - started < SOON_MSEC);
	(void)close(fd);
}

/* A refusal is held back first, so that the socket is the message's alone before it is read. */
static void one_that_is_received(void **state)
{
	const struct channel_request status = { .kind = CHANNEL_STATUS };
	const struct channel_request empty = verify_request("");
	struct house *house = *state;
	int fd, peer, lingering;
	struct pollfd waiting;

	house_policy(house, "");
	house_start(house);
	lingering = lingering_socket(&peer);
	fd = house_open(house);
	send_request(fd, &empty);
	send_with(fd, &status, lingering);
	(void)close(lingering);
	waiting = (struct pollfd){ .fd = fd, .events = POLLIN };
	assert_int_equal(poll(&waiting, 1, SOON_MSEC), 1); /* the refusal: it reads on */
	assert_answers_soon(house);
	(void)close(fd);
	(void)close(peer);
}

/* Behind a message that ends the conversation. */
static void one_that_is_never_received(void **state)
{
	const struct channel_request status = { .kind = CHANNEL_STATUS };
	const struct channel_request empty = verify_request("");
	struct house *house = *state;
	int fd, peer, lingering;
	struct pollfd waiting;

	house_policy(house, "");
	house_start(house);
	lingering = lingering_socket(&peer);
	fd = house_open(house);
	send_request(fd, &empty);
	assert_int_equal(send(fd, "?", 1, MSG_NOSIGNAL), 1);
	send_with(fd, &status, lingering);
	(void)close(lingering);
	waiting = (struct pollfd){ .fd = fd, .events = POLLIN };
	assert_int_equal(poll(&waiting, 1, SOON_MSEC), 1);
	assert_answers_soon(house);
	(void)close(fd);
	(void)close(peer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_HOUSE(one_that_is_received),
		IN_HOUSE(one_that_is_never_received),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
