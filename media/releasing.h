/* SPDX-License-Identifier: MIT */
/*
 * releasing.h - the devices that are being taken away now, a process each.
 */
#ifndef SERENO_MEDIA_RELEASING_H
#define SERENO_MEDIA_RELEASING_H

#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "release.h"

#define RELEASING_MAX 64

struct releasing_item {
	pid_t pid; /* 0: free */
	sd_event_source *source;
	char name[CANDIDATE_NAME_SIZE];
	unsigned number;
	bool final; /* it is done to its end, whatever is decided meanwhile */
	bool anew;  /* it is to be decided anew when this has ended */
};

struct releasing {
	sd_event *event;
	void (*ended)(void *context); /* one has, of a device that is to be decided anew */
	void *context;
	struct releasing_item item[RELEASING_MAX];
};

enum releasing_way { RELEASING_CAN_BE_CALLED_OFF, RELEASING_FINAL };

/* Begin. Needs SIGCHLD blocked. Returns 0, -EBUSY (too many are under way) or a negative errno. */
int releasing_begin(struct releasing *releasing, const struct release *release,
		    enum releasing_way way);

/* The one of @candidate, or NULL. */
struct releasing_item *releasing_find(struct releasing *releasing,
				      const struct candidate *candidate);

/* He may have it again: stop where it is, unless that is final; and decide anew behind it. */
void releasing_call_off(struct releasing_item *item);

/* Forget all of them: what is under way goes on. */
void releasing_clear(struct releasing *releasing);

#endif
