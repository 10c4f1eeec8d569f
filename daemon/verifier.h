/* SPDX-License-Identifier: MIT */
/*
 * verifier.h - have a password checked by a process that may speak PAM. For room daemon/.
 *
 * Nothing here waits: the caller polls the descriptor, as long as he likes.
 */
#ifndef DAEMON_VERIFIER_H
#define DAEMON_VERIFIER_H

#include <sys/types.h>

#include "question.h"

/* Ask; *@ret_fd becomes readable with the answer, and is the caller's to close. Returns 0 or a
 * negative errno: there is no verifier, or it has too much to do, or is not root's. */
int verifier_ask(const char *root, uid_t uid, const char *password, int *ret_fd);

/* What it says. */
enum verifier_answer verifier_hear(int fd);

#endif
