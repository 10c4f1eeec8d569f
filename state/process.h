/* SPDX-License-Identifier: MIT */
/*
 * process.h - what the kernel says about processes, from /proc. For room state/ only.
 */
#ifndef STATE_PROCESS_H
#define STATE_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

/* When process @pid started, clock ticks since boot: with the number it names one process for
 * good. Returns 0, -ENOENT or -ESRCH (gone), -EBADMSG or a read error. */
int process_start(pid_t pid, uint64_t *ret);

/* The process that started it, or adopted it. Likewise. */
int process_parent(pid_t pid, pid_t *ret);

/* The start time in the text of /proc/PID/stat (proc(5) field 22). The second field is a name
 * that the process chose: spaces, parentheses, newlines. Returns 0 or -EBADMSG. */
int process_parse_start(const char *stat, uint64_t *ret);

/* The user it runs as, in the text of /proc/PID/status. Returns 0, -EPERM (several users) or
 * -EBADMSG. */
int process_parse_uid(const char *status, uid_t *ret);

#endif
