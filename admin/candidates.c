/* SPDX-License-Identifier: MIT */
/* candidates.c - read passwords a byte at a time: no buffer but the caller's ever holds one. */
#include "candidates.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>

#include <sereno/scoped.h>

#define NO_TEXT '\x01' /* in place of a NUL, and refused like one */

/* Returns 1, 0 at the end of the file, or a negative errno. */
static int read_byte(int fd, char *ret)
{
	ssize_t n;

	do
		n = read(fd, ret, 1);
	while (n < 0 && errno == EINTR);
	return n < 0 ? neg_errno() : (int)n;
}

int candidate_read(int fd, char text[static CANDIDATE_SIZE])
{
	size_t length = 0;
	bool any = false;
	char byte = '\0';
	int r;

	for (;;) {
		r = read_byte(fd, &byte);
		if (r <= 0 || byte == '\n')
			break;
		any = true;
		if (length < CANDIDATE_SIZE - 1)
			text[length++] = byte ? byte : NO_TEXT;
	}
	text[length] = '\0';
	explicit_bzero(&byte, sizeof(byte));
	return r < 0 ? r : any || r > 0;
}

int candidate_ask(int fd, const char *prompt, char text[static CANDIDATE_SIZE])
{
	struct termios shown, hidden;
	sigset_t all, before;
	int r;

	if (tcgetattr(fd, &shown) < 0)
		return neg_errno();
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	/* a signal must not leave a terminal behind that shows nothing; it comes after the answer
	 */
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, &before);
	r = tcsetattr(fd, TCSAFLUSH, &hidden) < 0 ? neg_errno() : 0;
	fprintf(stderr, "%s", prompt); /* after that: who types at once must not be shown */
	fflush(stderr);
	if (r == 0)
		r = candidate_read(fd, text);
	(void)tcsetattr(fd, TCSAFLUSH, &shown); /* nothing more can be done */
	fputc('\n', stderr);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}
