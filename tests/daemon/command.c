/* SPDX-License-Identifier: MIT */
/* command.c - tests: sereno otp without root, through serenod, for one's own account alone. */
#include "house.h"

#include <grp.h>

#define ATTEMPTS    "attempts: {allow: 3, within: 15m, then: {delay: 30s}, allow-per-user: 9}\n"
#define BLOCKS	    ATTEMPTS "second-factor: {totp: {issuer: DACARTEC}, recovery-codes: 3}\n"
#define WORDS_MAX   12
#define TIMEOUT_SEC 20

/* The command, as the client. */
struct command {
	pid_t pid;
	int in, out;
	char said[65536];
	size_t length, seen;
	struct otp_token token;
};

static struct command *command_new(void)
{
	struct command *command = calloc(1, sizeof(*command));

	assert_non_null(command);
	return command;
}

/* The build folder may be closed to the client: what is opened before can be run. */
static int open_program(void)
{
	const char *build = getenv("O");
	char path[4096];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/sereno", build ? build : "build");
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	return fd;
}

static void become_client(const struct house *house, int program, const char *words)
{
	char text[256];
	char *arguments[WORDS_MAX] = { (char *)(uintptr_t) "sereno" };
	char *rest = NULL;
	size_t n = 1;

	(void)snprintf(text, sizeof(text), "otp %s --root %s", words, house->root);
	for (char *word = text; word && n < WORDS_MAX - 1; word = rest) {
		rest = strchr(word, ' ');
		if (rest)
			*rest++ = '\0';
		arguments[n++] = word;
	}
	if (setgroups(0, NULL) < 0 || setresgid(house->uid, house->uid, house->uid) < 0 ||
	    setresuid(house->uid, house->uid, house->uid) < 0)
		_exit(126);
	(void)fexecve(program, arguments, environ);
	_exit(127);
}

static void start(const struct house *house, struct command *command, const char *words)
{
	const int program = open_program();
	int in[2], out[2];

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	command->pid = fork();
	assert_true(command->pid >= 0);
	if (command->pid == 0) {
		(void)dup2(in[0], STDIN_FILENO);
		(void)dup2(out[1], STDOUT_FILENO);
		(void)dup2(out[1], STDERR_FILENO);
		become_client(house, program, words);
	}
	(void)close(program);
	(void)close(in[0]);
	(void)close(out[1]);
	command->in = in[1];
	command->out = out[0];
	command->length = command->seen = 0;
	command->said[0] = '\0';
}

static bool hear(struct command *command)
{
	struct pollfd source = { .fd = command->out, .events = POLLIN };
	ssize_t n;

	assert_int_equal(poll(&source, 1, TIMEOUT_SEC * 1000), 1);
	n = read(command->out, command->said + command->length,
		 sizeof(command->said) - 1 - command->length);
	if (n <= 0)
		return false;
	command->length += (size_t)n;
	command->said[command->length] = '\0';
	return true;
}

static const char *await(struct command *command, const char *text)
{
	const char *found;

	while (!(found = strstr(command->said + command->seen, text)))
		if (!hear(command))
			fail_msg("never said '%s': %s", text, command->said);
	command->seen = (size_t)(found - command->said) + strlen(text);
	return found;
}

/* One that refuses at once may have ended before it is told: what it said is looked at later. */
static void type(const struct command *command, const char *text)
{
	char line[256];
	const int n = snprintf(line, sizeof(line), "%s\n", text);

	assert_true(n > 0 && (size_t)n < sizeof(line));
	assert_true(write(command->in, line, (size_t)n) == n || errno == EPIPE);
}

