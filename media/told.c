/* SPDX-License-Identifier: MIT */
/* told.c - events of the watcher of seats. */
#include "told.h"

#include <stdio.h>
#include <string.h>

#include <sereno/event.h>

#define SERVICE	   "sereno-media"
#define DETAIL_MAX 256

static void send(const char *root, struct event event)
{
	event.service = SERVICE;
	event.until = EVENT_NO_TIME;
	(void)event_send(root, &event); /* what was done stands whoever hears of it */
}

void told_device(const struct candidate *candidate, char ret[static TOLD_DEVICE_SIZE])
{
	const struct device_facts *facts = candidate->facts;
	const struct device_texts *texts = candidate->texts;

	if (facts->has_ids)
		(void)snprintf(ret, TOLD_DEVICE_SIZE, "%s %04x:%04x %s", candidate->name,
			       facts->vendor, facts->product, texts->serial); /* these fit */
	else
		(void)snprintf(ret, TOLD_DEVICE_SIZE, "%s %s %s", candidate->name, texts->product,
			       texts->serial);
}

static void explain(char text[static DETAIL_MAX], const char *what, int err)
{
	const char *cause = strerrordesc_np(-err);

	(void)snprintf(text, DETAIL_MAX, "%s: %s", what, cause ? cause : "unknown error");
}

void told_leaving(const char *root, const char *device, const char *user, unsigned grace_sec)
{
	char detail[DETAIL_MAX];

	(void)snprintf(detail, sizeof(detail), "it is in use; it is taken away in %u seconds",
		       grace_sec);
	send(root, (struct event){ .id = EVENT_MEDIA_LEAVING,
				   .device = device,
				   .subject = user,
				   .detail = detail });
}

void told_removed(const char *root, const char *device, const char *user, const char *reason)
{
	send(root, (struct event){ .id = EVENT_MEDIA_REMOVED,
				   .device = device,
				   .subject = user,
				   .reason = reason });
}

void told_failed(const char *root, const char *device, const char *what, int err)
{
	char detail[DETAIL_MAX];

	explain(detail, what, err);
	send(root, (struct event){ .id = EVENT_MEDIA_FAILED, .device = device, .detail = detail });
}

static void tell_error(const char *root, enum event_id id, const char *what, int err)
{
	char detail[DETAIL_MAX];

	explain(detail, what, err);
	send(root, (struct event){ .id = id, .detail = detail });
}

void told_seats_unknown(const char *root, const char *what, int err)
{
	tell_error(root, EVENT_MEDIA_SEATS_UNKNOWN, what, err);
}

void told_policy_unusable(const char *root, int err)
{
	tell_error(root, EVENT_POLICY_UNUSABLE, "devices are judged without the policy", err);
}

void told_state_unusable(const char *root, const char *what, int err)
{
	tell_error(root, EVENT_STATE_UNUSABLE, what, err);
}
