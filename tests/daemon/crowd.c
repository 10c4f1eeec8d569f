/* SPDX-License-Identifier: MIT */
/* crowd.c - tests: many at once; clients that say nothing, half, too much; nothing grows. */
#include "house.h"

#include <dirent.h>

#define ATTEMPTS "attempts: {allow: 3, within: 15m, then: {delay: 30s}, allow-per-user: 9}\n"
#define CROWD	 32
#define MANY	 1000

static const struct channel_request status_request = { .kind = CHANNEL_STATUS };

static void begin(struct house *house)
{
	house_policy(house, ATTEMPTS);
	give_phone(house);
	house_start(house);
}

static void crowd_member(const struct house *house, const char *typed)
{
	enum channel_answer answer = CHANNEL_BUSY;
	uint32_t left;
	int r = 0;

	if (setresuid(house->uid, house->uid, house->uid) < 0)
		_exit(99);
	while (r == 0 && answer == CHANNEL_BUSY)
		r = channel_verify(house->root, "crowd", typed, &answer, &left);
	_exit(r < 0 ? -r + 100 : (int)answer);
}

static unsigned count(const pid_t pid[CROWD], enum channel_answer answer)
{
	unsigned n = 0;
	int status;

	for (size_t i = 0; i < CROWD; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_true(WIFEXITED(status));
		if (WEXITSTATUS(status) != CHANNEL_REFUSED)
			assert_int_equal(WEXITSTATUS(status), answer);
		n += WEXITSTATUS(status) == (int)answer;
	}
	return n;
}

/* Many at once with one code: only one has it. */
static void one_of_many(void **state)
{
	struct house *house = *state;
	pid_t pid[CROWD];
	struct shown code;

	begin(house);
	house_close_journal(house);
	code = show(&phone, 0);
	for (size_t i = 0; i < CROWD; i++) {
		pid[i] = fork();
		assert_true(pid[i] >= 0);
		if (pid[i] == 0)
			crowd_member(house, code.code);
	}
	assert_int_equal(count(pid, CHANNEL_ACCEPTED), 1);
}

/* Those of one user are bounded; others have room. */
static void silent_clients(void **state)
{
	struct house *house = *state;
	int silent[4], fd = -1;
	struct channel_reply reply;

	begin(house);
	for (size_t i = 0; i < ARRAY_SIZE(silent); i++)
		silent[i] = house_open(house);
	fd = house_open(house);
	assert_int_equal(ask(fd, status_request, &reply), CHANNEL_BUSY);
	assert_event(house, "client.refused");
	(void)close(fd);
	if (getuid() == 0) {
		assert_int_equal(house_try_open(house, getpwnam("games")->pw_uid, &fd), 0);
		assert_int_equal(ask(fd, status_request, &reply), CHANNEL_ACCEPTED);
		(void)close(fd);
	}
	for (size_t i = 0; i < ARRAY_SIZE(silent); i++)
		(void)close(silent[i]);
	fd = house_open(house);
	assert_int_equal(ask(fd, status_request, &reply), CHANNEL_ACCEPTED);
	(void)close(fd);
}

struct rubbish {
	const char *name;
	const char *bytes;
	size_t length; /* more than @bytes has: zeros */
};

/* clang-format off */
static const struct rubbish rubbish[] = {
	{ "a byte",             "\1",                1 },
	{ "another version",    "\2\2",              2 },
	{ "no such request",    "\1\7",              2 },
	{ "request 0",          "\1\0",              2 },
	{ "half a code",        "\1\1\1\0a\6\0123",  9 },
	{ "more than it takes", "\1\2\0",            3 },
	{ "too long a code",    "\1\1\1\0a\377\377", 7 },
	{ "4 KiB",              "\1\2",              4096 },
	{ "64 KiB",             "\1\2",              65536 },
};
/* clang-format on */

static void unknown(void **state)
{
	struct house *house = *state;
	uint8_t bytes[65536], answer[CHANNEL_MESSAGE_MAX];
	struct channel_reply reply;
	ssize_t n;

	begin(house);
	for (size_t i = 0; i < ARRAY_SIZE(rubbish); i++) {
		scoped_fd int fd = house_open(house);

		memset(bytes, 0, sizeof(bytes));
		memcpy(bytes, rubbish[i].bytes, rubbish[i].length < 16 ? rubbish[i].length : 2);
		assert_int_equal(send(fd, bytes, rubbish[i].length, MSG_NOSIGNAL),
				 rubbish[i].length);
		n = recv(fd, answer, sizeof(answer), 0);
		assert_true(n > 0);
		assert_int_equal(channel_reply_decode(answer, (size_t)n, &reply), 0);
		assert_int_equal(reply.answer, CHANNEL_UNKNOWN);
		assert_int_equal(recv(fd, answer, sizeof(answer), 0), 0);
	}
	assert_int_equal(verify(house, show(&phone, 0).code), CHANNEL_ACCEPTED);
}

