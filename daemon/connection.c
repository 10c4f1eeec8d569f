/* SPDX-License-Identifier: MIT */
/* connection.c - one client: what is awaited of him, or for him, and until when. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <sereno/scoped.h>

#include "connection.h"
#include "interruption.h"
#include "report.h"
#include "reviewer.h"
#include "sender.h"

/* Longer than all checks of codes take; what takes longer is answered a whole one
 * later. */
#define REFUSAL_MSEC 250

/* What others keep locked is tried so often, so long. */
#define AGAIN_MSEC 20
#define BUSY_MSEC  200

struct packet {
	uint8_t bytes[CHANNEL_MESSAGE_MAX];
};

static void packet_erase(struct packet *packet)
{
	explicit_bzero(packet, sizeof(*packet));
}

void connection_begin(struct connection *connection, const char *root, int fd,
		      const struct caller *caller, int64_t now)
{
	sender_ask(fd);
	*connection = (struct connection){
		.stage = STAGE_LISTEN,
		.fd = fd,
		.verifier = -1,
		.ends = now + CHANNEL_CONVERSATION_SEC * 1000,
		.talk = { .root = root, .caller = *caller },
	};
}

/* What he has sent and nobody has read goes, too. */
static void close_client(int fd)
{
	interruption_begin();
	(void)close(fd); /* nothing was written */
	interruption_end();
}

static void hang_up(struct connection *connection)
{
	close_client(connection->fd);
	close_p(&connection->verifier);
	talk_end(&connection->talk);
	explicit_bzero(connection, sizeof(*connection));
	connection->stage = STAGE_FREE;
}

/* Who does not read has room for all that is ever said to him; who has none left goes. */
static int send_reply(int fd, const struct channel_reply *reply, int list)
{
	scoped(packet_erase) struct packet packet = { { 0 } };
	const ssize_t length = channel_reply_encode(reply, packet.bytes);
	struct iovec part = { packet.bytes, (size_t)length };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .head = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	const struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = list < 0 ? NULL : &control,
		.msg_controllen = list < 0 ? 0 : sizeof(control),
	};

	if (length < 0)
		return (int)length;
	if (list >= 0)
		memcpy(CMSG_DATA(&control.head), &list, sizeof(list));
	if (sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return neg_errno();
	return 0;
}

/* With @list, which is his to read, or -1. */
static void reply_with(struct connection *connection, int list)
{
	const enum channel_answer answer = connection->talk.reply.answer;
	const bool over = answer == CHANNEL_UNKNOWN || answer == CHANNEL_BUSY ||
			  connection->n_requests >= CHANNEL_MESSAGES_MAX;
	const int r = send_reply(connection->fd, &connection->talk.reply, list);

	channel_request_erase(&connection->talk.request);
	channel_reply_erase(&connection->talk.reply);
	connection->stage = STAGE_LISTEN;
	if (r < 0 || over)
		hang_up(connection);
}

static void reply(struct connection *connection)
{
	reply_with(connection, -1);
}

static void reply_in_time(struct connection *connection, int64_t now)
{
	const enum channel_answer answer = connection->talk.reply.answer;
	const int64_t taken = now - connection->heard;

	if (answer != CHANNEL_REFUSED && answer != CHANNEL_UNAVAILABLE &&
	    answer != CHANNEL_NOT_ALLOWED) {
		reply(connection);
		return;
	}
	connection->due = connection->heard + otp_refusal_due(taken, REFUSAL_MSEC);
	connection->stage = STAGE_HOLD_BACK;
}

static void ask_verifier(struct connection *connection, int64_t now)
{
	struct talk *talk = &connection->talk;
	int r;

	r = verifier_ask(talk->root, talk->caller.uid, talk->request.proof, &connection->verifier);
	connection->stage = STAGE_VERIFY;
	connection->due = now + VERIFIER_MSEC;
	if (r == 0)
		return;
	report_error(talk->root, &talk->caller, EVENT_VERIFIER_FAILED,
		     "the verifier of passwords cannot be asked", r);
	talk_verified(talk, VERIFIER_UNAVAILABLE);
	reply_in_time(connection, now);
}

static void hear_verifier(struct connection *connection, int64_t now)
{
	struct talk *talk = &connection->talk;
	const enum verifier_answer answer = verifier_hear(connection->verifier);

	close_p(&connection->verifier);
	connection->verifier = -1;
	if (answer == VERIFIER_UNAVAILABLE)
		report(talk->root, &talk->caller, EVENT_VERIFIER_FAILED, NULL,
		       "the verifier of passwords did not answer, or could not look");
	talk_verified(talk, answer);
	reply_in_time(connection, now);
}

