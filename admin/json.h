/* SPDX-License-Identifier: MIT */
/*
 * json.h - JSON written as it comes, for --json. Always valid UTF-8, whatever the names hold.
 *
 * Keys are ours and plain; a NULL key is for elements of an array.
 */
#ifndef ADMIN_JSON_H
#define ADMIN_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_DEPTH 8

struct json {
	FILE *stream;
	unsigned depth;
	bool filled[JSON_DEPTH]; /* whether the level holds something already */
};

enum json_kind { JSON_OBJECT, JSON_ARRAY };

void json_begin(struct json *json, const char *key, enum json_kind kind);
/* The outermost one ends the line. */
void json_end(struct json *json, enum json_kind kind);

/* A NULL @value is written as null; bytes that are not UTF-8 as U+FFFD. */
void json_string(struct json *json, const char *key, const char *value);
void json_number(struct json *json, const char *key, uint64_t value);
void json_signed(struct json *json, const char *key, int64_t value);
void json_bool(struct json *json, const char *key, bool value);

/* UTC as RFC 3339; TIME_NO_END and TIME_NO_START as null. */
void json_time(struct json *json, const char *key, int64_t time);

#endif
