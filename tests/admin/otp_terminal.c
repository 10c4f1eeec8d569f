/* SPDX-License-Identifier: MIT */
/* otp_terminal.c - sereno otp on a terminal, which keeps nothing of what it showed. */
#include "otp_talk.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_TREE(a_terminal_keeps_nothing),
		ON_TREE(a_small_window_turns_the_page),
		ON_TREE(a_smaller_one_has_no_picture),
		ON_TREE(a_signal_leaves_the_terminal_as_it_was),
	};

	if (setenv("TZ", "UTC", 1) < 0)
		return 1;
	return cmocka_run_group_tests_name("second factors on a terminal", tests, NULL, NULL);
}
