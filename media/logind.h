/* SPDX-License-Identifier: MIT */
/*
 * logind.h - which session is in front at each seat, whose it is, and whether it is locked.
 */
#ifndef SERENO_MEDIA_LOGIND_H
#define SERENO_MEDIA_LOGIND_H

#include <stddef.h>
#include <systemd/sd-bus.h>

#include <sereno/seat.h>

#define LOGIND_SEATS_MAX    32
#define LOGIND_TIMEOUT_USEC 5000000

/* The members of @seat that logind knows: all but the roles. */
struct logind_seat {
	char name[SEAT_NAME_MAX + 1];
	struct seat seat;
};

struct logind_view {
	size_t n;
	struct logind_seat item[LOGIND_SEATS_MAX];
};

/*
 * Connect to the system bus; it may come later: called back, @changed hears of that, too. It also
 * hears of every signal of logind, and when logind itself or the bus has gone. Returns 0 or a
 * negative errno.
 */
int logind_connect(sd_event *event, sd_bus_message_handler_t changed, void *context, sd_bus **ret);

/* Ask it, waiting for no answer longer than LOGIND_TIMEOUT_USEC. Returns 0, -ENOTCONN (there is no
 * bus yet) or a negative errno; then nothing is known. */
int logind_look(sd_bus *bus, struct logind_view *ret);

#endif
