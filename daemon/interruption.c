/* SPDX-License-Identifier: MIT */
/* interruption.c - calls that may wait for a client are cut short. */
#include <signal.h>
#include <sys/time.h>

#include "interruption.h"

#define EVERY_USEC 2000

static void nothing(int number)
{
	(void)number;
}

/* Again and again: the first one may come before the wait has begun. */
void interruption_begin(void)
{
	const struct sigaction action = { .sa_handler = nothing };
	const struct itimerval every = { { 0, EVERY_USEC }, { 0, EVERY_USEC } };

	(void)sigaction(SIGALRM, &action, NULL); /* neither can fail */
	(void)setitimer(ITIMER_REAL, &every, NULL);
}

void interruption_end(void)
{
	const struct itimerval never = { 0 };

	(void)setitimer(ITIMER_REAL, &never, NULL);
}
