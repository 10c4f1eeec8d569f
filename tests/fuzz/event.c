/* SPDX-License-Identifier: MIT */
/*
 * event.c - fuzzer of the text of events, whose members may hold any bytes.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/event.h>
#include <sereno/scoped.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The part of the input behind the next NUL, or its end. */
static const char *next(const char *text, const char *end)
{
	const char *after = text + strlen(text);

	return after < end ? after + 1 : after;
}

/* One printable line; every quote opens or closes a value. */
static void check_line(const char *line, size_t length)
{
	size_t quotes = 0;

	assert(length == strlen(line) && length < EVENT_LINE_MAX);
	for (size_t i = 0; i < length; i++) {
		assert(line[i] >= 0x20 && line[i] <= 0x7e);
		quotes += line[i] == '"';
	}
	assert(quotes % 2 == 0 || length == EVENT_LINE_MAX - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_free char *text = malloc(size + 1);
	char line[EVENT_LINE_MAX];
	struct event event = { .until = EVENT_NO_TIME };
	const char *end = text + size;

	if (!text || size == 0)
		return 0;

	memcpy(text, data, size);
	text[size] = '\0';
	event.id = (enum event_id)(data[0] % EVENT_COUNT);
	event.subject = text;
	event.target = next(event.subject, end);
	event.service = next(event.target, end);
	event.origin = next(event.service, end);
	event.verdict = next(event.origin, end);
	event.reason = next(event.verdict, end);
	event.rule = next(event.reason, end);
	event.detail = next(event.rule, end);
	event.line = data[0];
	if (size >= sizeof(int64_t))
		memcpy(&event.until, data, sizeof(int64_t));
	check_line(line, event_format(&event, line));
	return 0;
}
