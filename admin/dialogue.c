/* SPDX-License-Identifier: MIT */
/* dialogue.c - a page on the terminal's second screen, and lines typed unseen. */
#include "dialogue.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>

#include <sereno/scoped.h>

#define ROWS	24 /* where the terminal does not tell: as screens were */
#define COLUMNS 80
#define NO_TEXT '\x01' /* in place of a NUL */

/* Signals are read where we wait for an answer: a handler would need to know the terminal from a
 * variable that all share. */
static void hold_signals(struct dialogue *dialogue)
{
	sigset_t ending;

	(void)sigemptyset(&ending);
	(void)sigaddset(&ending, SIGHUP);
	(void)sigaddset(&ending, SIGINT);
	(void)sigaddset(&ending, SIGQUIT);
	(void)sigaddset(&ending, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &ending, &dialogue->before) < 0)
		return;
	dialogue->signals = signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
	if (dialogue->signals < 0)
		(void)sigprocmask(SIG_SETMASK, &dialogue->before, NULL);
}

static bool is_dumb(void)
{
	const char *term = getenv("TERM");

	return !term || !*term || strcmp(term, "dumb") == 0;
}

void dialogue_open(struct dialogue *ret)
{
	struct dialogue dialogue = { .signals = -1 };
	struct winsize size = { 0 };
	struct termios hidden;

	dialogue.hides = tcgetattr(STDIN_FILENO, &dialogue.shown) == 0;
	dialogue.screen = dialogue.hides && isatty(STDOUT_FILENO) && !is_dumb();
	if (dialogue.screen) {
		(void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size); /* else as screens were */
		dialogue.rows = size.ws_row ? size.ws_row : ROWS;
		dialogue.columns = size.ws_col ? size.ws_col : COLUMNS;
	}
	if (dialogue.hides) {
		hold_signals(&dialogue);
		hidden = dialogue.shown;
		hidden.c_lflag &= ~(tcflag_t)ECHO;
		hidden.c_cc[VSUSP] = _POSIX_VDISABLE; /* a page would stay behind */
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	}
	*ret = dialogue;
}

void dialogue_close(struct dialogue *dialogue)
{
	if (dialogue->showing) {
		fputs("\033[H\033[2J\033[?1049l", stdout);
		fflush(stdout);
	}
	if (dialogue->hides)
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &dialogue->shown);
	if (dialogue->signals >= 0) {
		(void)close(dialogue->signals);
		(void)sigprocmask(SIG_SETMASK, &dialogue->before, NULL);
	}
	if (dialogue->caught)
		(void)raise(dialogue->caught);
	*dialogue = (struct dialogue){ .signals = -1 };
}

void dialogue_page(struct dialogue *dialogue)
{
	if (!dialogue->screen)
		return;
	if (!dialogue->showing)
		fputs("\033[?1049h", stdout);
	fputs("\033[H\033[2J", stdout);
	dialogue->showing = true;
}

/* Until there is something to read. Returns 0, -EINTR or a negative errno. */
static int wait_for_input(struct dialogue *dialogue)
{
	struct pollfd sources[2] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = dialogue->signals, .events = POLLIN },
	};
	struct signalfd_siginfo signal;
	int n;

	if (dialogue->signals < 0)
		return 0;
	do
		n = poll(sources, 2, -1);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return neg_errno();
	if (read(dialogue->signals, &signal, sizeof(signal)) != (ssize_t)sizeof(signal))
		return 0;
	dialogue->caught = (int)signal.ssi_signo;
	return -EINTR;
}

/* Returns 1, 0 at the end, or a negative errno. */
static int read_byte(struct dialogue *dialogue, char *ret)
{
	ssize_t n;
	int r;

	r = wait_for_input(dialogue);
	if (r < 0)
		return r;
	do
		n = read(STDIN_FILENO, ret, 1);
	while (n < 0 && errno == EINTR);
	return n < 0 ? neg_errno() : (int)n;
}

static int read_line(struct dialogue *dialogue, char answer[static DIALOGUE_ANSWER_SIZE])
{
	size_t length = 0;
	bool any = false;
	char byte = '\0';
	int r;

	for (;;) {
		r = read_byte(dialogue, &byte);
		if (r <= 0 || byte == '\n')
			break;
		any = true;
		if (length < DIALOGUE_ANSWER_SIZE - 1)
			answer[length++] = byte ? byte : NO_TEXT;
	}
	explicit_bzero(&byte, sizeof(byte));
	answer[length] = '\0';
	if (r < 0)
		explicit_bzero(answer, DIALOGUE_ANSWER_SIZE);
	return r < 0 ? r : any || r > 0;
}

int dialogue_ask(struct dialogue *dialogue, const char *prompt,
		 char answer[static DIALOGUE_ANSWER_SIZE])
{
	int r;

	(void)fflush(stdout); /* main() looks for errors */
	if (dialogue->hides) {
		fputs(prompt, stderr);
		fflush(stderr);
	}
	r = read_line(dialogue, answer);
	if (dialogue->hides)
		fputc('\n', stderr);
	return r;
}
