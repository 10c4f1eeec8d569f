/* SPDX-License-Identifier: MIT */
/* noted.c - what the helper of udev leaves behind: events, and the list of the refused. */
#include "noted.h"

#include <stdio.h>
#include <string.h>

#include <sereno/event.h>
#include <sereno/refused.h>

#define SERVICE	   "udev"
#define DETAIL_MAX 256
#define TEXT_SIZE  (64 + 2 * DEVICE_TEXT_MAX)

/* A device's text between quotes: one that holds a quote must not look like two. The event escapes
 * the rest. */
static void append(char *text, size_t *length, const char *before, const char *value)
{
	int n;

	if (!value[0])
		return;
	n = snprintf(text + *length, TEXT_SIZE - *length, " %s'%s'", before, value);
	if (n < 0 || (size_t)n >= TEXT_SIZE - *length) {
		text[*length] = '\0';
		return;
	}
	for (char *c = text + *length + strlen(before) + 2; c < text + *length + n - 1; c++)
		if (*c == '\'')
			*c = '?';
	*length += (size_t)n;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* "1-3 0781:5567 4c530001a2b3c4d5 'Cruzer Blade' serial '4C53'": the id is the list's. */
static void describe(const struct noted_device *device, char text[static TEXT_SIZE])
{
	const struct device_facts *facts = device->facts;
	char id[REFUSED_ID_SIZE], numbers[16] = "";
	size_t length;
	int n;

	refused_id(facts->identity, id);
	if (facts->has_ids)
		(void)snprintf(numbers, sizeof(numbers), " %04x:%04x", facts->vendor,
			       facts->product); /* 10 */
	n = snprintf(text, TEXT_SIZE, "%.200s%s %s", last_part(device->path), numbers, id);
	length = n > 0 ? (size_t)n : 0;
	append(text, &length, "", device->texts->product);
	append(text, &length, "serial ", device->texts->serial);
}

static void send(const struct standing *standing, const struct noted_device *device,
		 const struct media_verdict *verdict, struct event event)
{
	char text[TEXT_SIZE];

	describe(device, text);
	event.service = SERVICE;
	event.device = text;
	event.subject = standing->subject.present ? standing->subject.user : NULL;
	event.reason = media_reason_name(verdict->reason);
	event.rule = verdict->rule[0] ? verdict->rule : NULL;
	event.line = verdict->line;
	event.until = verdict->until;
	if (standing->policy)
		event.policy = policy_facts(standing->policy)->hash;
	(void)event_send(standing->root, &event); /* what was decided stands whoever hears of it */
}

void noted_allowed(const struct standing *standing, const struct noted_device *device,
		   const struct media_verdict *verdict)
{
	const enum event_id id = verdict->on_trial ? EVENT_MEDIA_ON_TRIAL : EVENT_MEDIA_ALLOWED;

	send(standing, device, verdict,
	     (struct event){ .id = id, .verdict = media_access_name(verdict->enforced) });
}

static int put_on_list(const struct standing *standing, const struct noted_device *device,
		       const struct media_verdict *verdict)
{
	const struct media_subject *subject = &standing->subject;
	struct refused refused;

	memset(&refused, 0, sizeof(refused));
	memcpy(refused.identity, device->facts->identity, sizeof(refused.identity));
	refused.vendor = device->facts->vendor;
	refused.product = device->facts->product;
	refused.bus = device->facts->bus;
	refused.kinds = device->facts->kinds;
	refused.texts = *device->texts;
	/* the end of a path that is too long tells ports apart */
	memcpy(refused.path,
	       device->path + strlen(device->path) -
		       strnlen(device->path, sizeof(refused.path) - 1),
	       strnlen(device->path, sizeof(refused.path) - 1));
	if (subject->present)
		memcpy(refused.user, subject->user, strnlen(subject->user, GRANTS_USER_MAX));
	refused.uid = subject->uid;
	refused.reason = verdict->reason;
	refused.last = standing->now;
	return refused_note(standing->root, &refused);
}

void noted_refused(const struct standing *standing, const struct noted_device *device,
		   const struct media_verdict *verdict, const char *detail)
{
	const int r = put_on_list(standing, device, verdict);
	const enum event_id id =
		verdict->reason == MEDIA_IS_TWIN ? EVENT_MEDIA_TWIN : EVENT_MEDIA_REFUSED;

	if (r < 0)
		noted_failed(standing, device->path, "it is not on the list of the refused", r);
	if (r != 0)
		send(standing, device, verdict,
		     (struct event){ .id = id,
				     .verdict = media_access_name(MEDIA_DENY),
				     .detail = detail });
}

void noted_put_out(const struct standing *standing, const struct noted_device *device,
		   const struct media_verdict *verdict, const char *detail)
{
	const enum event_id id = detail ? EVENT_MEDIA_FAILED : EVENT_MEDIA_REMOVED;

	send(standing, device, verdict,
	     (struct event){
		     .id = id, .verdict = media_access_name(verdict->access), .detail = detail });
}

static void explain(char text[static DETAIL_MAX], const char *what, int error)
{
	const char *cause = strerrordesc_np(-error);

	(void)snprintf(text, DETAIL_MAX, "%s: %s", what, cause ? cause : "unknown error");
}

void noted_failed(const struct standing *standing, const char *path, const char *what, int error)
{
	char detail[DETAIL_MAX];
	const struct event event = { .id = EVENT_MEDIA_FAILED,
				     .service = SERVICE,
				     .device = path,
				     .detail = detail,
				     .until = EVENT_NO_TIME };

	explain(detail, what, error);
	(void)event_send(standing->root, &event);
}

void noted_policy(const struct standing *standing)
{
	char detail[DETAIL_MAX];
	const struct event event = { .id = EVENT_POLICY_UNUSABLE,
				     .service = SERVICE,
				     .detail = detail,
				     .until = EVENT_NO_TIME };

	if (standing->kind != STANDING_NO_POLICY)
		return;
	explain(detail, "hubs, keyboards and mice alone are let in", standing->unusable);
	(void)event_send(standing->root, &event);
}
