/* SPDX-License-Identifier: MIT */
/*
 * sender.h - messages, and which process has sent each, as the kernel says. For room daemon/.
 */
#ifndef DAEMON_SENDER_H
#define DAEMON_SENDER_H

#include <stddef.h>

#include "caller.h"

/* Have the kernel say it, of what comes over @fd from now on. */
void sender_ask(int fd);

/* As recv(2) with MSG_DONTWAIT and MSG_TRUNC, which returns a negative errno; descriptors that came
 * along are thrown away. *@ret is 0 where the kernel did not say. */
ssize_t sender_receive(int fd, void *bytes, size_t size, pid_t *ret);

/* Whether nothing more waits to be received: what comes is sent later than now. */
bool sender_waits(int fd);

#endif
