/* SPDX-License-Identifier: MIT */
/*
 * reviewer.h - have the list of a role drawn by a process that reads the host's users. For room
 * daemon/.
 */
#ifndef DAEMON_REVIEWER_H
#define DAEMON_REVIEWER_H

#include <stddef.h>

#include <sereno/reviewer.h>

#define REVIEWER_TEXT_MAX 128

/* Ask. *@ret_fd is where the answer comes: closed by the other end when all of it is there.
 * Returns 0, -EPERM (who listens is another account) or what socket(2) and connect(2) reported. */
int reviewer_ask(const char *root, const struct reviewer_question *question, int *ret_fd);

/* What REVIEWER_DIGEST_OF was answered, terminated. Returns 0 or -EBADMSG (nothing, or not whole).
 */
int reviewer_hear(int fd, char text[static REVIEWER_TEXT_MAX]);

#endif
