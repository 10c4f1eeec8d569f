/* SPDX-License-Identifier: MIT */
/*
 * interruption.h - calls that may wait for a client are cut short. For room daemon/.
 *
 * A message can bring descriptors, wanted or not. Where they are thrown away, whoever drops the
 * last reference to a socket with SO_LINGER waits until its peer has read all: for as long as the
 * client chose. A signal ends that wait; nothing but a timer could send one to a server of one
 * thread.
 */
#ifndef DAEMON_INTERRUPTION_H
#define DAEMON_INTERRUPTION_H

/* From here on SIGALRM comes every few milliseconds: call nothing that may fail with EINTR. */
void interruption_begin(void);
void interruption_end(void);

#endif
