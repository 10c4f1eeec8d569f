/* SPDX-License-Identifier: MIT */
/* format.c - an event as one line: name, then key=value, every value escaped. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <sereno/calendar.h>
#include <sereno/scoped.h>

#include "format.h"

/* How a value stands in the line: what people choose is quoted, our own words are not. */
enum member_form { FORM_QUOTED, FORM_WORD, FORM_NUMBER, FORM_TIME };

struct member {
	const char *name;
	enum member_form form;
	size_t offset;
};

/* clang-format off */
static const struct member members[MEMBER_COUNT] = {
	[MEMBER_SUBJECT] = { "subject", FORM_QUOTED, offsetof(struct event, subject) },
	[MEMBER_TARGET]  = { "target",  FORM_QUOTED, offsetof(struct event, target) },
	[MEMBER_SERVICE] = { "service", FORM_QUOTED, offsetof(struct event, service) },
	[MEMBER_ORIGIN]  = { "origin",  FORM_QUOTED, offsetof(struct event, origin) },
	[MEMBER_DEVICE]  = { "device",  FORM_QUOTED, offsetof(struct event, device) },
	[MEMBER_VERDICT] = { "verdict", FORM_WORD,   offsetof(struct event, verdict) },
	[MEMBER_REASON]  = { "reason",  FORM_WORD,   offsetof(struct event, reason) },
	[MEMBER_RULE]    = { "rule",    FORM_QUOTED, offsetof(struct event, rule) },
	[MEMBER_LINE]    = { "line",    FORM_NUMBER, offsetof(struct event, line) },
	[MEMBER_POLICY]  = { "policy",  FORM_WORD,   offsetof(struct event, policy) },
	[MEMBER_UNTIL]   = { "until",   FORM_TIME,   offsetof(struct event, until) },
	[MEMBER_DETAIL]  = { "detail",  FORM_QUOTED, offsetof(struct event, detail) },
};
/* clang-format on */

const char *member_name(enum event_member member)
{
	return members[member].name;
}

static bool byte_is_safe(unsigned char byte, enum member_form form)
{
	if (byte == '"' || byte == '\\' || byte < 0x20 || byte > 0x7e)
		return false;
	/* a bare word must not look like two members */
	return form == FORM_QUOTED || (byte != ' ' && byte != '=');
}

/* Escape @value; what does not fit is left out, an escape is never cut in two. */
static size_t escape(const char *value, enum member_form form, char text[static EVENT_VALUE_MAX])
{
	static const char digits[] = "0123456789abcdef";
	size_t length = 0;

	for (const char *c = value; *c; c++) {
		const unsigned char byte = (unsigned char)*c;
		const size_t needed = byte_is_safe(byte, form) ? 1 : 4;

		if (length + needed >= EVENT_VALUE_MAX)
			break;
		if (needed == 1) {
			text[length++] = *c;
			continue;
		}
		text[length++] = '\\';
		text[length++] = 'x';
		text[length++] = digits[byte >> 4];
		text[length++] = digits[byte & 15];
	}
	text[length] = '\0';
	return length;
}

/* The length snprintf() wrote; what did not fit whole is no value. */
static size_t written(int n)
{
	return n > 0 && n < EVENT_VALUE_MAX ? (size_t)n : 0;
}

/*
 * RFC 3339 in UTC. By the calendar's arithmetic and not by gmtime_r(): that takes the lock of the
 * time zone and reads TZ, in somebody else's process.
 */
static size_t format_time(int64_t time, char text[static EVENT_VALUE_MAX])
{
	const struct zone utc = { .end = TIME_NO_END, .n = 1, .step = { { TIME_NO_START, 0 } } };
	const struct civil day = zone_civil(&utc, time, NULL);
	const int second = (int)((time % 60 + 60) % 60);
	const int n = snprintf(text, EVENT_VALUE_MAX, "%04d-%02d-%02dT%02d:%02d:%02dZ", day.year,
			       day.month, day.day, day.minute / 60, day.minute % 60, second);

	return written(n);
}

static size_t format_number(uint32_t number, char text[static EVENT_VALUE_MAX])
{
	const int n = snprintf(text, EVENT_VALUE_MAX, "%u", number);

	return written(n);
}

/* The value as it is, 0 when there is none. */
static size_t format_present(const struct event *event, const struct member *member,
			     char text[static EVENT_VALUE_MAX])
{
	const void *field = (const char *)event + member->offset;
	const char *value;
	uint32_t number;
	int64_t time;

	switch (member->form) {
	case FORM_QUOTED:
	case FORM_WORD:
		value = *(const char *const *)field;
		return value ? escape(value, member->form, text) : 0;
	case FORM_NUMBER:
		number = *(const uint32_t *)field;
		return number > 0 ? format_number(number, text) : 0;
	case FORM_TIME:
		time = *(const int64_t *)field;
		return time != 0 && time != EVENT_NO_TIME ? format_time(time, text) : 0;
	}
	return 0;
}

size_t member_format(const struct event *event, enum event_member member,
		     char text[static EVENT_VALUE_MAX])
{
	const size_t length = format_present(event, &members[member], text);

	if (length > 0 || !(catalogue_entry(event->id)->required & 1u << member))
		return length;
	text[0] = '?';
	text[1] = '\0';
	return 1;
}

/* Append what fits; once something did not, nothing more does: no member without its start. */
static void append(char text[static EVENT_LINE_MAX], size_t *length, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void append(char text[static EVENT_LINE_MAX], size_t *length, const char *format, ...)
{
	const size_t room = EVENT_LINE_MAX - *length;
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(text + *length, room, format, arguments);
	va_end(arguments);
	if (n < 0)
		text[*length] = '\0';
	else
		*length += (size_t)n < room ? (size_t)n : room - 1;
}

size_t event_format(const struct event *event, char text[static EVENT_LINE_MAX])
{
	char value[EVENT_VALUE_MAX];
	size_t length = 0;

	append(text, &length, "%s", event_name(event->id));
	for (enum event_member member = 0; member < MEMBER_COUNT; member++) {
		const char *quote = members[member].form == FORM_QUOTED ? "\"" : "";

		if (member_format(event, member, value) > 0)
			append(text, &length, " %s=%s%s%s", member_name(member), quote, value,
			       quote);
	}
	return length;
}
