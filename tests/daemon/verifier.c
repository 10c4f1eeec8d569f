/* SPDX-License-Identifier: MIT */
/* verifier.c - tests: sereno-verify answers one question, of root, and nothing else. */
#include "house.h"

#include "verifier.h"

static void begin(struct house *house)
{
	house_verifier(house);
}

static enum verifier_answer answer_on(int fd)
{
	struct pollfd waiting = { .fd = fd, .events = POLLIN };

	assert_int_equal(poll(&waiting, 1, 10000), 1);
	return verifier_hear(fd);
}

static enum verifier_answer asked(const struct house *house, uid_t uid, const char *password)
{
	scoped_fd int fd = -1;

	assert_int_equal(verifier_ask(house->root, uid, password, &fd), 0);
	return answer_on(fd);
}

static void right_and_wrong(void **state)
{
	struct house *house = *state;

	begin(house);
	assert_int_equal(asked(house, house->uid, PASSWORD), VERIFIER_YES);
	assert_int_equal(asked(house, house->uid, PASSWORD "x"), VERIFIER_NO);
	assert_int_equal(asked(house, house->uid, ""), VERIFIER_NO);
	assert_int_equal(asked(house, 54321, PASSWORD), VERIFIER_NO);
}

static void too_long(void **state)
{
	const struct house *house = *state;
	char password[CHANNEL_PROOF_SIZE + 1];
	int fd = -1;

	memset(password, 'a', sizeof(password));
	password[CHANNEL_PROOF_SIZE] = '\0';
	assert_int_equal(verifier_ask(house->root, house->uid, password, &fd), -EINVAL);
	assert_int_equal(verifier_ask(house->root, house->uid, "a", &fd), -ENOENT);
	assert_int_equal(fd, -1);
}

struct stack {
	const char *name, *lines;
	enum verifier_answer expected;
};

/* clang-format off */
static const struct stack stacks[] = {
	{ "a stack that denies",     "auth required pam_deny.so\n",    VERIFIER_NO },
	{ "a stack without module",  "auth required pam_nowhere.so\n", VERIFIER_UNAVAILABLE },
	{ "a stack of nonsense",     "auth perhaps pam_permit.so\n",   VERIFIER_UNAVAILABLE },
	{ "a stack without auth",    "account required pam_permit.so\n", VERIFIER_UNAVAILABLE },
	{ "a stack of two that differ", "auth required pam_exec.so expose_authtok quiet /bin/true\n"
				     "auth required pam_unix.so\n",    VERIFIER_NO },
};
/* clang-format on */

static void stack(void **state)
{
	struct house *house = *state;
	const struct stack *row = house->row;

	begin(house);
	house_file(house, "/pam.d/sereno-verify", row->lines);
	assert_int_equal(asked(house, house->uid, PASSWORD), row->expected);
}

static int connect_as(const struct house *house, uid_t uid)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	const uid_t self = geteuid();

	path_in(house, VERIFY, address.sun_path);
	assert_int_equal(seteuid(uid), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(seteuid(self), 0);
	return fd;
}

static void somebody_else_asks(void **state)
{
	struct house *house = *state;
	struct question question = { QUESTION_VERSION, house->uid, PASSWORD };
	scoped_fd int fd = -1;

	if (getuid() != 0)
		skip();
	begin(house);
	fd = connect_as(house, house->uid);
	(void)send(fd, &question, sizeof(question), MSG_NOSIGNAL);
	assert_int_equal(answer_on(fd), VERIFIER_UNAVAILABLE);
}

static void no_question(void **state)
{
	struct house *house = *state;
	struct question question = { QUESTION_VERSION, house->uid, PASSWORD };

	begin(house);
	for (unsigned i = 0; i < 4; i++) {
		scoped_fd int fd = connect_as(house, geteuid());

		question.version = i == 0 ? QUESTION_VERSION + 1 : QUESTION_VERSION;
		if (i == 1)
			memset(question.password, 'a', sizeof(question.password));
		(void)send(fd, &question, i == 2 ? 9 : sizeof(question) - (i == 3), MSG_NOSIGNAL);
		assert_int_equal(answer_on(fd), VERIFIER_UNAVAILABLE);
	}
}

int main(void)
{
	struct CMUnitTest tests[4 + ARRAY_SIZE(stacks)] = {
		IN_HOUSE(right_and_wrong),
		IN_HOUSE(too_long),
		IN_HOUSE(somebody_else_asks),
		IN_HOUSE(no_question),
	};

	for (size_t i = 0; i < ARRAY_SIZE(stacks); i++)
		tests[4 + i] = (struct CMUnitTest){
			.name = stacks[i].name,
			.test_func = stack,
			.setup_func = house_set_up,
			.teardown_func = house_tear_down,
			.initial_state = (void *)(uintptr_t)&stacks[i],
		};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
