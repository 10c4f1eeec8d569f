/* SPDX-License-Identifier: MIT */
/*
 * serenod.c - the program serenod: answers users who are not root: about codes, about roles.
 *
 * systemd listens, and starts it when somebody comes; it leaves when nobody has for a while.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include <sereno/scoped.h>

#include "server.h"

#define ROOT_OPTION "--root="
#define IDLE_OPTION "--idle="

struct settings {
	const char *root;
	unsigned idle_sec;
};

/* Seconds, two digits at most. */
static int read_idle(const char *text, unsigned *ret)
{
	const size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 2 || text[digits] != '\0')
		return -EINVAL;
	*ret = (unsigned)strtoul(text, NULL, 10);
	return 0;
}

static int read_settings(int argc, char **argv, struct settings *ret)
{
	struct settings settings = { "", SERVER_IDLE_SEC };
	const size_t root = sizeof(ROOT_OPTION) - 1, idle = sizeof(IDLE_OPTION) - 1;

	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], ROOT_OPTION "/", root + 1) == 0)
			settings.root = argv[i] + root;
		else if (strncmp(argv[i], IDLE_OPTION, idle) != 0 ||
			 read_idle(argv[i] + idle, &settings.idle_sec) < 0)
			return -EINVAL;
	}
	*ret = settings;
	return 0;
}

/* The one socket that systemd hands over. */
static int take_listener(int *ret)
{
	const int n = sd_listen_fds(1);
	int flags;

	if (n < 0)
		return n;
	if (n != 1 || sd_is_socket_unix(SD_LISTEN_FDS_START, SOCK_SEQPACKET, 1, NULL, 0) <= 0)
		return -ENOTSOCK;
	flags = fcntl(SD_LISTEN_FDS_START, F_GETFL);
	if (flags < 0 || fcntl(SD_LISTEN_FDS_START, F_SETFL, flags | O_NONBLOCK) < 0)
		return neg_errno();
	*ret = SD_LISTEN_FDS_START;
	return 0;
}

static int run(const struct settings *settings)
{
	int listener = -1, r;

	r = take_listener(&listener);
	if (r < 0) {
		(void)fputs("serenod: started without the socket that systemd hands over; see "
			    "serenod(8)\n",
			    stderr);
		return r;
	}
	if (prctl(PR_SET_DUMPABLE, 0) < 0) /* secrets pass through */
		return neg_errno();
	return server_run(settings->root, listener, settings->idle_sec);
}

int main(int argc, char **argv)
{
	struct settings settings;
	int r;

	if (read_settings(argc, argv, &settings) < 0) {
		(void)fputs("usage: serenod [--root=DIR] [--idle=SECONDS]\n", stderr);
		return 2;
	}
	r = run(&settings);
	if (r < 0)
		(void)fprintf(stderr, "serenod: %s\n", strerror(-r));
	return r < 0 ? 1 : 0;
}