static void ask_reviewer(struct connection *connection, int64_t now)
{
	struct talk *talk = &connection->talk;
	scoped_fd int fd = -1;
	const int r = reviewer_ask(talk->root, &talk->question, &fd);

	if (talk->request.kind == CHANNEL_REVIEW) {
		talk_review_asked(talk, r);
		if (r == 0)
			reply_with(connection, fd);
	} else if (r == 0) {
		connection->verifier = take(fd, -1);
		connection->stage = STAGE_REVIEW;
		connection->due = now + VERIFIER_MSEC;
		return;
	} else {
		talk_reviewed(talk, NULL);
	}
	if (r < 0)
		reply_in_time(connection, now);
}

static void hear_reviewer(struct connection *connection, int64_t now)
{
	char text[REVIEWER_TEXT_MAX];
	const int r = reviewer_hear(connection->verifier, text);

	close_p(&connection->verifier);
	connection->verifier = -1;
	talk_reviewed(&connection->talk, r < 0 ? NULL : text);
	reply_in_time(connection, now);
}

/* Waiting is done in the loop, where others are served meanwhile. */
static void look_into(struct connection *connection, int64_t now)
{
	switch (talk_hear(&connection->talk)) {
	case TALK_REPLY:
		break;
	case TALK_ASK_VERIFIER:
		ask_verifier(connection, now);
		return;
	case TALK_ASK_REVIEWER:
		ask_reviewer(connection, now);
		return;
	case TALK_TRY_AGAIN:
		if (now + AGAIN_MSEC > connection->heard + BUSY_MSEC)
			break;
		connection->stage = STAGE_AGAIN;
		connection->due = now + AGAIN_MSEC;
		return;
	}
	reply_in_time(connection, now);
}

static int receive(struct connection *connection)
{
	scoped(packet_erase) struct packet packet = { { 0 } };
	struct channel_request *request = &connection->talk.request;
	ssize_t n;

	interruption_begin();
	n = sender_receive(connection->fd, packet.bytes, sizeof(packet.bytes),
			   &connection->talk.sender.pid);
	interruption_end();
	if (n < 0)
		return (int)n;
	connection->talk.sender.fresh = connection->waits;
	connection->waits = sender_waits(connection->fd);
	if (n == 0)
		return -ECONNRESET;
	return channel_request_decode(packet.bytes, (size_t)n, request);
}

static void hear(struct connection *connection, int64_t now)
{
	const int r = receive(connection);

	if (r == -EAGAIN || r == -EINTR)
		return;
	if (r < 0 && r != -EBADMSG && r != -EPROTONOSUPPORT) {
		hang_up(connection);
		return;
	}
	connection->heard = now;
	connection->n_requests++;
	if (r < 0) {
		connection->talk.reply =
			(struct channel_reply){ .answer = CHANNEL_UNKNOWN, .kind = CHANNEL_STATUS };
		reply(connection);
	} else {
		look_into(connection, now);
	}
}

/*
 * A client is looked at only when a request is awaited. Who hangs up before he is answered keeps
 * his place until then: he could ask, and fill the log, as fast as he connects.
 */
void connection_poll(const struct connection *connection, struct pollfd ret[static 2])
{
	ret[0] = ret[1] = (struct pollfd){ .fd = -1, .events = POLLIN };
	if (connection->stage == STAGE_LISTEN)
		ret[0].fd = connection->fd;
	if (connection->stage == STAGE_VERIFY)
		ret[1].fd = connection->verifier;
	if (connection->stage == STAGE_REVIEW) /* all of it is there when the other end is gone */
		ret[1] = (struct pollfd){ .fd = connection->verifier, .events = POLLRDHUP };
}

int64_t connection_until(const struct connection *connection)
{
	return connection->stage == STAGE_LISTEN ? connection->ends : connection->due;
}

void connection_step(struct connection *connection, const struct pollfd polled[static 2],
		     int64_t now)
{
	switch (connection->stage) {
	case STAGE_FREE:
		return;
	case STAGE_LISTEN:
		if (now >= connection->ends)
			hang_up(connection);
		else if (polled[0].revents)
			hear(connection, now);
		return;
	case STAGE_VERIFY:
		if (polled[1].revents || now >= connection->due)
			hear_verifier(connection, now);
		return;
	case STAGE_REVIEW:
		if (polled[1].revents || now >= connection->due)
			hear_reviewer(connection, now);
		return;
	case STAGE_AGAIN:
		if (now >= connection->due)
			look_into(connection, now);
		return;
	case STAGE_HOLD_BACK:
		if (now >= connection->due)
			reply(connection);
		return;
	}
}

void connection_turn_away(int fd, enum channel_answer answer)
{
	const struct channel_reply reply = { .answer = answer, .kind = CHANNEL_STATUS };

	(void)send_reply(fd, &reply, -1); /* he finds out either way */
	close_client(fd);
}
