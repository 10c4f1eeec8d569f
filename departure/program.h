/* SPDX-License-Identifier: MIT */
/*
 * program.h - programs of the system that know better how to change its files.
 */
#ifndef DEPARTURE_PROGRAM_H
#define DEPARTURE_PROGRAM_H

#define PROGRAM_TIME_SEC  60
#define PROGRAM_SAID_MAX  256 /* bytes kept of what it says */
#define PROGRAM_LINE_MAX  16384
#define PROGRAM_TOTAL_MAX (256 * 1024 * 1024) /* bytes read of one program */

/*
 * Run @argv (NULL behind the last; an absolute path first) with a clean environment, no input, and
 * the time of PROGRAM_TIME_SEC; then it is killed. @said gets the first line it prints. Returns its
 * exit status, -ENOENT (not installed), -ETIMEDOUT, -ECHILD (a signal ended it) or a negative
 * errno.
 */
int program_run(const char *const *argv, char said[static PROGRAM_SAID_MAX]);

/*
 * The same, and call @each with each line that it prints, without its end. Lines longer than
 * PROGRAM_LINE_MAX are left out; what it says on standard error is not heard. -EFBIG: it printed
 * more than PROGRAM_TOTAL_MAX, and was killed.
 */
typedef void program_line(void *context, const char *line);
int program_read(const char *const *argv, program_line *each, void *context);

#endif
