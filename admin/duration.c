/* SPDX-License-Identifier: MIT */
/* duration.c - lengths of time on the command line. */
#include "duration.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DIGITS_MAX 8
#define DAY_SEC	   86400
#define LONGEST	   (INT64_C(10) * 366 * DAY_SEC)

static int64_t seconds_of(char unit)
{
	switch (unit) {
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return DAY_SEC;
	case 'w':
		return 7 * DAY_SEC;
	default:
		return 0;
	}
}

int duration_read(const char *text, int64_t *ret_sec)
{
	const size_t digits = strspn(text, "0123456789");
	int64_t number = 0;

	if (digits == 0 || digits > DIGITS_MAX || strlen(text) != digits + 1)
		return -EINVAL;
	for (size_t i = 0; i < digits; i++)
		number = number * 10 + (text[i] - '0');
	number *= seconds_of(text[digits]);
	if (number == 0 || number > LONGEST)
		return -EINVAL;
	*ret_sec = number;
	return 0;
}

const char *duration_text(uint64_t sec, char text[static DURATION_TEXT_MAX])
{
	static const struct unit {
		uint64_t sec;
		char letter;
	} units[] = { { 604800, 'w' }, { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	size_t i = 0;

	while (sec % units[i].sec != 0 || (sec == 0 && units[i].sec > 1))
		i++;
	(void)snprintf(text, DURATION_TEXT_MAX, "%llu%c", (unsigned long long)(sec / units[i].sec),
		       units[i].letter); /* it fits */
	return text;
}
