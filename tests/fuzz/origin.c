/* SPDX-License-Identifier: MIT */
/*
 * origin.c - fuzzer of what PAM_RHOST, PAM_TTY and the service name of a request may hold.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/origin.h>
#include <sereno/scoped.h>
#include <sereno/service.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was understood once is understood the same way from its own output. */
static void check_origin(const char *text)
{
	struct origin origin = { 0 }, again = { 0 };
	char formatted[ORIGIN_TEXT_MAX];

	if (origin_parse(text, &origin) < 0)
		return;
	origin_format(&origin, formatted);
	assert(origin_parse(formatted, &again) == 0);
	assert(memcmp(&origin, &again, sizeof(origin)) == 0);
}

static void check_prefix(const char *text)
{
	char formatted[ORIGIN_TEXT_MAX + 4];
	struct prefix prefix, again;

	if (prefix_parse(text, &prefix) < 0)
		return;
	assert(prefix_contains(&prefix, &prefix.base));
	assert(prefix_overlaps(&prefix, &prefix));
	prefix_format(&prefix, formatted);
	assert(prefix_parse(formatted, &again) == 0);
	assert(again.length == prefix.length);
	assert(memcmp(&again.base, &prefix.base, sizeof(again.base)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_free char *text = malloc(size + 1); /* exact, so that a read behind it is seen */

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	check_origin(text);
	check_prefix(text);
	(void)origin_of_line(text);
	assert(service_kind(service_canonical(text)) == service_kind(text));
	assert(!service_owns_line(text) || service_kind(text) == SERVICE_LOGIN);
	return 0;
}
