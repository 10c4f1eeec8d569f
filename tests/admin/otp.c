/* SPDX-License-Identifier: MIT */
/* otp.c - sereno otp: the life of a token, over pipes and on a terminal that keeps nothing of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <sereno/codes.h>
#include <sereno/scoped.h>

#define WORDS_MAX   12
#define TIMEOUT_SEC 20

static const struct codes_account ana = { "ana", 1002 };

struct tree {
	char root[64];
	pid_t pid;
	int in, out; /* of the command; the same on a terminal */
	char said[65536];
	size_t length, seen; /* what was waited for already */
	struct otp_token token;
};

static int set_up(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));
	char path[128];
	FILE *file;

	assert_non_null(tree);
	(void)snprintf(tree->root, sizeof(tree->root), "/tmp/sereno-otp-XXXXXX");
	assert_non_null(mkdtemp(tree->root));
	(void)snprintf(path, sizeof(path), "%s/etc", tree->root);
	assert_int_equal(mkdir(path, 0755), 0);
	(void)snprintf(path, sizeof(path), "%s/etc/passwd", tree->root);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs("root:x:0:0::/root:/bin/sh\nana:x:1002:1002::/:/bin/sh\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
	*state = tree;
	return 0;
}

static int tear_down(void **state)
{
	struct tree *tree = *state;
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", tree->root);
	assert_int_equal(system(command), 0);
	free(tree);
	return 0;
}

/* "otp WORD... --root ROOT", as the child. */
static void become_sereno(const struct tree *tree, const char *words)
{
	const char *build = getenv("O");
	char program[256], text[256];
	char *arguments[WORDS_MAX] = { program, (char *)(uintptr_t) "otp" };
	char *rest = NULL;
	size_t n = 2;

	(void)snprintf(program, sizeof(program), "%s/sereno", build ? build : "build");
	(void)snprintf(text, sizeof(text), "%s --root %s", words, tree->root);
	for (char *word = text; word && n < WORDS_MAX - 1; word = rest) {
		rest = strchr(word, ' ');
		if (rest)
			*rest++ = '\0';
		arguments[n++] = word;
	}
	(void)execv(program, arguments);
	_exit(127);
}