/* All requests at once, and nothing read: the ninth finds nobody. */
static void never_reads(void **state)
{
	struct house *house = *state;
	uint8_t bytes[CHANNEL_MESSAGE_MAX];
	const ssize_t length = channel_request_encode(&status_request, bytes);
	scoped_fd int fd = -1;
	struct pollfd hung = { .events = 0 };

	begin(house);
	fd = house_open(house);
	hung.fd = fd;
	for (unsigned i = 0; i < CHANNEL_MESSAGES_MAX + 1; i++)
		(void)send(fd, bytes, (size_t)length, MSG_NOSIGNAL);
	assert_int_equal(poll(&hung, 1, 5000), 1);
	assert_true(hung.revents & POLLHUP);
	assert_int_equal(verify(house, show(&phone, 0).code), CHANNEL_ACCEPTED);
}

static unsigned descriptors(const struct house *house)
{
	char path[64];
	unsigned n = 0;
	DIR *stream;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)house->daemon);
	stream = opendir(path);
	assert_non_null(stream);
	while (readdir(stream))
		n++;
	(void)closedir(stream);
	return n;
}

static long resident(const struct house *house)
{
	char path[64], line[256];
	long kib = -1;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)house->daemon);
	file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	(void)fclose(file);
	return kib;
}

static void visit(struct house *house, unsigned n)
{
	struct channel_reply reply;

	for (unsigned i = 0; i < n; i++) {
		scoped_fd int fd = house_open(house);

		/* who went a moment ago may still have his place */
		while (ask(fd, status_request, &reply) == CHANNEL_BUSY) {
			(void)close(fd);
			fd = house_open(house);
		}
		assert_int_equal(reply.answer, CHANNEL_ACCEPTED);
	}
}

static void settle_down(struct house *house)
{
	struct channel_reply reply;
	scoped_fd int fd = house_open(house);

	assert_int_equal(ask(fd, status_request, &reply), CHANNEL_ACCEPTED);
}

static void nothing_grows(void **state)
{
	struct house *house = *state;
	unsigned before;
	long kib;

	if (getuid() != 0) /* the daemon is not to be looked into */
		skip();
	begin(house);
	visit(house, 50);
	settle_down(house);
	before = descriptors(house);
	kib = resident(house);
	visit(house, MANY);
	settle_down(house);
	assert_in_range(descriptors(house), before - 1, before + 1);
	if (!getenv("SANITIZE") || !getenv("SANITIZE")[0])
		assert_in_range(resident(house), 1, kib + 64);
}

/* Descriptors that are sent along go. */
static void sent_descriptors(void **state)
{
	struct house *house = *state;
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr header;
	} control = { { 0 } };
	uint8_t bytes[CHANNEL_MESSAGE_MAX], answer[CHANNEL_MESSAGE_MAX];
	struct iovec vector = { bytes, (size_t)channel_request_encode(&status_request, bytes) };
	const struct msghdr message = { .msg_iov = &vector,
					.msg_iovlen = 1,
					.msg_control = &control,
					.msg_controllen = sizeof(control) };
	scoped_fd int fd = -1;
	unsigned before;

	if (getuid() != 0) /* the daemon is not to be looked into */
		skip();
	begin(house);
	fd = house_open(house);
	control.header = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
					   .cmsg_type = SCM_RIGHTS,
					   .cmsg_len = CMSG_LEN(sizeof(int)) };
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	assert_true(send(fd, bytes, vector.iov_len, MSG_NOSIGNAL) > 0);
	assert_true(recv(fd, answer, sizeof(answer), 0) > 0);
	before = descriptors(house);
	for (unsigned i = 0; i < 4; i++) {
		assert_true(sendmsg(fd, &message, MSG_NOSIGNAL) > 0);
		assert_true(recv(fd, answer, sizeof(answer), 0) > 0);
	}
	assert_int_equal(descriptors(house), before);
}

static int exit_of(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* With nothing left behind: a sanitizer would say so by the status. */
static void leaves_when_idle(void **state)
{
	struct house *house = *state;
	const struct shown code = show(&phone, 0);

	house_policy(house, ATTEMPTS);
	give_phone(house);
	house_start_until(house, "--idle=1");
	assert_int_equal(verify(house, code.code), CHANNEL_ACCEPTED);
	assert_int_equal(verify(house, code.code), CHANNEL_REFUSED);
	assert_int_equal(exit_of(house->daemon), 0);
	house->daemon = 0;
}

static void run_with(const char *option)
{
	const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	(void)dup2(null, STDERR_FILENO);
	(void)unsetenv("LISTEN_FDS");
	become("serenod", option, NULL);
}

static void wrong_starts(void **state)
{
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0)
		run_with("--idle=1");
	assert_int_equal(exit_of(pid), 1);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		run_with("--user=ana");
	assert_int_equal(exit_of(pid), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_HOUSE(one_of_many),	    IN_HOUSE(silent_clients),
		IN_HOUSE(unknown),	    IN_HOUSE(never_reads),
		IN_HOUSE(nothing_grows),    IN_HOUSE(sent_descriptors),
		IN_HOUSE(leaves_when_idle), cmocka_unit_test(wrong_starts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
