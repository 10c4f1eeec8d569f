/* SPDX-License-Identifier: MIT */
/*
 * watch.h - the loop of sereno-media: what may change a decision, waited for.
 *
 * Who sits where (logind), what is in force and what was granted (a rename below
 * /var/lib/sereno), a session that opens or closes (/run/sereno/seats/again), the clock. While
 * nothing of this happens the process does not wake up.
 */
#ifndef SERENO_MEDIA_WATCH_H
#define SERENO_MEDIA_WATCH_H

struct watch_settings {
	const char *root; /* "" is the host */
	unsigned grace_sec;
};

/* Until SIGTERM or SIGINT. Returns 0 or a negative errno. */
int watch_run(const struct watch_settings *settings);

#endif
