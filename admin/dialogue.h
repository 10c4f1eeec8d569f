/* SPDX-License-Identifier: MIT */
/*
 * dialogue.h - secrets shown and asked for on a terminal, so that nothing of them stays there.
 *
 * Where input and output are a terminal that can do it, what is shown stands on its second screen,
 * which goes when the dialogue does, also when a signal ends it. What is typed is never shown.
 * Where they are not, lines are read and printed plainly: whether secrets may be printed then is
 * the caller's to ask first.
 */
#ifndef ADMIN_DIALOGUE_H
#define ADMIN_DIALOGUE_H

#include <signal.h>
#include <stdbool.h>
#include <termios.h>

#define DIALOGUE_ANSWER_SIZE 513 /* what is longer is cut */

struct dialogue {
	bool hides;		/* input is a terminal */
	bool screen;		/* pages can be shown and taken away */
	bool showing;		/* one is */
	unsigned rows, columns; /* of the terminal; 0 without a screen */
	int signals;		/* what would end us, read where we wait; -1 */
	int caught;		/* what did; 0 */
	sigset_t before;
	struct termios shown;
};

/* Look at standard input and output. Always end it with dialogue_close(), which takes pages away,
 * and then lets a signal that came do what it does. */
void dialogue_open(struct dialogue *ret);
void dialogue_close(struct dialogue *dialogue);

/* What is printed from here on stands on a page of its own, if there is a screen. */
void dialogue_page(struct dialogue *dialogue);

/* Ask for a line. Returns 1, 0 at the end of the input, -EINTR (a signal: give up) or a negative
 * errno. Erase @answer. */
int dialogue_ask(struct dialogue *dialogue, const char *prompt,
		 char answer[static DIALOGUE_ANSWER_SIZE]);

#endif