static void start_piped(struct tree *tree, const char *words)
{
	int in[2], out[2];

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	tree->pid = fork();
	assert_true(tree->pid >= 0);
	if (tree->pid == 0) {
		(void)dup2(in[0], STDIN_FILENO);
		(void)dup2(out[1], STDOUT_FILENO);
		(void)dup2(out[1], STDERR_FILENO);
		become_sereno(tree, words);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	tree->in = in[1];
	tree->out = out[0];
	tree->length = tree->seen = 0;
}

static void start_on_terminal(struct tree *tree, const char *words, unsigned short rows)
{
	const struct winsize size = { .ws_row = rows, .ws_col = 80 };

	tree->pid = forkpty(&tree->in, NULL, NULL, &size);
	assert_true(tree->pid >= 0);
	if (tree->pid == 0) {
		(void)setenv("TERM", "xterm", 1);
		(void)setenv("LC_ALL", "C.UTF-8", 1);
		(void)unsetenv("COLUMNS");
		become_sereno(tree, words);
	}
	tree->out = tree->in;
	tree->length = tree->seen = 0;
}

/* More of what it says. Returns false at the end. */
static bool hear(struct tree *tree)
{
	struct pollfd source = { .fd = tree->out, .events = POLLIN };
	ssize_t n;

	assert_int_equal(poll(&source, 1, TIMEOUT_SEC * 1000), 1);
	n = read(tree->out, tree->said + tree->length, sizeof(tree->said) - 1 - tree->length);
	if (n <= 0) /* EIO: the other end of a terminal is closed */
		return false;
	tree->length += (size_t)n;
	tree->said[tree->length] = '\0';
	return true;
}

/* Wait until it says @text, behind what it was waited for last. Returns where. */
static const char *await(struct tree *tree, const char *text)
{
	const char *found;

	tree->said[tree->length] = '\0';
	while (!(found = strstr(tree->said + tree->seen, text)))
		if (!hear(tree))
			fail_msg("never said '%s': %s", text, tree->said + tree->seen);
	tree->seen = (size_t)(found - tree->said) + strlen(text);
	return found;
}

static void type(const struct tree *tree, const char *text)
{
	assert_int_equal(write(tree->in, text, strlen(text)), strlen(text));
}

/* To the end. Returns the status of waitpid(). */
static int finish_raw(struct tree *tree)
{
	int status;

	if (tree->in != tree->out)
		(void)close(tree->in);
	while (hear(tree))
		;
	(void)close(tree->out);
	assert_int_equal(waitpid(tree->pid, &status, 0), tree->pid);
	return status;
}

static int finish(struct tree *tree)
{
	const int status = finish_raw(tree);

	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int sereno(struct tree *tree, const char *words, const char *typed)
{
	start_piped(tree, words);
	type(tree, typed);
	return finish(tree);
}

static void assert_says(const struct tree *tree, const char *text)
{
	if (!strstr(tree->said, text))
		fail_msg("does not say '%s': %s", text, tree->said);
}

/* The token in the URI that is shown. */
static void scan(struct tree *tree)
{
	const char *secret = await(tree, "?secret=") + strlen("?secret=");
	char text[OTP_BASE32_SIZE];
	size_t length;

	(void)await(tree, "&issuer=");
	length = strcspn(secret, "&");
	assert_true(length < sizeof(text));
	memcpy(text, secret, length);
	text[length] = '\0';
	tree->token = (struct otp_token){ OTP_SHA1, 6, 30, 0, { 0 } };
	assert_int_equal(otp_base32_decode(text, tree->token.secret, OTP_SECRET_MAX, &length), 0);
	tree->token.secret_length = (uint32_t)length;
}

/* The code of so many steps from now, and the Enter key. */
static const char *shown(const struct tree *tree, int steps, char line[static OTP_CODE_SIZE + 1])
{
	const uint64_t now = otp_step(&tree->token, time(NULL));

	assert_int_equal(otp_code(&tree->token, now + (uint64_t)(int64_t)steps, line), 0);
	line[tree->token.digits] = '\n';
	line[tree->token.digits + 1] = '\0';
	return line;
}

/* ana with a token whose codes of up to @steps from now are used. */
static void enrol(struct tree *tree, const char *words, int steps)
{
	char line[OTP_CODE_SIZE + 1];

	start_piped(tree, words);
	scan(tree);
	type(tree, shown(tree, steps, line));
	assert_int_equal(finish(tree), 0);
}

static void enrolled_over_a_pipe(void **state)
{
	struct tree *tree = *state;
	char line[OTP_CODE_SIZE + 1];
	struct codes_status status;

	enrol(tree, "enrol ana --show-secret", -1);
	assert_says(tree, "ana has the token phone");
	assert_says(tree, "Recovery codes");
	assert_int_equal(codes_status(tree->root, &ana, &status), 0);
	assert_int_equal(status.n_tokens, 1);
	assert_int_equal(status.recovery_left, 8);
	assert_int_equal(sereno(tree, "verify ana", shown(tree, 1, line)), 0);
	assert_says(tree, "right: a code of the token phone. It is used up");
	assert_int_equal(sereno(tree, "verify ana", line), 1);
	assert_says(tree, "used before");
	assert_int_equal(sereno(tree, "enrol ana --show-secret", ""), 1);
	assert_says(tree, "ana has a token phone already");
	assert_int_equal(sereno(tree, "status ana", ""), 0);
	assert_int_equal(sereno(tree, "status", ""), 0);
	assert_says(tree, "phone");
}

static void a_second_token_leaves_recovery_codes_alone(void **state)
{
	struct tree *tree = *state;
	struct codes_status status;

	enrol(tree, "enrol ana --show-secret", 0);
	enrol(tree, "enrol ana --show-secret --label tablet", 0);
	assert_says(tree, "the 8 recovery codes of before stay good");
	assert_int_equal(codes_status(tree->root, &ana, &status), 0);
	assert_int_equal(status.n_tokens, 2);
	assert_string_equal(status.token[1].label, "tablet");
}

static void no_secret_into_a_pipe(void **state)
{
	struct tree *tree = *state;

	assert_int_equal(sereno(tree, "enrol ana", ""), 2);
	assert_says(tree, "--show-secret if that is meant");
	assert_int_equal(sereno(tree, "recovery ana", ""), 2);
	assert_int_equal(sereno(tree, "ticket ana", ""), 2);
	assert_null(strstr(tree->said, "otpauth"));
}

static void unconfirmed_keeps_nothing(void **state)
{
	struct tree *tree = *state;
	struct codes_status status = { .n_tokens = 0 };
	int r;

	assert_int_equal(sereno(tree, "enrol ana --show-secret", "wrong\n\nworse\n"), 1);
	assert_says(tree, "That was not its code");
	assert_says(tree, "not confirmed: ana has no new token");
	r = codes_status(tree->root, &ana, &status);
	assert_true(r == 0 || r == -ENOENT);
	assert_int_equal(status.n_tokens, 0);
	assert_int_equal(sereno(tree, "enrol ana --show-secret", ""), 1);
}

/* How often @text stands in what was said. */
static unsigned count(const struct tree *tree, const char *text)
{
	unsigned n = 0;

	for (const char *at = strstr(tree->said, text); at; at = strstr(at + 1, text))
		n++;
	return n;
}

#define SECOND_SCREEN "\033[?1049h"
#define FIRST_SCREEN  "\033[?1049l"

static void a_terminal_keeps_nothing(void **state)
{
	struct tree *tree = *state;
	char line[OTP_CODE_SIZE + 1];
	const char *over;

	start_on_terminal(tree, "enrol ana", 50);
	(void)await(tree, SECOND_SCREEN);
	(void)await(tree, "\u2580");
	scan(tree);
	(void)await(tree, "Code that the phone shows: ");
	type(tree, shown(tree, 0, line));
	(void)await(tree, "Recovery codes");
	(void)await(tree, "press Enter: ");
	type(tree, "\n");
	assert_int_equal(finish(tree), 0);
	line[6] = '\0';
	assert_null(strstr(tree->said, line));
	over = strstr(tree->said, "\033[H\033[2J" FIRST_SCREEN);
	assert_non_null(over);
	assert_non_null(strstr(over, "ana has the token phone"));
	assert_null(strstr(over, "secret"));
	assert_null(strstr(over, "-"));
	assert_int_equal(count(tree, SECOND_SCREEN), 1);
	assert_int_equal(count(tree, FIRST_SCREEN), 1);
}

static void a_small_window_turns_the_page(void **state)
{
	struct tree *tree = *state;
	char line[OTP_CODE_SIZE + 1];

	start_on_terminal(tree, "enrol ana", 21);
	(void)await(tree, "\u2580");
	(void)await(tree, "(Enter: in letters): ");
	assert_null(strstr(tree->said, "otpauth"));
	type(tree, "\n");
	scan(tree);
	(void)await(tree, "(Enter: the picture): ");
	type(tree, "\n");
	(void)await(tree, "\u2580");
	(void)await(tree, "(Enter: in letters): ");
	type(tree, shown(tree, 0, line));
	(void)await(tree, "press Enter: ");
	type(tree, "\n");
	assert_int_equal(finish(tree), 0);
}

static void a_smaller_one_has_no_picture(void **state)
{
	struct tree *tree = *state;

	start_on_terminal(tree, "enrol ana --ascii", 24);
	(void)await(tree, "no room for the picture");
	scan(tree);
	assert_null(strstr(tree->said, "##"));
	for (int i = 0; i < 3; i++) {
		(void)await(tree, "Code that the phone shows: ");
		type(tree, "no\n");
	}
	assert_int_equal(finish(tree), 1);
	assert_says(tree, FIRST_SCREEN);
}

static void a_signal_leaves_the_terminal_as_it_was(void **state)
{
	struct tree *tree = *state;
	struct termios before, after;
	struct codes_status status;
	int status_raw;

	start_on_terminal(tree, "enrol ana", 50);
	(void)await(tree, "Code that the phone shows: ");
	assert_int_equal(tcgetattr(tree->in, &before), 0);
	assert_false(before.c_lflag & ECHO);
	type(tree, "12\003");
	(void)await(tree, FIRST_SCREEN);
	status_raw = tcgetattr(tree->in, &after);
	assert_int_equal(status_raw, 0);
	status_raw = finish_raw(tree);
	assert_true(WIFSIGNALED(status_raw));
	assert_int_equal(WTERMSIG(status_raw), SIGINT);
	assert_int_equal(codes_status(tree->root, &ana, &status), -ENOENT);
}

static void recovery_codes_anew(void **state)
{
	struct tree *tree = *state;
	char first[OTP_RECOVERY_SIZE + 1] = "";

	assert_int_equal(sereno(tree, "recovery ana --show-secret", ""), 1);
	assert_says(tree, "ana has no token");
	enrol(tree, "enrol ana --show-secret", 0);
	memcpy(first, strstr(tree->said, "each is good once:\n  ") + 21, OTP_RECOVERY_SIZE - 1);
	first[OTP_RECOVERY_SIZE - 1] = '\n';
	assert_int_equal(sereno(tree, "verify ana", first), 0);
	assert_says(tree, "right: a recovery code. It is used up; 7 are left");
	assert_int_equal(sereno(tree, "verify ana", first), 1);
	assert_int_equal(sereno(tree, "recovery ana --show-secret", ""), 0);
	assert_says(tree, "ana has 8 new recovery codes; those of before are void");
}

static void a_phone_whose_clock_is_off(void **state)
{
	struct tree *tree = *state;
	char one[OTP_CODE_SIZE + 1], two[OTP_CODE_SIZE + 1], both[2 * sizeof(one)];

	assert_int_equal(sereno(tree, "resync ana", "123456\n123457\n"), 1);
	assert_says(tree, "ana has no token");
	enrol(tree, "enrol ana --show-secret", 0);
	(void)snprintf(both, sizeof(both), "%s%s", shown(tree, 10, one), shown(tree, 11, two));
	assert_int_equal(sereno(tree, "resync ana --label tablet", both), 1);
	assert_says(tree, "ana has no token tablet");
	assert_int_equal(sereno(tree, "resync ana", both), 0);
	assert_says(tree, "steps of ours away");
	assert_int_equal(sereno(tree, "verify ana", shown(tree, 0, one)), 1);
	assert_int_equal(sereno(tree, "verify ana", shown(tree, 12, one)), 0);
	assert_int_equal(sereno(tree, "resync ana", "123456\n"), 1);
	assert_says(tree, "nothing was typed");
	(void)snprintf(both, sizeof(both), "%s%s", two, one);
	assert_int_equal(sereno(tree, "resync ana", both), 1);
}

static void removed(void **state)
{
	struct tree *tree = *state;

	assert_int_equal(sereno(tree, "remove ana", ""), 1);
	assert_says(tree, "ana has no token");
	enrol(tree, "enrol ana --show-secret", 0);
	enrol(tree, "enrol ana --show-secret --label tablet", 0);
	assert_int_equal(sereno(tree, "remove ana --label watch", ""), 1);
	assert_says(tree, "ana has no token watch");
	assert_int_equal(sereno(tree, "remove ana --label tablet --dry-run", ""), 0);
	assert_says(tree, "the token tablet of ana would be removed");
	assert_int_equal(sereno(tree, "remove ana --label tablet", ""), 0);
	assert_int_equal(sereno(tree, "remove ana --label tablet", ""), 1);
	assert_int_equal(sereno(tree, "reset ana", ""), 1);
	assert_says(tree, "is not lost");
	assert_int_equal(sereno(tree, "remove ana", ""), 0);
	assert_says(tree, "every token of ana is removed");
	assert_says(tree, "sereno otp ticket ana");
	assert_int_equal(sereno(tree, "status ana", ""), 1);
	assert_says(tree, "needs a ticket");
}

static void a_lost_record_begins_anew(void **state)
{
	struct tree *tree = *state;
	char command[160];

	assert_int_equal(sereno(tree, "reset ana", ""), 1);
	enrol(tree, "enrol ana --show-secret", 0);
	(void)snprintf(command, sizeof(command), "truncate -s 100 %s/var/lib/sereno/codes/1002",
		       tree->root);
	assert_int_equal(system(command), 0);
	assert_int_equal(sereno(tree, "status", ""), 1);
	assert_says(tree, "damaged");
	assert_int_equal(sereno(tree, "status ana", ""), 3);
	assert_says(tree, "sereno otp reset ana");
	assert_int_equal(sereno(tree, "verify ana", "123456\n"), 3);
	assert_int_equal(sereno(tree, "enrol ana --show-secret", ""), 3);
	assert_int_equal(sereno(tree, "reset ana --dry-run", ""), 0);
	assert_int_equal(sereno(tree, "status ana", ""), 3);
	assert_int_equal(sereno(tree, "reset ana", ""), 0);
	assert_int_equal(sereno(tree, "status ana", ""), 1);
	enrol(tree, "enrol ana --show-secret", 0);
}

static void a_ticket(void **state)
{
	struct tree *tree = *state;
	char ticket[OTP_RECOVERY_SIZE] = "";
	bool right = false;

	assert_int_equal(sereno(tree, "ticket ana --show-secret --valid 2h", ""), 0);
	memcpy(ticket, tree->said, sizeof(ticket) - 1);
	assert_int_equal(codes_ticket_check(tree->root, &ana, ticket, time(NULL) + 7000, &right),
			 0);
	assert_true(right);
	assert_int_equal(codes_ticket_check(tree->root, &ana, ticket, time(NULL) + 7300, &right),
			 0);
	assert_false(right);
	assert_int_equal(sereno(tree, "status ana", ""), 1);
	assert_says(tree, "ticket until");
}

/* The same code is a code of his phone afterwards, but for those that may have been used. */
static void imported(void **state)
{
	struct tree *tree = *state;
	char line[OTP_CODE_SIZE + 1];
	const char *uri = "otpauth://totp/ana?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n";

	tree->token = (struct otp_token){ OTP_SHA1, 6, 30, 20, "12345678901234567890" };
	assert_int_equal(sereno(tree, "import --from uri --user ana --dry-run", uri), 0);
	assert_says(tree, "ana would get 1 token");
	assert_int_equal(sereno(tree, "status ana", ""), 1);
	assert_int_equal(sereno(tree, "import --from uri --user ana", uri), 0);
	assert_int_equal(sereno(tree, "import --from uri --user ana --label more", uri), 1);
	assert_says(tree, "ana has this secret already");
	assert_int_equal(sereno(tree, "verify ana", shown(tree, 0, line)), 1);
	assert_says(tree, "used before");
	assert_int_equal(sereno(tree, "verify ana", shown(tree, 1, line)), 1);
	/* two steps ahead is not good yet, unless a step has begun in between */
	(void)sereno(tree, "verify ana", shown(tree, 2, line));
	assert_null(strstr(tree->said, "used before"));
}

#define ON_TREE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_TREE(enrolled_over_a_pipe),
		ON_TREE(a_second_token_leaves_recovery_codes_alone),
		ON_TREE(no_secret_into_a_pipe),
		ON_TREE(unconfirmed_keeps_nothing),
		ON_TREE(a_terminal_keeps_nothing),
		ON_TREE(a_small_window_turns_the_page),
		ON_TREE(a_smaller_one_has_no_picture),
		ON_TREE(a_signal_leaves_the_terminal_as_it_was),
		ON_TREE(recovery_codes_anew),
		ON_TREE(a_phone_whose_clock_is_off),
		ON_TREE(removed),
		ON_TREE(a_lost_record_begins_anew),
		ON_TREE(a_ticket),
		ON_TREE(imported),
	};

	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || setenv("TZ", "UTC", 1) < 0)
		return 1;
	return cmocka_run_group_tests_name("second factors by command", tests, NULL, NULL);
}
