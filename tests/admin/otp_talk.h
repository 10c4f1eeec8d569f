/* SPDX-License-Identifier: MIT */
/*
 * otp_talk.h - for the tests of sereno otp: a tree with ana in it, and a talk with the command,
 * over pipes or on a terminal.
 */
#ifndef TESTS_ADMIN_OTP_TALK_H
#define TESTS_ADMIN_OTP_TALK_H

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

static const struct codes_account ana __attribute__((unused)) = { "ana", 1002 };

struct tree {
	char root[64];
	pid_t pid;
	int in, out; /* of the command; the same on a terminal */
	char said[65536];
	size_t length, seen; /* what was waited for already */
	struct otp_token token;
};

static inline int set_up(void **state)
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

static inline int tear_down(void **state)
{
	struct tree *tree = *state;
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", tree->root);
	assert_int_equal(system(command), 0);
	free(tree);
	return 0;
}

/* "otp WORD... --root ROOT", as the child. */
static inline void become_sereno(const struct tree *tree, const char *words)
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

static inline void start_piped(struct tree *tree, const char *words)
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

static inline void start_on_terminal(struct tree *tree, const char *words, unsigned short rows)
{
	const struct winsize size = { .ws_row = rows, .ws_col = 80 };

	tree->pid = forkpty(&tree->in, NULL, NULL, &size);
	assert_true(tree->pid >= 0);
	if (tree->pid == 0) {
		/* a shell's job in the background ignores it */
		(void)signal(SIGINT, SIG_DFL);
		(void)setenv("TERM", "xterm", 1);
		(void)setenv("LC_ALL", "C.UTF-8", 1);
		(void)unsetenv("COLUMNS");
		become_sereno(tree, words);
	}
	tree->out = tree->in;
	tree->length = tree->seen = 0;
}

/* More of what it says. Returns false at the end. */
static inline bool hear(struct tree *tree)
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

static inline void type(const struct tree *tree, const char *text)
{
	assert_int_equal(write(tree->in, text, strlen(text)), strlen(text));
}

/* To the end. Returns the status of waitpid(). */
static inline int finish_raw(struct tree *tree)
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

static inline int finish(struct tree *tree)
{
	const int status = finish_raw(tree);

	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static inline int sereno(struct tree *tree, const char *words, const char *typed)
{
	start_piped(tree, words);
	type(tree, typed);
	return finish(tree);
}

static inline void assert_says(const struct tree *tree, const char *text)
{
	if (!strstr(tree->said, text))
		fail_msg("does not say '%s': %s", text, tree->said);
}

/* The token in the URI that is shown. */
static inline void scan(struct tree *tree)
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
static inline void enrol(struct tree *tree, const char *words, int steps)
{
	char line[OTP_CODE_SIZE + 1];

	start_piped(tree, words);
	scan(tree);
	type(tree, shown(tree, steps, line));
	assert_int_equal(finish(tree), 0);
}

#define ON_TREE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
