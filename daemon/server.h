/* SPDX-License-Identifier: MIT */
/*
 * server.h - the loop that serves all clients at once, by one thread. For room daemon/.
 */
#ifndef DAEMON_SERVER_H
#define DAEMON_SERVER_H

#define SERVER_CONNECTIONS_MAX 64
#define SERVER_PER_USER_MAX    4
#define SERVER_IDLE_SEC	       60

/* Serve who connects to @listener (nonblocking) until nobody has for @idle_sec. Returns 0 or a
 * negative errno. */
int server_run(const char *root, int listener, unsigned idle_sec);

#endif
