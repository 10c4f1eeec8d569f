/* SPDX-License-Identifier: MIT */
/* verify.c - tests: serenod checks codes of whoever asks, of nobody else, and not too often. */
#include "house.h"

#define ATTEMPTS "attempts: {allow: 3, within: 15m, then: {delay: 30s}, allow-per-user: 9}\n"

static void begin(struct house *house)
{
	house_policy(house, ATTEMPTS);
	give_phone(house);
	house_start(house);
}

static void right_wrong_replayed(void **state)
{
	struct house *house = *state;
	struct shown code;

	begin(house);
	code = show(&phone, 0);
	assert_int_equal(verify(house, code.code), CHANNEL_ACCEPTED);
	assert_event(house, "code.accepted");
	assert_int_equal(verify(house, code.code), CHANNEL_REFUSED);
	assert_event(house, "code.refused");
	assert_int_equal(verify(house, show_wrong(&phone).code), CHANNEL_REFUSED);
	assert_event(house, "code.refused");
	assert_int_equal(verify(house, "hello"), CHANNEL_REFUSED);
	assert_int_equal(verify(house, show(&phone, 1).code), CHANNEL_ACCEPTED);
}

static void recovery_code(void **state)
{
	struct house *house = *state;
	const struct codes_account account = account_of(house);
	char codes[2][OTP_RECOVERY_SIZE];
	enum channel_answer answer = CHANNEL_REFUSED;
	struct channel_reply reply;
	int fd;

	begin(house);
	assert_int_equal(codes_recovery_issue(house->root, &account, time(NULL), 2, codes), 0);
	fd = house_open(house);
	answer = ask(fd, verify_request(codes[0]), &reply);
	assert_int_equal(answer, CHANNEL_ACCEPTED);
	assert_true(reply.recovered);
	assert_int_equal(reply.recovery_left, 1);
	assert_event(house, "code.recovered");
	assert_int_equal(ask(fd, verify_request(codes[0]), &reply), CHANNEL_REFUSED);
	assert_false(reply.recovered);
	(void)close(fd);
}

static void assert_held_back(struct house *house, const char *typed)
{
	const int64_t started = now_msec();

	assert_int_equal(verify(house, typed), CHANNEL_REFUSED);
	assert_true(now_msec() - started >= 250);
}

/* After allow wrong ones the right one is refused too. No refusal comes earlier than others. */
static void held_back(void **state)
{
	struct house *house = *state;

	house_policy(house, ATTEMPTS);
	house_start(house);
	assert_held_back(house, "");
	assert_held_back(house, "hello");
	assert_held_back(house, "123456");
	assert_held_back(house, "0a5k-m9q2-7rtz");
	give_phone(house);
	assert_held_back(house, show_wrong(&phone).code);
	drop_events(house);
	assert_held_back(house, show(&phone, 0).code);
	assert_event(house, "attempts.refused");
	assert_event(house, "");
}

static void other_people(void **state)
{
	struct house *house = *state;
	const struct passwd *other;
	struct channel_reply reply;
	int fd = -1;

	if (getuid() != 0)
		skip();
	begin(house);
	other = getpwnam("games");
	/* of another account the code is as good as none */
	assert_int_equal(house_try_open(house, other->pw_uid, &fd), 0);
	assert_int_equal(ask(fd, verify_request(show(&phone, 0).code), &reply), CHANNEL_REFUSED);
	(void)close(fd);
	assert_int_equal(house_try_open(house, 54321, &fd), 0);
	assert_int_equal(ask(fd, verify_request("123456"), &reply), CHANNEL_NO_ACCOUNT);
	(void)close(fd);
	assert_int_equal(house_try_open(house, 0, &fd), 0);
	assert_int_equal(ask(fd, verify_request("123456"), &reply), CHANNEL_NOT_FOR_ROOT);
	(void)close(fd);
	assert_int_equal(verify(house, show(&phone, 0).code), CHANNEL_ACCEPTED);
}

static void no_daemon(void **state)
{
	const struct house *house = *state;
	const int64_t started = now_msec();
	char path[108];
	int fd = -1;

	assert_int_equal(channel_open(house->root, &fd), -ENOENT);
	(void)close(house_listen(house, CHANNEL_SOCKET, SOCK_SEQPACKET));
	assert_int_equal(channel_open(house->root, &fd), -ECONNREFUSED);
	path_in(house, CHANNEL_SOCKET, path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(fd, -1);
	assert_true(now_msec() - started < 1000);
}

static void no_policy(void **state)
{
	struct house *house = *state;

	house_start(house);
	assert_int_equal(verify(house, "123456"), CHANNEL_UNAVAILABLE);
	assert_event(house, "policy.unusable");
}

/* Who could have put a socket there is root; another's is not spoken to. */
static void somebody_elses_daemon(void **state)
{
	const struct house *house = *state;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	int client = -1;

	if (getuid() != 0)
		skip();
	path_in(house, CHANNEL_SOCKET, address.sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(seteuid(house->uid), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(channel_open(house->root, &client), -EPERM);
	assert_int_equal(client, -1);
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_HOUSE(right_wrong_replayed),	 IN_HOUSE(recovery_code), IN_HOUSE(held_back),
		IN_HOUSE(other_people),		 IN_HOUSE(no_daemon),	  IN_HOUSE(no_policy),
		IN_HOUSE(somebody_elses_daemon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
