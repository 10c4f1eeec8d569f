/* SPDX-License-Identifier: MIT */
/* words.c - one written value: number, duration, name. */
#include <errno.h>
#include <string.h>

#include <sereno/model.h>
#include <sereno/scoped.h>

#include "words.h"

#define YEAR_SEC	 ((uint64_t)365 * 86400)
#define DURATION_MAX_SEC (100 * YEAR_SEC)

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int refuse(const char *why, const char **ret_why)
{
	*ret_why = why;
	return -EINVAL;
}

int word_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret, const char **ret_why)
{
	uint64_t number = 0;

	if (!*text)
		return refuse("is not a number", ret_why);
	for (const char *c = text; *c; c++) {
		if (!is_digit(*c))
			return refuse("is not a number in plain digits", ret_why);
		if (__builtin_mul_overflow(number, 10u, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(*c - '0'), &number))
			number = UINT64_MAX;
		if (number == UINT64_MAX)
			break;
	}
	if (text[0] == '0' && text[1])
		return refuse("begins with 0, which some read as octal (leave the 0 out)", ret_why);
	if (number < min || number > max) {
		*ret_why = "is out of range";
		return -ERANGE;
	}
	*ret = number;
	return 0;
}

int word_number16(const char *text, uint32_t *ret)
{
	uint32_t number = 0;

	if (strlen(text) != 4)
		return -EINVAL;
	for (const char *c = text; *c; c++) {
		const char lower = is_letter(*c) ? (char)(*c | ' ') : *c;

		if (!is_digit(*c) && (lower < 'a' || lower > 'f'))
			return -EINVAL;
		number = number << 4 | (uint32_t)(is_digit(*c) ? *c - '0' : lower - 'a' + 10);
	}
	*ret = number;
	return 0;
}

int word_duration(const char *text, uint64_t *ret_sec, const char **ret_why)
{
	static const struct {
		char unit;
		uint64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'y', YEAR_SEC } };
	static const char how[] = "is not a duration such as 90s, 15m, 8h, 45d or 1y";
	const size_t digits = strspn(text, "0123456789");
	char number[16];
	uint64_t count;

	if (!digits || strlen(text) != digits + 1)
		return refuse(how, ret_why);
	if (digits >= sizeof(number))
		return refuse("is longer than 100 years", ret_why);
	memcpy(number, text, digits);
	number[digits] = '\0';
	if (word_number(number, 0, UINT64_MAX / YEAR_SEC, &count, ret_why) < 0)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (units[i].unit != text[digits])
			continue;
		if (count == 0)
			return refuse("is no time at all", ret_why);
		if (count > DURATION_MAX_SEC / units[i].seconds)
			return refuse("is longer than 100 years", ret_why);
		*ret_sec = count * units[i].seconds;
		return 0;
	}
	return refuse(how, ret_why);
}

bool word_is_name(const char *text)
{
	if (!is_letter(*text) || strlen(text) > MODEL_NAME_MAX)
		return false;
	for (const char *c = text; *c; c++)
		if (!is_letter(*c) && !is_digit(*c) && !strchr("._-", *c))
			return false;
	return true;
}

bool word_is_account(const char *text)
{
	const size_t length = strlen(text);

	if (!length || length > 255 || text[0] == '-' || text[0] == ' ' || text[length - 1] == ' ')
		return false;
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f || strchr(":/,", *c))
			return false;
	return true;
}

bool word_is_service(const char *text)
{
	if (!*text || *text == '.' || strlen(text) > 255)
		return false;
	for (const char *c = text; *c; c++)
		if (!is_letter(*c) && !is_digit(*c) && !strchr("._-", *c))
			return false;
	return true;
}

bool word_is_host(const char *text)
{
	if (!*text || strlen(text) > 255)
		return false;
	for (const char *c = text; *c; c++)
		if (!is_letter(*c) && !is_digit(*c) && !strchr(".-*?", *c))
			return false;
	return true;
}

bool word_is_path(const char *text)
{
	if (*text != '/')
		return false;
	for (const char *part = text; *part;) {
		const size_t length = strcspn(++part, "/");

		if (length == 0 || (length == 1 && part[0] == '.') ||
		    (length == 2 && part[0] == '.' && part[1] == '.'))
			return false;
		part += length;
	}
	return true;
}

bool word_is_issuer(const char *text)
{
	return *text && strlen(text) <= ISSUER_MAX && !strchr(text, ':');
}
