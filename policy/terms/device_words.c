/* SPDX-License-Identifier: MIT */
/* device_words.c - the words for devices, and whether a serial number tells one from another. */
#include <string.h>

#include <sereno/media.h>
#include <sereno/scoped.h>

#define SERIAL_MIN 4 /* bytes */

static const char *const kinds[DEVICE_KINDS] = {
	[KIND_HUB] = "hub",
	[KIND_KEYBOARD] = "keyboard",
	[KIND_POINTER] = "pointer",
	[KIND_STORAGE] = "storage",
	[KIND_OPTICAL] = "optical",
	[KIND_PHONE] = "phone",
	[KIND_DEBUG] = "debug",
	[KIND_NETWORK] = "network",
	[KIND_SERIAL] = "serial",
	[KIND_AUDIO] = "audio",
	[KIND_VIDEO] = "video",
	[KIND_PRINTER] = "printer",
	[KIND_SMART_CARD] = "smart-card",
	[KIND_VENDOR] = "vendor",
	[KIND_OTHER] = "unlisted",
};

const char *device_kind_name(enum device_kind kind)
{
	return (size_t)kind < DEVICE_KINDS ? kinds[kind] : "unknown";
}

int device_kind_find(const char *name)
{
	for (int i = 0; i < DEVICE_KINDS; i++)
		if (strcmp(kinds[i], name) == 0)
			return i;
	return -1;
}

static const char *const words[MEDIA_WORDS] = {
	[MEDIA_WORD_STORAGE] = "storage",   [MEDIA_WORD_OPTICAL] = "optical",
	[MEDIA_WORD_PHONE] = "phone",	    [MEDIA_WORD_NETWORK] = "network",
	[MEDIA_WORD_SERIAL] = "serial",	    [MEDIA_WORD_UNKNOWN] = "unknown",
	[MEDIA_WORD_INPUT] = "input",	    [MEDIA_WORD_OTHER] = "other",
	[MEDIA_WORD_BUILT_IN] = "built-in",
};

enum media_word media_word_of(enum device_kind kind)
{
	switch (kind) {
	case KIND_HUB:
	case KIND_KEYBOARD:
	case KIND_POINTER:
		return MEDIA_WORD_INPUT;
	case KIND_STORAGE:
		return MEDIA_WORD_STORAGE;
	case KIND_OPTICAL:
		return MEDIA_WORD_OPTICAL;
	case KIND_PHONE:
	case KIND_DEBUG:
		return MEDIA_WORD_PHONE;
	case KIND_NETWORK:
		return MEDIA_WORD_NETWORK;
	case KIND_SERIAL:
		return MEDIA_WORD_SERIAL;
	case KIND_AUDIO:
	case KIND_VIDEO:
	case KIND_PRINTER:
	case KIND_SMART_CARD:
		return MEDIA_WORD_OTHER;
	case KIND_VENDOR:
	case KIND_OTHER:
	case DEVICE_KINDS:
		return MEDIA_WORD_UNKNOWN;
	}
	return MEDIA_WORD_UNKNOWN;
}

const char *media_word_name(enum media_word word)
{
	return (size_t)word < MEDIA_WORDS ? words[word] : "unknown";
}

unsigned device_kinds_named(const char *word)
{
	const int single = device_kind_find(word);
	unsigned several = 0;

	for (unsigned kind = 0; kind < DEVICE_KINDS; kind++)
		if (strcmp(words[media_word_of((enum device_kind)kind)], word) == 0)
			several |= 1u << kind;
	if (several || single < 0)
		return several;
	return 1u << single;
}

const char *media_access_name(enum media_access access)
{
	static const char *const names[] = {
		[MEDIA_DENY] = "deny",
		[MEDIA_ENCRYPTED] = "encrypted",
		[MEDIA_READ_ONLY] = "read-only",
		[MEDIA_READ_WRITE] = "read-write",
	};

	return (size_t)access < ARRAY_SIZE(names) ? names[access] : "deny";
}

/* Of a digit, in either case; -1 for anything else. */
static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Whether each digit follows the one before it by @step, around the end of @base digits. */
static bool is_row(const char *text, int step, int base)
{
	for (; text[1]; text++) {
		const int digit = digit_value(text[0]);

		if (digit < 0 || digit >= base ||
		    digit_value(text[1]) != (digit + step + base) % base)
			return false;
	}
	return digit_value(text[0]) >= 0;
}

bool serial_is_weak(const char *serial)
{
	const size_t length = strlen(serial);

	if (length < SERIAL_MIN || length > DEVICE_TEXT_MAX)
		return true;
	for (const char *c = serial; *c; c++)
		if (*c < ' ' || *c > '~')
			return true;
	if (strspn(serial, (const char[]){ serial[0], '\0' }) == length)
		return true;
	for (int step = -1; step <= 1; step += 2)
		if (is_row(serial, step, 10) || is_row(serial, step, 16))
			return true;
	return false;
}
