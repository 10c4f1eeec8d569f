/* SPDX-License-Identifier: MIT */
/*
 * media_standing.h - how far a host does what the media: block in force says.
 */
#ifndef ADMIN_MEDIA_STANDING_H
#define ADMIN_MEDIA_STANDING_H

#include <sereno/policy.h>

#include "json.h"
#include "output.h"

#define STANDING_BUSES_MAX 64

struct standing_bus {
	char name[16]; /* "usb1" */
	char start;    /* its authorized_default: '0' off, '1' on, '2' on where built in */
};

/* What there is of it. */
struct media_standing {
	bool managed, on_trial;
	bool watched; /* sereno-media runs */
	bool boot;    /* the boot loader's file is there */
	bool ours;    /* what is off is off because of us */
	char start;   /* the default for buses to come; '\0': there is no USB */
	size_t n;     /* buses; those past STANDING_BUSES_MAX are not looked at */
	struct standing_bus bus[STANDING_BUSES_MAX];
};

void media_standing_read(const char *root, const struct policy *policy, struct media_standing *ret);

/* What is not as the policy wants it. */
bool media_standing_is_open(const struct media_standing *standing);	 /* something starts on */
bool media_standing_is_unwatched(const struct media_standing *standing); /* nobody follows */
bool media_standing_is_shut(const struct media_standing *standing);	 /* off, and not managed */

/* Nothing where there is nothing. */
void media_standing_print(const struct media_standing *standing, const struct output *output);
/* Member "media" of the open object. */
void media_standing_write(const struct media_standing *standing, struct json *json);

#endif
