/* SPDX-License-Identifier: MIT */
/* json.c - a writer of JSON that keeps nothing in memory. */
#include "json.h"

#include <assert.h>
#include <inttypes.h>

#include "escape.h"
#include "instant.h"

static void write_string(FILE *stream, const char *text)
{
	fputc('"', stream);
	while (*text) {
		uint32_t character = 0;
		size_t length = utf8_character(text, &character);

		if (length == 0) {
			fputs("\\ufffd", stream);
			text++;
			continue;
		}
		if (character == '"' || character == '\\')
			fprintf(stream, "\\%c", (int)character);
		else if (character < 0x20 || (character >= 0x7f && character < 0xa0))
			fprintf(stream, "\\u%04" PRIx32, character);
		else
			fwrite(text, 1, length, stream);
		text += length;
	}
	fputc('"', stream);
}

static void begin_value(struct json *json, const char *key)
{
	if (json->depth > 0) {
		fputs(json->filled[json->depth - 1] ? ",\n" : "\n", json->stream);
		fprintf(json->stream, "%*s", (int)(2 * json->depth), "");
		json->filled[json->depth - 1] = true;
	}
	if (key)
		fprintf(json->stream, "\"%s\": ", key);
}

void json_begin(struct json *json, const char *key, enum json_kind kind)
{
	assert(json->depth < JSON_DEPTH);
	begin_value(json, key);
	fputc(kind == JSON_OBJECT ? '{' : '[', json->stream);
	json->filled[json->depth++] = false;
}

void json_end(struct json *json, enum json_kind kind)
{
	json->depth--;
	if (json->filled[json->depth])
		fprintf(json->stream, "\n%*s", (int)(2 * json->depth), "");
	fputc(kind == JSON_OBJECT ? '}' : ']', json->stream);
	if (json->depth == 0)
		fputc('\n', json->stream);
}

void json_string(struct json *json, const char *key, const char *value)
{
	begin_value(json, key);
	if (value)
		write_string(json->stream, value);
	else
		fputs("null", json->stream);
}

void json_number(struct json *json, const char *key, uint64_t value)
{
	begin_value(json, key);
	fprintf(json->stream, "%" PRIu64, value);
}

void json_signed(struct json *json, const char *key, int64_t value)
{
	begin_value(json, key);
	fprintf(json->stream, "%" PRId64, value);
}

void json_bool(struct json *json, const char *key, bool value)
{
	begin_value(json, key);
	fputs(value ? "true" : "false", json->stream);
}

void json_time(struct json *json, const char *key, int64_t time)
{
	char text[INSTANT_TEXT_MAX];

	json_string(json, key, instant_utc(time, text) < 0 ? NULL : text);
}
