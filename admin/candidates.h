/* SPDX-License-Identifier: MIT */
/*
 * candidates.h - passwords to be judged, from standard input: one a line, or asked for.
 *
 * They are secrets: only in the buffers given here, and those are the caller's to erase.
 */
#ifndef ADMIN_CANDIDATES_H
#define ADMIN_CANDIDATES_H

#include <sereno/strength.h>

#define CANDIDATE_SIZE (STRENGTH_BYTES_MAX + 2) /* one byte too long can be told, and the NUL */

/* Read the next line; "" when the file ended in front of it. What is longer is cut, and still too
 * long to be accepted; a NUL ends it as no text. Returns 1, 0 at the end, or a negative errno. */
int candidate_read(int fd, char text[static CANDIDATE_SIZE]);

/* Ask for one on the terminal @fd, without showing what is typed. Returns as candidate_read(). */
int candidate_ask(int fd, const char *prompt, char text[static CANDIDATE_SIZE]);

#endif