static int finish(struct command *command)
{
	int status;

	(void)close(command->in);
	while (hear(command))
		;
	(void)close(command->out);
	assert_int_equal(waitpid(command->pid, &status, 0), command->pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void assert_says(const struct command *command, const char *text)
{
	if (!strstr(command->said, text))
		fail_msg("does not say '%s': %s", text, command->said);
}

/* The whole of it: so typed, so ended, so said. */
static void expect(const struct house *house, const char *words, const char *typed, int status,
		   const char *says)
{
	struct command *command = command_new();
	int ended;

	start(house, command, words);
	type(command, typed);
	ended = finish(command);
	if (ended != status)
		fail_msg("%s: %d, not %d: %s", words, ended, status, command->said);
	assert_says(command, says);
	free(command);
}

static void scan(struct command *command)
{
	const char *secret = await(command, "?secret=") + strlen("?secret=");
	char text[OTP_BASE32_SIZE];
	size_t length;

	(void)await(command, "&issuer=DACARTEC");
	length = strcspn(secret, "&");
	assert_true(length < sizeof(text));
	memcpy(text, secret, length);
	text[length] = '\0';
	command->token = (struct otp_token){ OTP_SHA1, 6, 30, 0, { 0 } };
	assert_int_equal(otp_base32_decode(text, command->token.secret, OTP_SECRET_MAX, &length),
			 0);
	command->token.secret_length = (uint32_t)length;
}

static void begin(struct house *house)
{
	if (getuid() != 0)
		skip(); /* there is one account only, and the tree is its own */
	house_policy(house, BLOCKS);
	house_start(house);
}

static void enrolled_by_password(void **state)
{
	struct house *house = *state;
	struct command *command = command_new();
	char recovery[OTP_RECOVERY_SIZE] = "";

	begin(house);
	house_verifier(house);
	expect(house, "status", "", 1, "may enrol at login");
	start(house, command, "enrol --show-secret");
	type(command, PASSWORD);
	scan(command);
	type(command, show_wrong(&command->token).code);
	(void)await(command, "That was not its code");
	type(command, show(&command->token, 0).code);
	(void)await(command, "Recovery codes");
	memcpy(recovery, await(command, "\n  ") + 3, sizeof(recovery) - 1);
	assert_int_equal(finish(command), 0);
	assert_says(command, "you have the token phone");
	expect(house, "status", "", 0, "phone");
	expect(house, "verify", show(&command->token, 1).code, 0, "right. It is used up");
	expect(house, "verify", recovery, 0, "right: a recovery code. It is used up; 2 are left");
	free(command);
}

static void wrong_password(void **state)
{
	struct house *house = *state;

	begin(house);
	house_verifier(house);
	expect(house, "enrol --show-secret", "not it", 1, "refused");
	expect(house, "enrol --show-secret", "0x5k-m9q2-7rtz", 1, "refused");
}

static void more_by_a_code(void **state)
{
	struct house *house = *state;
	struct command *command = command_new();

	begin(house);
	give_phone(house);
	expect(house, "enrol --show-secret", show(&phone, 0).code, 1, "another --label");
	start(house, command, "enrol --show-secret --label tablet");
	type(command, show(&phone, 1).code);
	scan(command);
	type(command, show(&command->token, 0).code);
	assert_int_equal(finish(command), 0);
	expect(house, "status", "", 0, "tablet");
	free(command);
}

static void recovery_codes_by_a_code(void **state)
{
	struct house *house = *state;

	begin(house);
	give_phone(house);
	expect(house, "recovery --show-secret", show_wrong(&phone).code, 1, "refused");
	expect(house, "recovery --show-secret", show(&phone, 0).code, 0,
	       "you have 3 new recovery codes");
	expect(house, "recovery", "", 2, "--show-secret if that is meant");
}

/* Nothing is made where the policy has none, and those of before stay. */
static void no_recovery_codes(void **state)
{
	struct house *house = *state;
	const struct codes_account account = account_of(house);
	char code[1][OTP_RECOVERY_SIZE];
	struct codes_status status;

	begin(house);
	house_policy(house, ATTEMPTS "second-factor: {recovery-codes: 0}\n");
	give_phone(house);
	assert_int_equal(codes_recovery_issue(house->root, &account, time(NULL), 1, code), 0);
	expect(house, "recovery --show-secret", show(&phone, 0).code, 1,
	       "the policy in force has no recovery codes");
	assert_int_equal(codes_status(house->root, &account, &status), 0);
	assert_int_equal(status.recovery_left, 1);
	assert_event(house, "code.accepted");
	assert_event(house, "");
}

/* The phone shows them in a row; meanwhile the host may have come to its next step. */
static void a_clock_that_is_off(void **state)
{
	const struct shown one = show(&phone, 20), two = show(&phone, 21), three = show(&phone, 22);
	struct house *house = *state;
	char typed[128];

	begin(house);
	house_verifier(house);
	give_phone(house);
	(void)snprintf(typed, sizeof(typed), PASSWORD "\n%s\n%s", one.code, three.code);
	expect(house, "resync", typed, 1, "not two codes in a row");
	(void)snprintf(typed, sizeof(typed), PASSWORD "\n%s\n%s", one.code, two.code);
	expect(house, "resync", typed, 0, "taken into account");
	expect(house, "verify", three.code, 0, "right");
}

static void by_ticket(void **state)
{
	struct house *house = *state;
	struct command *command = command_new();
	const struct codes_account account = account_of(house);
	char ticket[OTP_RECOVERY_SIZE];

	begin(house);
	assert_int_equal(codes_reset(house->root, &account), -ENOENT);
	give_phone(house);
	assert_int_equal(codes_remove(house->root, &account, NULL, time(NULL)), 0);
	expect(house, "enrol --show-secret", PASSWORD, 1, "only with a ticket");
	assert_int_equal(codes_ticket_issue(house->root, &account, time(NULL), 3600, ticket), 0);
	start(house, command, "enrol --show-secret");
	type(command, ticket);
	scan(command);
	type(command, show(&command->token, 0).code);
	assert_int_equal(finish(command), 0);
	free(command);
}

/* Everybody may ask, but for himself. */
static void nobody_else(void **state)
{
	struct house *house = *state;
	char own[96];

	begin(house);
	expect(house, "status root", "", 1, "root's business");
	expect(house, "verify root", "123456", 1, "root's business");
	expect(house, "enrol root --show-secret", "", 1, "root's business");
	(void)snprintf(own, sizeof(own), "status %s", house->name);
	expect(house, own, "", 1, house->name);
	expect(house, "ticket", "", 3, "run this as root");
	expect(house, "remove", "", 3, "run this as root");
	expect(house, "reset", "", 3, "run this as root");
	expect(house, "import --from uri --user root", "", 3, "run this as root");
}

static void without_serenod(void **state)
{
	struct house *house = *state;

	begin(house);
	house_stop(house);
	expect(house, "verify", "123456", 3, "serenod is not there");
	expect(house, "enrol --show-secret", "", 3, "systemctl start serenod.socket");
	expect(house, "status", "", 3, "serenod is not there");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_HOUSE(enrolled_by_password),
		IN_HOUSE(wrong_password),
		IN_HOUSE(more_by_a_code),
		IN_HOUSE(recovery_codes_by_a_code),
		IN_HOUSE(no_recovery_codes),
		IN_HOUSE(a_clock_that_is_off),
		IN_HOUSE(by_ticket),
		IN_HOUSE(nobody_else),
		IN_HOUSE(without_serenod),
	};

	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return 1;
	return cmocka_run_group_tests_name("sereno otp without root", tests, NULL, NULL);
}
